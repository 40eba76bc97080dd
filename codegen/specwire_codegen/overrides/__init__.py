"""Hand-written overrides and the pins that hold them to the document."""
