"""What a document does not say, read from the names and descriptions in it."""
