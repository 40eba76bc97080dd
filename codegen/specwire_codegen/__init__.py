"""Turn OpenAPI documents into typed Python clients."""
