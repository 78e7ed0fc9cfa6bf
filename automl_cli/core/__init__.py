"""Records and pure helpers that every other layer may import (numpy and pandas only)."""
