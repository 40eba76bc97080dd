"""Configurations of other generators, translated to `client.toml` and an overlay."""
