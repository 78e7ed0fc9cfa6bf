"""Models as functions over a fit job; the table MODELS."""
