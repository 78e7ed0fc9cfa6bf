"""Combiners of candidates and the tournament between them."""
