"""Tests of the command line: verbs, exit codes, output and messages."""
