"""Fuzz targets: properties of the runtime's parsers and encoders for any input."""
