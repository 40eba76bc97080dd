"""Runs of many requests: journal, sinks, limits and the engine."""
