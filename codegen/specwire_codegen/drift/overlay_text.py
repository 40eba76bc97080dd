"""Text of an overlay with further actions at its end; what it has stays as it is, comments included."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import yaml

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.drift.actions import Action
from specwire_codegen.python_source import line

_ACTIONS = re.compile(r"^actions:[ \t]*(\[[ \t]*\])?[ \t]*(#.*)?$", re.MULTILINE)
_NEXT = re.compile(r"^[^\s#-]", re.MULTILINE)
_ITEM = re.compile(r"^([ \t]*)- ", re.MULTILINE)


@attrs.frozen
class Addition:
    """Actions with the reason for them."""

    reason: str
    actions: tuple[Action, ...]


def extended(text: str, additions: Sequence[Addition], title: str, file: Path) -> str:
    """Return the text of an overlay with more actions, or of a new one if it is empty."""
    if not text.strip():
        head = {"overlay": "1.0.0", "info": {"title": f"Corrections of {title}", "version": "1"}}
        text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True) + "actions: []\n"
    before = yaml.safe_load(text)
    wanted = _with(before, additions)
    if text.lstrip().startswith("{"):
        return json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"
    new = _inserted(text, additions)
    if new is None or yaml.safe_load(new) != wanted:
        written = _written(additions, "  ")
        raise SpecwireCodegenError(
            f"{file.as_posix()} has no list of actions in block style; add these by hand:\n{written}"
        )
    return new


def _with(overlay: Any, additions: Sequence[Addition]) -> Any:
    added = [action for addition in additions for action in addition.actions]
    return {**overlay, "actions": [*(overlay.get("actions") or []), *added]}


def _inserted(text: str, additions: Sequence[Addition]) -> str | None:
    found = _ACTIONS.search(text)
    if found is None:
        return None
    if found[1] is not None:
        text = f"{text[: found.start()]}actions:{text[found.end(1) :]}"
    start = text.index("\n", found.start()) + 1 if "\n" in text[found.start() :] else len(text)
    following = _NEXT.search(text, start)
    end = following.start() if following is not None else len(text)
    item = _ITEM.search(text, start, end)
    kept = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
    return f"{kept}{_written(additions, item[1] if item is not None else '  ')}{text[end:]}"


def _written(additions: Sequence[Addition], indent: str) -> str:
    parts: list[str] = []
    for addition in additions:
        parts.append(f"{indent}# {line(addition.reason)}\n")
        for action in addition.actions:
            dumped = yaml.safe_dump([action], sort_keys=False, width=110, allow_unicode=True)
            parts += (f"{indent}{each}\n" for each in dumped.splitlines())
    return "".join(parts)
