"""Tests of the hand-written overrides."""
