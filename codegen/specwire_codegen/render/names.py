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
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*+\.?")
_DEFINED = re.compile(r"^(?:class|def) (\w+)", re.MULTILINE)


def names_used(text: str) -> set[str]:
    """Return the names that a module uses and does not define, with `models.` for names that attributes are read from.

    Other words, such as those of arguments, can be among them; the formatter removes unneeded imports.
    """
    used = set[str]()
    for source in (text, *_quoted(text)):
        used.update(_NAME.findall(_TARGET.sub("", _TEXT.sub('""', source))))
    used |= {name[:-1] for name in used if name.endswith(".")}
    return used - {*_DEFINED.findall(text)}


def _quoted(text: str) -> Iterator[str]:
    """Yield the annotations in quotes."""
    for alias in _ALIAS.findall(text):
        yield ast.literal_eval(alias)
    for line in _DICT.findall(text):
        _, *members = _TEXT.findall(line)
        yield from map(ast.literal_eval, members[1::2])
