"""Contract tests of the shipped clients against their documents."""
