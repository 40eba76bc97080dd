"""Tests of reading documents: texts, overlays and pointers."""
