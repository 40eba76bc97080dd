"""A local HTTP server that plays a provider from its OpenAPI document alone."""
