"""HTTP requests and responses, options, middleware and transports."""
