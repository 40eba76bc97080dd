"""Default styles of parameters."""

from __future__ import annotations

STYLES = {"path": "simple", "header": "simple", "query": "form", "querystring": "form", "cookie": "form"}
"""The style of a parameter that declares none, by its place."""
