"""Tests of names: packages, classes, methods and arguments."""
