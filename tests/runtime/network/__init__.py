"""Tests of addresses, connections and content codings."""
