"""Tests of parameters, forms and uploads."""
