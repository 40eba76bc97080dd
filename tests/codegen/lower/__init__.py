"""Tests of lowering: types, requests, responses, paths, security and pins."""
