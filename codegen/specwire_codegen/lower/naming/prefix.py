"""Common prefix of all operationIds in a document: usually a module name."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Sequence

from specwire_codegen.openapi.casing import words


def shared_words(ids: Sequence[str], is_verb: Callable[[str], bool]) -> Sequence[str]:
    """Return the words that all operationIds begin with, if they are a module name.

    They are one if most of the remainders begin with a verb, and none is only a verb.
    """
    whole = [[word.lower() for word in words(id)] for id in ids]
    shared = os.path.commonprefix(whole)
    rests = [each[len(shared) :] for each in whole]
    spoken = sum(len(rest) > 1 and is_verb(rest[0]) for rest in rests)
    if len(ids) < 2 or any(map(is_verb, shared)) or 2 * spoken < len(rests):
        return []
    return [] if any(not rest or len(rest) == 1 and is_verb(rest[0]) for rest in rests) else shared


def after(id: str, beginning: Sequence[str]) -> str:
    """Return the part of an operationId after a prefix; all of it if the prefix is spelled differently."""
    pattern = "".join(rf"[\W_]*{re.escape(word)}" for word in beginning)
    found = re.match(rf"{pattern}[\W_]*", id, re.IGNORECASE)
    return id[found.end() :] if found and found.end() < len(id) else id
