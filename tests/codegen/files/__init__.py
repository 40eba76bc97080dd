"""Tests of documents in several files."""
