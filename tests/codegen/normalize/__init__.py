"""Tests of the passes of normalization."""
