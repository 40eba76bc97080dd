"""Tests of pagination."""
