"""Optional packages and the commands that install them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

_MODULES = {
    "mock": ("multipart", "python_multipart", "starlette", "uvicorn"),
    "contract": ("hypothesis", "schemathesis"),
    "mcp": ("anyio", "mcp", "pydantic"),
}
"""Modules of each extra that the ones before it do not have; all others belong to `codegen`."""
_EXTRAS = ("codegen", *_MODULES)
"""Extras in order: each includes those before it."""
_VERBS = {"mock": "mock", "demo": "mock", "contract": "contract", "mcp": "mcp"}
"""Extras of commands; all others need `codegen`."""


def require_contract() -> None:
    """Raise `SpecwireCodegenError` if a package for contract tests is not installed."""
    absent = [name for name in (*_MODULES["contract"], "starlette") if find_spec(name) is None]
    if absent:
        from specwire_codegen.diagnostics import SpecwireCodegenError  # imports attrs, which may be missing

        raise SpecwireCodegenError(f"contract needs {', '.join(absent)}: {_command('contract')}")


def missing(problem: ModuleNotFoundError, arguments: Sequence[str] = ()) -> str | None:
    """Return the install instructions for a missing module, or None if it is our own.

    They name the extra of the command, so that one installation is enough.
    """
    name = (problem.name or "").partition(".")[0]
    if not name or name.startswith("specwire"):
        return None
    needed = next((extra for extra, names in _MODULES.items() if name in names), "codegen")
    verb = next((argument for argument in arguments if not argument.startswith("-")), "")
    extra = max(needed, _VERBS.get(verb, "codegen"), key=_EXTRAS.index)
    return f"{verb or 'this'} needs {name}, which is not installed: {_command(extra)}"


def usage(version: str) -> str:
    """Return the help of an installation without extras, whose commands cannot run."""
    rows = [("codegen", "all commands but those below")]
    rows += [(extra, ", ".join(verb for verb, of in _VERBS.items() if of == extra)) for extra in _EXTRAS[1:]]
    lines = [f"  {_command(extra):33}  {verbs}" for extra, verbs in rows]
    head = (
        f"specwire {version}: typed Python clients from OpenAPI documents.\n\nOnly the runtime of clients is installed."
    )
    return "\n".join([f"{head} Its commands need extras, and every extra includes codegen:\n", *lines])


def _command(extra: str) -> str:
    return f'pip install "specwire[{extra}]"'
