"""One line about an operation, for docstrings and the reference."""

from __future__ import annotations

from specwire_codegen.ir import Operation
from specwire_codegen.naming import words
from specwire_codegen.source import sentence


def summary_of(operation: Operation) -> str:
    """Return one line about an operation: its summary, else how its description begins, else its id in words."""
    if summary := sentence(operation.summary):
        return summary
    first = sentence(operation.description).partition(". ")[0]
    if first and len(first) <= 200:
        return first if first[-1] in ".!?:" else f"{first}."
    said = _said(operation)
    return sentence(said[:1].upper() + said[1:]) or sentence(operation.id)


def _said(operation: Operation) -> str:
    """Return an operationId in words; one that begins with its resource in the words of its method, verb first."""
    found = words(operation.id)
    resource = [word for part in operation.resource[-1:] for word in part.strip("_").split("_")]
    size = len(resource)
    if 0 < size < len(found) and [word.lower() for word in found[:size]] == resource:
        verb = operation.name.strip("_").split("_")
        return " ".join([*verb, *resource] if len(verb) == 1 else verb)
    return " ".join(word if word.isupper() else word.lower() for word in found)


def wait_summary(operation: Operation) -> str:
    """Return the one-line description of the method that waits for a job."""
    return f"Poll `{operation.id}` until the status will not change by itself."
