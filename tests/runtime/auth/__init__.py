"""Tests of credentials and security schemes."""
