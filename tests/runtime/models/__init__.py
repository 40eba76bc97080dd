"""Tests of models, unions and drift."""
