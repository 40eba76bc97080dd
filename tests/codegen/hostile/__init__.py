"""Tests of documents that try to do harm, by their text, structure or size."""
