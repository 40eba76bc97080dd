"""`specwire mcp`: methods of a generated client as tools of the Model Context Protocol."""
