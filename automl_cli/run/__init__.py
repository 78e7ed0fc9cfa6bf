"""One run while it works, and opened again."""
