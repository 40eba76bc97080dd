"""Tests of what type checkers and editors see."""
