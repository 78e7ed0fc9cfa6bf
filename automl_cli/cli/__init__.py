"""The command line: commands and the only module that prints."""
