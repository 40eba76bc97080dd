"""Files: access rules, reading, and bundling into one document."""
