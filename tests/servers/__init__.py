"""Tests of clients of the servers that common frameworks generate documents for."""
