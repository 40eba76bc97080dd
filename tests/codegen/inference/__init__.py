"""Tests of what `specwire new` infers from a document."""
