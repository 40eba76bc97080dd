"""Names that a rendered module uses, found in its text: a tree of thousands of classes takes much longer to build."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_TEXT = re.compile(r'"""(?:[^"\\]++|\\.|"(?!""))*+"""|"(?:[^"\\\n]++|\\.)*+"', re.DOTALL)
_ALIAS = re.compile(r'^ *\w+: TypeAlias = (".*")$', re.MULTILINE)
"""A type alias in quotes, since it refers to what follows it."""
_DICT = re.compile(r"^\w+ = TypedDict\(.*$", re.MULTILINE)
"""A dictionary whose keys are not identifiers; its annotations are in quotes."""
_TARGET = re.compile(r"^ *\w+(?:(?=: )| = )", re.MULTILINE)
_BETWEEN = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) in "_.")}
"""Characters between names, as spaces."""
_DEFINED = re.compile(r"\n(?:class|def) (\w+)")


def names_used(text: str) -> set[str]:
    """Return the names that a module uses and does not define, with `models.` for names that attributes are read from.

    Other words, such as those of arguments, can be among them; the formatter removes unneeded imports.
    """
    found = set[str]()
    for source in (text, *_quoted(text)):
        found.update(_TARGET.sub("", _TEXT.sub('""', source)).translate(_BETWEEN).split())
    used = set[str]()
    for name in found:
        first, dot, _ = name.partition(".")
        used |= {first, first + dot}
    return used - {*_DEFINED.findall(text)}


def _quoted(text: str) -> Iterator[str]:
    """Yield the annotations in quotes; few modules have any."""
    for alias in _ALIAS.findall(text) if ": TypeAlias = " in text else ():
        yield ast.literal_eval(alias)
    for line in _DICT.findall(text) if " = TypedDict(" in text else ():
        _, *members = _TEXT.findall(line)
        yield from map(ast.literal_eval, members[1::2])
