"""Feature groups and the matrices made of them."""
