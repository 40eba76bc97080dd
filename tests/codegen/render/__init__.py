"""Tests of rendered source: layout, classes, literals and prose."""
