"""Tests of configurations of other generators."""
