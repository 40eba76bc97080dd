"""Parsing of YAML and JSON documents, with source locations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from specwire_codegen.diagnostics import Location, failure, raise_errors
from specwire_codegen.documents import json_text
from specwire_codegen.documents.document import Place
from specwire_codegen.documents.limits import MAX_DEPTH, MAX_NODES

if TYPE_CHECKING:
    from specwire_codegen.documents.yaml_text import Mark

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@attrs.frozen
class YamlText:
    """The marks of a YAML text."""

    file: str
    marks: Mark

    def locate(self, pointer: str) -> Location:
        """Return the location of `pointer`, or of its nearest existing ancestor."""
        mark = self.marks.nearest(pointer)
        return Location(self.file, pointer, mark.line, mark.column)

    def places(self) -> tuple[Place, ...]:
        """Return the place that covers the whole text."""
        return (Place("", self, ""),)


@attrs.frozen
class JsonText:
    """A JSON text, scanned on demand."""

    file: str
    text: str = attrs.field(repr=False)
    offsets: json_text.Offsets = attrs.field(
        default=attrs.Factory(lambda self: json_text.Offsets(self.text), takes_self=True), repr=False, eq=False
    )

    def locate(self, pointer: str) -> Location:
        """Return the location of `pointer`, or of its nearest existing ancestor."""
        line, column = self.offsets.line_and_column(self.offsets.offset(pointer))
        return Location(self.file, pointer, line, column)

    def places(self) -> tuple[Place, ...]:
        """Return the place that covers the whole text."""
        return (Place("", self, ""),)


def parse(raw: bytes, file: str) -> tuple[Any, YamlText | JsonText]:
    """Return the value of a text and its source; raise DiagnosticError if it is neither YAML nor JSON."""
    text = decode(raw, file)
    if not text.strip():
        raise failure("empty-file", "the file is empty", Location(file), "write an OpenAPI document into it")
    if text.lstrip()[:1] == "<":
        help = "take the URL of the document itself: pages often have a link to it, or to its raw text"
        raise failure("web-page", "this is HTML or XML, not an OpenAPI document", Location(file, "", 1, 1), help)
    if text.lstrip()[:1] in {"{", "[", '"'}:
        try:
            value = json_text.read(text, file)
        except json_text.DuplicateKeyError:
            return _parse_yaml(text, file)
        except ValueError as problem:
            if file.endswith(".json"):
                raise _broken_json(problem, file) from None
            return _parse_yaml(text, file)
        _check_limits(value, file)
        _check_strings(text, value, file)
        return value, JsonText(file, text)
    return _parse_yaml(text, file)


def decode(raw: bytes, file: str) -> str:
    """Return a text decoded by its byte order mark, or as UTF-8; raise DiagnosticError."""
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        message = f"byte {problem.start} is not {encoding.upper()}"
        raise failure("not-utf8", message, Location(file, "", line), "save the file as UTF-8") from None
    return text


def _parse_yaml(text: str, file: str) -> tuple[Any, YamlText]:
    from specwire_codegen.documents.yaml_text import Mark, YamlReader  # JSON does without

    reader = YamlReader(file)
    value, marks = reader.read(text)
    raise_errors(reader.findings)
    return value, YamlText(file, marks or Mark(1, 1, {}))


def _broken_json(problem: ValueError, file: str) -> Exception:
    if isinstance(problem, json.JSONDecodeError):
        where = Location(file, "", problem.lineno, problem.colno)
        return failure("broken-json", problem.msg, where, "correct the JSON at or just before this place")
    return failure("broken-json", "a number has too many digits", Location(file))


def _check_limits(value: Any, file: str) -> None:
    level = [value]
    count = 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below.extend(each.values())
            elif isinstance(each, list):
                below.extend(each)
        if not below:
            return
        count += len(below)
        if count > MAX_NODES * 4:
            raise failure("too-many-values", f"the document has more than {MAX_NODES * 4:,} values", Location(file))
        level = below
    raise failure("too-deep", f"values are nested deeper than {MAX_DEPTH} levels", Location(file), "flatten them")


def _check_strings(text: str, value: Any, file: str) -> None:
    if "\\u0000" in text and any(key.startswith("x-\0") for key in _keys(value)):
        raise failure("bad-key", "an extension has a NUL character in its name", Location(file), "remove it")
    if "\\ud" not in text and "\\uD" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        message = "a string has an incomplete surrogate pair"
        raise failure("broken-json", message, Location(file), "write both halves, or the character itself") from None


def _keys(value: Any) -> Iterator[str]:
    queue = [value]
    while queue:
        each = queue.pop()
        if isinstance(each, dict):
            yield from each
            queue.extend(each.values())
        elif isinstance(each, list):
            queue.extend(each)
