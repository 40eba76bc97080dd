"""Tests of distributions: clients with everything that their publication needs."""
