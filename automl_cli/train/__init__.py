"""Units of work, the pool that runs them and the loop that orders them."""
