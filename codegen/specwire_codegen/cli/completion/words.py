"""Words of a shell's line, and candidates as the shell inserts them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from specwire_codegen.call.candidates import Candidate
from specwire_codegen.characters import escaped

_SPECIAL = re.compile(r"(^=|^~(?!/)|[^\w@%+=:,./~-])", re.ASCII)
"""Characters that a shell reads as something else; `~/` means the home folder."""


def words_of_bash(environment: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the words up to the cursor, and what bash keeps of the last one, since it splits words at `=` and others.

    No words come from a line that ends in an open quote.
    """
    point = int(environment["COMP_POINT"])
    line = environment["COMP_LINE"].encode()[:point].decode(errors="ignore")
    try:
        words = shlex.split(line)
    except ValueError:
        return [], ""
    written = re.search(r"(?:[^\s\\]|\\.)*$", line)
    last = "" if written is None else written[0]
    if not last:
        words.append("")
    breaks = re.escape(re.sub(r"[\s\"'@$]", "", environment.get("COMP_WORDBREAKS", "=:")))
    kept = re.match(rf".*(?:[{breaks}]|.(?=[@$]))", last) if breaks else None
    return words, "" if kept is None else kept[0]


def for_bash(found: Iterable[Candidate], kept: str) -> Iterator[str]:
    """Yield what bash puts in place of the rest of the last word."""
    for each in found:
        quoted = _quoted(each.text)
        if quoted.startswith(kept):
            yield quoted.removeprefix(kept)


def for_others(found: Iterable[Candidate]) -> Iterator[str]:
    """Yield words with what they mean; zsh and fish quote them."""
    for each in found:
        yield f"{each.text}\t{note}" if (note := _note(each.doc)) else each.text


def _quoted(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _note(doc: str) -> str:
    """Return the first sentence of a documentation, on one line."""
    return re.sub(r"(?<!Required)\. .*", ".", escaped(" ".join(doc.split())))[:80]


def call_words(words: Sequence[str]) -> Sequence[str]:
    """Return the words after `specwire call`; none for another command."""
    return words[2:] if list(words[1:2]) == ["call"] else ()
