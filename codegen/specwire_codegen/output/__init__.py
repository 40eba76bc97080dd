"""Output on disk: what a package consists of, whose files they are, and how they are replaced."""
