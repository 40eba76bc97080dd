"""Upgrades from Swagger 2.0, OpenAPI 3.0 and 3.1 to OpenAPI 3.2."""
