"""Catalogue of failures with their results; the tests check it and `docs/faults.md` shows it."""
