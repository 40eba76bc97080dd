"""Tests on real documents, which are not part of the repository."""
