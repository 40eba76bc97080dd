"""Component names for inline schemas."""
