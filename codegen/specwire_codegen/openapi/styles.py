"""Styles of parameters: the default ones, and slashes in paths."""

from __future__ import annotations

STYLES = {"path": "simple", "header": "simple", "query": "form", "querystring": "form", "cookie": "form"}
"""The style of a parameter that declares none, by its place."""
SPANS = "x-specwire-spans"
"""Extension that marks a path parameter whose slashes are sent unescaped."""
