"""Scenarios of several requests: pages and retries."""
