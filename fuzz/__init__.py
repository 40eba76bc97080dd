"""Fuzz targets: promises of the runtime's parsers and encoders for any input."""
