"""Tests of models without a client."""
