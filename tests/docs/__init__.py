"""Tests of the documentation: its examples run, its links lead somewhere, its reference pages are up to date."""
