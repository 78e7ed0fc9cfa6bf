"""What a run has learned of its columns, and how surely."""
