"""Titles, summaries and docstrings of operations and resources."""

from __future__ import annotations

import re
from collections.abc import Iterable

from specwire_codegen.ir import Api, BinaryStream, EventStream, Operation, Payload, Text
from specwire_codegen.lower.naming.vocabulary import is_verb
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.plurals import singular
from specwire_codegen.openapi.words import split_controller, without_route
from specwire_codegen.python_source import docstring, finished, line, literal, same_words, sentence, summarized
from specwire_codegen.render.signature import Argument

_LONGEST_SUMMARY = 200
_FILLERS = frozenset("a all an endpoint of return the this your".split())
"""Words that add nothing to a summary."""
_AMOUNTS = frozenset({"all", "many", "one"})
"""Words after a verb in the methods of controllers: `findAll`."""


def api_name(api: Api) -> str:
    """Return the title of an API within a sentence: `the Cinema API`."""
    title = line(api.title).rstrip(".") or "the API"
    if title.split(" ")[0].lower() in ("the", "a", "an"):
        return title[0].lower() + title[1:]
    return f"the {title}" if re.search(r"\b(API|service)s?\b", title, re.IGNORECASE) else title


def resource_title(api: Api, path: tuple[str, ...]) -> str:
    """Return one sentence about a resource: the description of its tag, else its name."""
    described = dict(api.tags).get(path[0], "") if len(path) == 1 else ""
    name = " ".join(path).replace("_", " ").strip()
    return described or sentence(name[:1].upper() + name[1:]) or sentence(api.title)


def summary_of(operation: Operation) -> str:
    """Return one line about an operation."""
    return _described(operation)[0]


def _described(operation: Operation) -> tuple[str, str]:
    """Return one line about an operation and the rest of its description.

    The line is the summary, or the first sentence of the description, or else the words of the method. A summary that
    only repeats the operationId or the route is ignored.
    """
    first, rest = summarized(operation.description)
    summary = sentence(operation.summary)
    if summary and not _is_identifier(summary, operation):
        return summary, rest if _repeats(first, summary) else operation.description
    if first and len(first) <= _LONGEST_SUMMARY and not _is_identifier(first, operation):
        return first, rest
    return _in_words(operation), "" if _is_identifier(operation.description, operation) else operation.description


def _repeats(first: str, summary: str) -> bool:
    """Return True if a sentence only repeats the words of the summary: `Returns a list of pets` and `List pets`."""
    used = {singular(word.lower()) for word in words(first)} - _FILLERS
    return used <= {singular(word.lower()) for word in words(summary)}


def _is_identifier(text: str, operation: Operation) -> bool:
    """Return True if a text is the name of an operation or its route instead of a sentence about it."""
    text = text.strip().removesuffix(".")
    if text == operation.id:
        return True
    return bool(re.fullmatch(r"([A-Z]+ +)?/\S*|\S*([a-z0-9][A-Z]|\w[_.#/:]\w)\S*", text))


def _in_words(operation: Operation) -> str:
    """Return a summary from the words of the operation id, or of its method if the id only repeats the route."""
    controller, plain = split_controller(without_route(operation.id, operation.http_method, operation.path))
    found = [word if word.isupper() else word.lower() for word in words(plain)]
    if controller and found[-1].isdigit():
        found.pop()
    resource = [word for part in operation.resource[-1:] for word in part.strip("_").split("_")]
    size = len(resource)
    begins_with_resource = 0 < size < len(found) and [word.lower() for word in found[:size]] == resource
    has_no_noun = bool(controller) and len({*found} - _AMOUNTS) == 1
    if has_no_noun and is_verb(found[0]):
        found += _objects(found, [word.lower() for word in words(controller)], operation)
    elif begins_with_resource or has_no_noun or _repeats_route(found, operation):
        found = operation.name.strip("_").split("_")
        if len(found) == 1:
            found += _objects(found, resource, operation)
    spelled = {word.lower(): word for word in words(operation.id) if word.isupper()}
    text = " ".join(spelled.get(word, word) for word in found)
    return sentence(text[:1].upper() + text[1:]) or sentence(operation.id)


def _objects(verb: list[str], nouns: list[str], operation: Operation) -> list[str]:
    """Return the nouns that follow a verb, in the singular if it acts on one."""
    one = verb == ["create"] or verb[-1] not in ("all", "many") and _acts_on_one(operation)
    return [*nouns[:-1], *(singular(noun) if one else noun for noun in nouns[-1:])]


def _acts_on_one(operation: Operation) -> bool:
    """Return True if a path ends in a parameter, or in a parameter and the method's name: `/pets/{id}/feed`."""
    *_, before, last = ("", *operation.path.rstrip("/").split("/"))
    return last.endswith("}") or before.endswith("}") and words(last) == words(operation.name)


def _repeats_route(found: list[str], operation: Operation) -> bool:
    method, *rest = [word.lower() for word in found] or [""]
    return method == operation.http_method.lower() and {*rest} <= {word.lower() for word in words(operation.path)}


def wait_summary(operation: Operation) -> str:
    """Return one line about the method that waits for a job."""
    jobs = operation.resource[-1].replace("_", " ").strip() if operation.resource else ""
    job = singular(jobs)
    return f"Wait until the {job if job != jobs else 'job'} reaches a terminal status."


def form_summary(operation: Operation, base: str) -> str:
    """Return one line about a further form of an operation, whose first form is the method `base`."""
    match operation.payload:
        case EventStream():
            return f"Streaming form of `{base}`."
        case _:
            return f"Form of `{base}` that requests {_media_type(operation.payload)}."


def _media_type(payload: Payload) -> str:
    return f"`{payload.media_type}`" if isinstance(payload, BinaryStream | Text) else "another media type"


def form_documentation(operation: Operation, base: Operation) -> str:
    """Return the docstring of a further form of an operation."""
    first = form_summary(operation, base.name).removesuffix(".")
    return docstring(f"{first}; same arguments.\n\n{_route(operation)}", indent=4)


def documentation(operation: Operation, arguments: Iterable[Argument]) -> str:
    """Return the docstring of an operation."""
    summary, description = _described(operation)
    paragraphs = [summary, finished(description)]
    if operation.deprecated:
        paragraphs.append("Deprecated.")
    paragraphs.append(streaming_note(operation))
    paragraphs.append(_route(operation))
    return docstring("\n\n".join(paragraphs), indent=4, sections=[("Args", _documented(arguments))])


def streaming_note(operation: Operation) -> str:
    """Return one line about the argument that selects the stream of an operation; empty if there is none."""
    if operation.switch is None or not operation.streams:
        return ""
    name, value = operation.switch
    return f"With `{name}={literal(value)}`, returns a stream of events."


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
    return [(argument.name, finished(argument.doc)) for argument in arguments if _says_more(argument)]


def _says_more(argument: Argument) -> bool:
    return bool(argument.doc.strip()) and not same_words(argument.doc, argument.name)


def _route(operation: Operation) -> str:
    return f"`{operation.http_method} {operation.path}`, operation `{operation.id}`."
