"""Tests of failing servers, networks and disks."""
