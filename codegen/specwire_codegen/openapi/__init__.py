"""Vocabulary that all parts of the generator share."""
