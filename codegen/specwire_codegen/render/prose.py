"""Titles, summaries and docstrings of operations and resources."""

from __future__ import annotations

import re
from collections.abc import Iterable

from specwire_codegen.ir import Api, BinaryStream, EventStream, Operation, Payload, Text
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.plurals import singular
from specwire_codegen.python_source import docstring, line, sentence
from specwire_codegen.render.signature import Argument


def api_name(api: Api) -> str:
    """Return the title of an API within a sentence: `the Cinema API`."""
    title = line(api.title).rstrip(".") or "the API"
    if title.split(" ")[0].lower() in ("the", "a", "an"):
        return title[0].lower() + title[1:]
    return f"the {title}" if re.search(r"\b(API|service)s?\b", title, re.IGNORECASE) else title


def resource_title(api: Api, path: tuple[str, ...]) -> str:
    """Return one sentence about a resource: the description of its tag, else its name."""
    described = dict(api.tags).get(path[0], "") if len(path) == 1 else ""
    return described or sentence(" ".join(path).replace("_", " ").title()) or sentence(api.title)


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
    """Return one line about the method that waits for a job."""
    job = operation.resource[-1].replace("_", " ").strip() if operation.resource else "job"
    return f"Wait until the {singular(job)} reaches a terminal status."


def form_summary(operation: Operation, base: Operation) -> str:
    """Return one line about a further form of an operation."""
    match operation.payload:
        case EventStream():
            return f"Streaming form of `{base.name}`."
        case _:
            return f"Form of `{base.name}` that requests {_media_type(operation.payload)}."


def _media_type(payload: Payload) -> str:
    return f"`{payload.media_type}`" if isinstance(payload, BinaryStream | Text) else "another media type"


def form_documentation(operation: Operation, base: Operation) -> str:
    """Return the docstring of a further form of an operation."""
    first = form_summary(operation, base).removesuffix(".")
    return docstring(f"{first}; same arguments.\n\n{_route(operation)}", indent=4)


def documentation(operation: Operation, arguments: Iterable[Argument]) -> str:
    """Return the docstring of an operation."""
    summary = summary_of(operation)
    paragraphs = [summary]
    if operation.description.strip() and sentence(operation.description) != summary:
        paragraphs.append(operation.description)
    if operation.deprecated:
        paragraphs.append("Deprecated.")
    paragraphs.append(_route(operation))
    return docstring("\n\n".join(paragraphs), indent=4, sections=[("Args", _documented(arguments))])


def wait_documentation(operation: Operation, arguments: Iterable[Argument]) -> str:
    """Return the docstring of the method that waits for a job."""
    assert operation.polling is not None
    paragraphs = [wait_summary(operation)]
    if operation.polling.attention:
        statuses = ", ".join(f"`{status}`" for status in operation.polling.attention)
        paragraphs.append(f"Also returns in the status {statuses}, in which the job needs an action of the caller.")
    paragraphs.append(f"Polls `{operation.name}`.")
    sections = [
        *_documented(arguments),
        ("interval", f"Seconds between two polls; {operation.polling.interval:g} by default."),
        ("timeout", "Seconds to wait in all before `WaitTimeoutError` is raised; unlimited if None."),
        ("on_progress", "Called with the response of each poll."),
    ]
    return docstring("\n\n".join(paragraphs), indent=4, sections=[("Args", sections)])


def _documented(arguments: Iterable[Argument]) -> list[tuple[str, str]]:
    return [(argument.name, argument.doc) for argument in arguments if argument.doc]


def _route(operation: Operation) -> str:
    return f"`{operation.http_method} {operation.path}`, operation `{operation.id}`."
