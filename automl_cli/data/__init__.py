"""From files to a typed data set with roles, and from predictions to a submission."""
