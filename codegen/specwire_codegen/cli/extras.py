"""Packages that only some installations have, and what installs them."""

from __future__ import annotations

_EXTRAS = {
    "mock": ("jsonschema_rs", "multipart", "python_multipart", "starlette", "uvicorn"),
    "contract": ("hypothesis", "schemathesis"),
}


def missing(problem: ModuleNotFoundError) -> str | None:
    """Return what to do about a module that is not installed; None where it is our own."""
    name = (problem.name or "").partition(".")[0]
    if not name or name.startswith("specwire"):
        return None
    extra = next((extra for extra, names in _EXTRAS.items() if name in names), "codegen")
    return f"this needs {name}, which is not installed: pip install 'specwire[{extra}]'"
