"""Tests of failing servers, networks and disks: the right exception, and nothing lost or blocked."""
