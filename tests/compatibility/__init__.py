"""Tests of the promise between generated clients and the runtime (`docs/compatibility.md`)."""
