"""Combiners of candidates and the tournament between them; the table COMBINERS."""

from automl_cli.ensemble.combiners import COMBINERS, Combiner

__all__ = ["COMBINERS", "Combiner"]
