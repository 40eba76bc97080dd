"""Contract tests of a live server: plan, limits, gateway, cassette, removal of what was created."""
