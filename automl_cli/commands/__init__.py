"""What each command does, one module or package a command; `cli` gives it what was typed."""
