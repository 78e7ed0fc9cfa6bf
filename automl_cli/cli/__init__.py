"""The command line: commands and the only layer that prints."""
