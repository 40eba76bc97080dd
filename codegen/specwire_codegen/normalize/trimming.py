"""Trimming: what breaks the rules of form and says nothing of a call is left out, as near to the mistake as can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from specwire_codegen import pointer as pointers
from specwire_codegen.grammar import FIELDS, PATTERNED, Kind, Node, child_of
from specwire_codegen.normalize import validity
from specwire_codegen.normalize.dispensable import is_dispensable
from specwire_codegen.normalize.origin import Report, origin_at

_ROUNDS = 5
"""A mistake may hide another one, and make fields beside it look out of place."""
_STRAY = ("unevaluatedProperties", "additionalProperties")

Place = tuple[str | int, ...]


def trim(data: Node, report: Report) -> tuple[Node, list[validity.Problem]]:
    """Return the document without fields that have no meaning where they stand, and without broken dispensable ones.

    And what still has the wrong form.
    """
    for _ in range(_ROUNDS):
        problems = list(validity.problems(data))
        cuts = dict(_cuts(data, problems))
        if not cuts:
            return data, problems
        for place, (code, message, help) in cuts.items():
            report.warning(code, message, origin_at(data, pointers.join("", *place)), help)
        for place in sorted(cuts, key=_from_the_end):
            data = _without(data, place)
    return data, list(validity.problems(data))


def _cuts(data: Node, problems: Sequence[validity.Problem]) -> Iterator[tuple[Place, tuple[str, str, str]]]:
    places = [problem.place for problem in problems]
    for problem in problems:
        place, size = problem.place, len(problem.place)
        if any(len(other) > size and other[:size] == place for other in places):
            continue  # what is wrong inside comes first
        if problem.keyword not in _STRAY:
            for cut in _nearest(data, place):
                yield cut, ("invalid-document", f"{_name(cut)!r} is ignored: {_why(problem)}", "correct it")
        elif all(other.keyword in _STRAY for other in problems if other.place == place):
            kind = _kinds(data, place)[-1]
            for key in re.findall(r"'([^']+)'", problem.message):
                if key in FIELDS.get(kind, {}):
                    message = f"{key!r} has no meaning in this {kind}; ignored"
                    yield (*place, key), ("unknown-field", message, "remove it")


def _why(problem: validity.Problem) -> str:
    """Return what is wrong in words: some rules of the specification's schema say nothing to people."""
    if problem.keyword in ("anyOf", "not", "oneOf"):
        return "its fields do not go together"
    return "it has no meaning here" if problem.message.startswith("False schema") else problem.message


def _nearest(data: Node, place: Place) -> Iterator[Place]:
    """Yield the nearest dispensable thing around a place, if there is one: a field, or a member of its list or map."""
    kinds = _kinds(data, place)
    for end in range(len(place), 0, -1):
        above, before = kinds[end - 1], kinds[end - 2] if end > 1 else ""
        if above and is_dispensable(above, str(place[end - 1])):
            yield place[:end]
            return
        if not above and before and is_dispensable(before, str(place[end - 2])):
            yield place[:end]
            return


def _kinds(data: Node, place: Place) -> list[Kind]:
    """Return the kind of what stands at each step of the way to a place, from the root; "" for lists and maps."""
    kinds: list[Kind] = ["openapi"]
    member: Kind = ""
    for token in place:
        kind, below = kinds[-1], member
        member = ""
        if not kind:
            kinds.append(below)
            continue
        child = child_of(kind, str(token)) if kind in PATTERNED or kind in FIELDS else None
        if child is None:
            kinds.append("")
        elif child.shape == "one" or kind in PATTERNED:
            kinds.append(child.kind)
        else:
            kinds.append("")
            member = child.kind
    return kinds


def _name(place: Place) -> str:
    last = place[-1]
    return str(last) if isinstance(last, str) else f"{place[-2]}/{last}"


def _from_the_end(place: Place) -> tuple[tuple[int, str], ...]:
    return tuple((-token, "") if isinstance(token, int) else (0, token) for token in place)


def _without(value: Any, place: Place) -> Any:
    """Return a copy of a tree without what stands at a place; untouched parts are shared."""
    key, copy = place[0], value.copy()
    if len(place) == 1:
        del copy[key]
    else:
        copy[key] = _without(copy[key], place[1:])
    return copy
