"""Optional packages and the commands that install them."""

from __future__ import annotations

from importlib.util import find_spec

_EXTRAS = {
    "mock": ("multipart", "python_multipart", "starlette", "uvicorn"),
    "contract": ("hypothesis", "schemathesis"),
}


def require_contract() -> None:
    """Raise `SpecwireCodegenError` if a package for contract tests is not installed."""
    absent = [name for name in (*_EXTRAS["contract"], "starlette") if find_spec(name) is None]
    if absent:
        from specwire_codegen.diagnostics import SpecwireCodegenError  # imports attrs, which may be missing

        raise SpecwireCodegenError(f"contract needs {', '.join(absent)}: pip install 'specwire[contract]'")


def missing(problem: ModuleNotFoundError) -> str | None:
    """Return the install instructions for a missing module, or None if it is our own."""
    name = (problem.name or "").partition(".")[0]
    if not name or name.startswith("specwire"):
        return None
    extra = next((extra for extra, names in _EXTRAS.items() if name in names), "codegen")
    return f"this needs {name}, which is not installed: pip install 'specwire[{extra}]'"
