"""Removal of invalid parts that do not affect requests or responses, as locally as possible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from specwire_codegen.normalize.repair import validity
from specwire_codegen.normalize.repair.droppable import is_droppable
from specwire_codegen.normalize.source_map import Report, origin_at
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, Node, ObjectType
from specwire_codegen.openapi.walk import CONTAINER, kind_at

_ROUNDS = 5
"""Upper limit of passes; one mistake can hide another and make valid sibling fields look misplaced."""
_STRAY = ("unevaluatedProperties", "additionalProperties")

Place = tuple[str | int, ...]


def apply(data: Node, report: Report) -> Node:
    """Return the document without meaningless fields and without invalid ones that no call needs.

    What is still invalid is kept in the report: later passes may repair it.
    """
    for _ in range(_ROUNDS):
        problems = list(validity.problems(data))
        cuts = dict(_cuts(problems))
        if not cuts:
            break
        cuts = {place: cut for place, cut in cuts.items() if not any(place[:end] in cuts for end in range(len(place)))}
        for place, (code, message, help) in cuts.items():
            report.warning(code, message, origin_at(data, pointers.join("", *place)), help)
        for place in sorted(cuts, key=_from_the_end):
            data = _without(data, place)
    else:
        problems = list(validity.problems(data))
    for problem in problems:
        report.doubts.append((problem.message, origin_at(data, pointers.join("", *problem.place))))
    return data


_HELP = "remove it, or follow the OpenAPI specification"


def _cuts(problems: Sequence[validity.Problem]) -> Iterator[tuple[Place, tuple[str, str, str]]]:
    places = [problem.place for problem in problems]
    for problem in problems:
        place, size = problem.place, len(problem.place)
        if any(len(other) > size and other[:size] == place for other in places):
            continue  # report the innermost problem first
        if problem.keyword not in _STRAY:
            cut = _nearest(place)
            if cut is not None:
                yield cut, ("invalid-document", f"{_name(cut)!r} is ignored: {_reason(problem)}", _HELP)
        elif all(other.keyword in _STRAY for other in problems if other.place == place):
            kind = _kind(place)
            for key in re.findall(r"'([^']+)'", problem.message):
                if key in FIELDS.get(kind, {}):
                    message = f"{key!r} is not allowed in this {kind}; ignored"
                    yield (*place, key), ("unknown-field", message, "remove it")


def _reason(problem: validity.Problem) -> str:
    """Return a readable reason; some messages of the meta-schema are not readable."""
    if problem.keyword in ("anyOf", "not", "oneOf"):
        return "its fields exclude each other"
    return "it is not allowed here" if problem.message.startswith("False schema") else problem.message


def _nearest(place: Place) -> Place | None:
    """Return the nearest droppable place at or above a place: a field, or a member of its list or map."""
    for end in range(len(place), 0, -1):
        field = end - 1 if _kind(place[: end - 1]) != CONTAINER else end - 2
        if is_droppable(_kind(place[:field]), str(place[field])):
            return place[:end]
    return None


def _kind(place: Place) -> ObjectType:
    return kind_at([str(token) for token in place]) or ""


def _name(place: Place) -> str:
    last = place[-1]
    return str(last) if isinstance(last, str) else f"{place[-2]}/{last}"


def _from_the_end(place: Place) -> tuple[tuple[int, str], ...]:
    return tuple((-token, "") if isinstance(token, int) else (0, token) for token in place)


def _without(value: Any, place: Place) -> Any:
    """Return a copy of a tree without the value at a place; unchanged parts are shared."""
    key, copy = place[0], value.copy()
    if len(place) == 1:
        del copy[key]
    else:
        copy[key] = _without(copy[key], place[1:])
    return copy
