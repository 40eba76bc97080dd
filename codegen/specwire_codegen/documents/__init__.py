"""Documents as text: parsing, overlays and filters."""
