"""References between components."""
