"""What is tried next, and on how many folds: the planner of a run."""
