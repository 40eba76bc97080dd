"""Values of requests and responses, and their comparison."""
