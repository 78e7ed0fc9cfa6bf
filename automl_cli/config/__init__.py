"""What the YAML may hold and how it is read."""
