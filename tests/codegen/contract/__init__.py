"""Tests of the contract engine: it passes correct clients and finds faults in others."""
