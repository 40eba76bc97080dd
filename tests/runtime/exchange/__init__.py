"""Tests of one exchange: prepared requests, retries, idempotency keys and logs."""
