"""Downloads to files, resumed by byte ranges."""
