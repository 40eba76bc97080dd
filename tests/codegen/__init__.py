"""Tests of the generator: pure parts, stages, and what hostile documents can do to them."""
