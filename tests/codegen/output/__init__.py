"""Tests of the audit and of writing packages."""
