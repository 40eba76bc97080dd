"""Local HTTP server that imitates a provider from its OpenAPI document alone."""
