"""`specwire call`: a method of a generated client, called from the shell."""
