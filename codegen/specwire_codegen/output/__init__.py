"""Output on disk: contents of a package, ownership of files, and atomic replacement."""
