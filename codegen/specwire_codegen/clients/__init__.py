"""Generated clients that commands use: found by name, or made of a document, and imported."""
