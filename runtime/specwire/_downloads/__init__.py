"""Downloads to files, resumed with byte ranges."""
