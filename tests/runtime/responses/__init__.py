"""Tests of response parsing."""
