"""Explanations of inferred names and extensions."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from specwire_codegen.python_source import line

if TYPE_CHECKING:
    from specwire_codegen.ir import Operation
    from specwire_codegen.normalize import Guess


def explanation(guess: Guess) -> str:
    """Return one line about a guess: the operation, the extension, its reason, and how to change it."""
    value = dumps(dict(guess.value), ensure_ascii=False)
    if guess.applied:
        what = f"inferred on {guess.operation}"
        change = f"{guess.extension} in an overlay replaces it"
    elif guess.certain:
        what, change = f"switched off on {guess.operation}", f"by {guess.kind!r} in [infer] of client.toml"
    else:
        what = f"proposed for {guess.operation}, but not certain"
        change = f"to apply it, add it to {guess.target} in an overlay"
    return f"{what}: {guess.extension}: {value}; from {line(guess.reason)}; {change}"


def explanation_of_name(operation: Operation) -> str:
    """Return one line about the name of a method: the operation, and the origin of the name."""
    return (
        f"named {operation.http_method} {line(operation.path)}: {'.'.join(operation.method)}; from {operation.named_by}"
    )
