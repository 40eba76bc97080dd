"""Resolution of every `$ref` to a component of its kind."""
