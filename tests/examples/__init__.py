"""Tests of the examples and of `specwire demo`."""
