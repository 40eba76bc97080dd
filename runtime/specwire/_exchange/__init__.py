"""Exchanges: the prepared request of a call, its retries and its result."""
