"""Tests of the conformance engine: it passes correct clients and finds faults in others."""
