"""Tests, and the servers, clients and documents that they share."""
