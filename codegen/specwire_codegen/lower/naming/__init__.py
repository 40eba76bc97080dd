"""Names of methods, resources and classes."""
