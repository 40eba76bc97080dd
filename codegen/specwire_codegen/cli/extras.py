"""Optional packages and the commands that install them."""

from __future__ import annotations

_EXTRAS = {
    "mock": ("multipart", "python_multipart", "starlette", "uvicorn"),
    "contract": ("hypothesis", "schemathesis"),
}


def missing(problem: ModuleNotFoundError) -> str | None:
    """Return the install instructions for a missing module, or None if it is our own."""
    name = (problem.name or "").partition(".")[0]
    if not name or name.startswith("specwire"):
        return None
    extra = next((extra for extra, names in _EXTRAS.items() if name in names), "codegen")
    return f"this needs {name}, which is not installed: pip install 'specwire[{extra}]'"
