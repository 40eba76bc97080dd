"""Tests of the committed clients."""
