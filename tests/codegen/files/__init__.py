"""Documents in several files."""
