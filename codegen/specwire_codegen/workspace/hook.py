"""Hooks: functions of the user's project that see the IR of a client, and may return another."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.ir import Api
from specwire_codegen.project import Hook


def hooked(api: Api, hook: Hook | None) -> Api:
    """Return the IR that a hook returns for an IR; raise if it does not return one."""
    if hook is None:
        return api
    shown = f"{hook.file.as_posix()}:{hook.function}"
    if not hook.allowed:
        raise SpecwireCodegenError(f"this project runs {shown} for each client: read it, then add --run-hooks")
    if not hook.file.is_file():
        raise SpecwireCodegenError(f"{hook.file.as_posix()} does not exist: correct hook in pyproject.toml")
    function = run_path(str(hook.file), run_name=Path(hook.file).stem).get(hook.function)
    if not callable(function):
        raise SpecwireCodegenError(f"{hook.file.as_posix()} has no function {hook.function}: correct the hook")
    try:
        changed = function(api)
    except Exception as problem:
        raise SpecwireCodegenError(f"{shown} raised {type(problem).__name__}: {problem}") from problem
    if not isinstance(changed, Api):
        raise SpecwireCodegenError(f"{shown} returned {type(changed).__name__}: return the Api, changed or not")
    return changed
