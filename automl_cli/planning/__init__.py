"""From a config and a data set to problems and candidates."""
