"""`specwire.testing`, and other libraries that stub HTTP."""
