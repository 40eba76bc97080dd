"""Models of a document alone, without a client."""
