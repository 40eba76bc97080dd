"""Normalization of command-line words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from specwire_codegen.files.access import NAMED_BY_FILES


def spelled(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of a command line with a host or a placeholder after every `--allow-remote`.

    `-` for standard input comes last, after `--`, since it looks like an option; `call` has its own parser.
    """
    before, following = ["", *words], [*words[1:], ""]
    piped, keeps = False, "call" in words[:1]
    for previous, word, after in zip(before, words, following, strict=False):
        if word == "-" and not previous.startswith("-") and "--" not in words and not keeps:
            piped = True
            continue
        yield word
        if word == "--allow-remote" and not _is_host(after):
            yield NAMED_BY_FILES
    if piped:
        yield from ("--", "-")


def _is_host(word: str) -> bool:
    """Return True if a word after `--allow-remote` is a host, and not the document or provider argument."""
    if word == "localhost" or word.startswith("localhost:"):
        return True
    is_document = word.endswith((".yaml", ".yml", ".json")) or Path(word).exists()
    return (
        re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+)(:\d+)?", word) is not None
        and not is_document
    )
