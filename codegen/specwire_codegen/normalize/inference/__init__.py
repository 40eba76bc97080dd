"""Inference of undocumented features from the names and descriptions in a document."""
