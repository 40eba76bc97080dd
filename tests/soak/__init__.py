"""Tests of long runs: nothing accumulates."""
