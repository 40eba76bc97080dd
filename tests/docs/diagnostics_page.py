"""The page of diagnostics, made from the source of the generator and from the messages that its tests expect.

Each call that reports something has a code in kebab case, a message and often a help text. The page shows a message
that a test expects, where there is one, and otherwise the message of the source with `…` for its values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.support.paths import ROOT

SOURCE = ROOT / "codegen/specwire_codegen"
CASES = ROOT / "tests/cases"
_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_OTHER_CALLS = {"Guess", "get", "header", "join", "next", "pop", "replace", "setdefault", "startswith"}
"""Functions that take words in kebab case but report nothing."""
_SEVERITIES = {"warning": ("warn",), "error": ("complain", "error", "fail", "problem", "refus")}
"""Words in the names of functions that report."""
_EXPECTED = re.compile(r"(error|warning)\[([a-z-]+)\]( \S+)?: (.*)")
_BEGIN = """\
# Diagnostics

specwire reports what is wrong with a document in this form, on stderr:

```text
severity[code] file:line:column: message
  at #/json/pointer
  help: what to do
```

- An **error** stops generation, and the package stays as it was. A **warning** names what was repaired or left out.
- `--strict` turns all warnings into errors. `--json` prints each diagnostic as a JSON object on one line.
- The codes below are stable; messages may change. `…` stands for a value.

This page is generated from the code: `UPDATE=1 python -m pytest tests/docs`.
"""


class Message(NamedTuple):
    """Message and help of one diagnostic."""

    code: str
    severity: str
    text: str
    help: str = ""


def page() -> str:
    """Return the page."""
    stated, expected = sorted(reported()), sorted(_expected(), key=lambda each: (len(each.text), each))
    parts = [_BEGIN]
    for code in sorted({message.code for message in stated}):
        known = [message for message in stated if message.code == code]
        shown = [message for message in expected if message.code == code] or sorted(known, key=_rank)
        severities = sorted({message.severity for message in (*known, *shown)} - {""}) or ["error"]
        help_ = f"\n  help: {shown[0].help}" if shown[0].help else ""
        parts.append(f"## `{code}`\n\n{' or '.join(severities).capitalize()}:\n")
        parts.append(f"```text\n{shown[0].text}{help_}\n```\n")
    return "\n".join(parts)


def _rank(message: Message) -> tuple[int, bool, Message]:
    """Sort messages with few values and a help first."""
    return message.text.count("…"), not message.help, message


def reported() -> set[Message]:
    """Return every diagnostic that the source can report."""
    return {message for path in SOURCE.rglob("*.py") for message in _messages(ast.parse(path.read_text("utf-8")))}


def expected_codes() -> set[str]:
    """Return the codes that the expected output of tests holds."""
    return {message.code for message in _expected()}


def _messages(module: ast.Module) -> Iterator[Message]:
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and _callee(call) not in _OTHER_CALLS:
                yield from _reported_by(call, _texts_before(call, function))


def _reported_by(call: ast.Call, texts: dict[str, ast.expr]) -> Iterator[Message]:
    callee = _callee(call)
    severity = next((name for name, words in _SEVERITIES.items() if any(word in callee for word in words)), "")
    for index, argument in enumerate(call.args[:-1]):
        for code in _codes(argument):
            text = _text(call.args[index + 1], texts)
            if " " in text or severity:
                yield Message(code, severity, text, _help(call, index, texts))
    if callee == "complain" and len(call.args) > 1:
        for code in _codes(call.args[1]):
            yield Message(code, "error", _text(call.args[0], texts))


def _texts_before(call: ast.Call, function: ast.FunctionDef) -> dict[str, ast.expr]:
    """Return the values of local names at a call: the last assignment above it."""
    assigned = [
        (node.lineno, target.id, node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and node.lineno < call.lineno
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    return {name: value for _, name, value in sorted(assigned, key=lambda each: each[0])}


def _callee(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _codes(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_codes(node.body), *_codes(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
        yield node.value


def _help(call: ast.Call, index: int, texts: dict[str, ast.expr]) -> str:
    given = [each.value for each in call.keywords if each.arg == "help"] or list(reversed(call.args[index + 2 :]))
    return next((text for each in given if " " in (text := _text(each, texts))), "")


def _text(node: ast.expr, texts: dict[str, ast.expr], depth: int = 3) -> str:
    """Return a text of the source with `…` for each value."""
    match node:
        case ast.Constant(value=str(value)):
            return " ".join(value.split())
        case ast.JoinedStr(values=values):
            return "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in values)
        case ast.IfExp(body=body):
            return _text(body, texts, depth)
        case ast.BoolOp(values=[*_, last]):
            return _text(last, texts, depth)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _text(left, texts, depth) + _text(right, texts, depth)
        case ast.Name(id=name) if name in texts and depth:
            return _text(texts[name], texts, depth - 1)
    return "…"


def _expected() -> set[Message]:
    found = set()
    for path in (*CASES.rglob("stderr.txt"), *CASES.rglob("warnings.txt")):
        for block in re.split(r"^(?=error\[|warning\[)", path.read_text("utf-8"), flags=re.MULTILINE):
            if stated := _EXPECTED.match(block):
                advice = re.search(r"^  help: (.*)$", block, re.MULTILINE)
                found.add(Message(stated[2], stated[1], stated[4], advice[1] if advice else ""))
    return found
