"""YAML text: parser events combined to plain data, with a mark for every part."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import attrs
import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from specwire_codegen.diagnostics import Diagnostic, Location, error, failure
from specwire_codegen.documents import yaml_scalars
from specwire_codegen.documents.limits import MAX_DEPTH, MAX_NODES
from specwire_codegen.openapi import pointer as pointers

MAX_ALIASED = 20_000
"""Maximum number of values that aliases can add, counting every use."""


_EMPTY = re.compile(r"^(?:[ \t]*\t[ \t]*\r?$|\t[ \t]*(?=#))", re.MULTILINE)
"""Lines of whitespace only, and the start of comments that begin with a tab."""
_INCLUDE = re.compile(r"(?i)!(include|inc|import|ref)")
"""Tags of other tools that include a file."""
_COMMENT = re.compile(r" *\t[ \t]*(?=#)")
_INDENTED = re.compile(r" *\t")
_MOST_COMMENTS = 20
"""Maximum number of comments after spaces and a tab that are repaired."""


_NO_CHILDREN: dict[str, Mark] = {}
"""The marks of the members of all scalars."""


@attrs.define
class Mark:
    """Position of a value and marks of its members; line and column count from 1."""

    line: int
    column: int
    children: dict[str, Mark]

    def nearest(self, pointer: str) -> Mark:
        """Return the mark of `pointer`, or of its deepest ancestor with a mark."""
        mark = self
        for token in pointers.split(pointer):
            if token not in mark.children:
                break
            mark = mark.children[token]
        return mark


class _Key(NamedTuple):
    """A key of a mapping, whose value comes next."""

    value: str
    mark: Mark
    merges: bool


@attrs.define
class _Node:
    """A value, possibly incomplete; `size` counts it and everything below it, aliases expanded."""

    value: Any
    mark: Mark
    size: int = 1
    plain: bool = False
    key: _Key | None = None
    anchor: str | None = None
    merged: tuple[_Node, ...] = ()


@attrs.define
class YamlReader:
    """Builder of the value of one YAML text; `findings` are its non-fatal problems."""

    file: str
    findings: list[Diagnostic] = attrs.field(factory=list)
    anchors: dict[str, _Node] = attrs.field(factory=dict)
    open_anchors: set[str] = attrs.field(factory=set)
    stack: list[_Node] = attrs.field(factory=list)
    root: _Node | None = None
    documents: int = 0
    aliased: int = 0

    def read(self, text: str) -> tuple[Any, Mark | None]:
        """Return the value of the text and its marks (None for an empty text); raise DiagnosticError."""
        try:
            self._build(text)
        except yaml.MarkedYAMLError as problem:
            if "\t" not in text:
                raise self._syntax(problem, text) from None
            self._build_with_spaces(text, problem)
        except yaml.YAMLError as problem:
            raise failure("broken-yaml", str(problem).splitlines()[0], Location(self.file)) from None
        if self.root is None:
            return None, None
        return self.root.value, self.root.mark

    def _build(self, text: str) -> None:
        """Process all events of a text."""
        self.findings, self.anchors, self.open_anchors, self.stack = [], {}, set(), []
        self.root, self.documents, self.aliased = None, 0, 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, ScalarEvent):
                self._take_scalar(event)
            else:
                self._take(event)

    def _build_with_spaces(self, text: str, first: yaml.MarkedYAMLError) -> None:
        """Process all events of a text, with tabs on blank and comment lines replaced by spaces.

        Lines that the parser accepts may be part of a block scalar and are not changed.
        """
        text = _EMPTY.sub(lambda match: match[0].replace("\t", " "), text)
        for _ in range(_MOST_COMMENTS):
            try:
                self._build(text)
                return
            except yaml.MarkedYAMLError as problem:
                repaired = _without_tabs(text, problem.problem_mark.line if problem.problem_mark else 0)
                if repaired == text:
                    raise self._syntax(problem, text) from None
                text = repaired
        raise self._syntax(first, text)

    def _syntax(self, problem: yaml.MarkedYAMLError, text: str) -> Exception:
        mark = problem.problem_mark or problem.context_mark
        where = Location(self.file, "", mark.line + 1, mark.column + 1) if mark else Location(self.file)
        reason = " ".join(part for part in (problem.context, problem.problem) if part)
        advice = "correct the YAML at or just before this place"
        if mark and _INDENTED.match(text.split("\n")[mark.line] if mark.line < text.count("\n") + 1 else ""):
            advice = "YAML is indented with spaces: replace the tab"
        return failure("broken-yaml", reason or "the text is not YAML", where, advice)

    def _where(self, event: Event) -> Location:
        return Location(self.file, "", *_line_and_column(event))

    def _take_scalar(self, event: ScalarEvent) -> None:
        """Take a scalar; nearly all are keys, values and items without tag and anchor, and need no node."""
        plain = not event.style and event.implicit[0]
        if not self.stack or event.anchor is not None or not (plain or event.tag is None):
            self._done(event, self._scalar(event, plain))
            return
        parent, text = self.stack[-1], event.value
        if parent.key is None and isinstance(parent.value, dict):
            self._key(event, parent, text, plain)
            return
        self._grow(event, parent, 1)
        value = yaml_scalars.resolve(text) if plain else text
        if parent.key is None:
            parent.mark.children[str(len(parent.value))] = Mark(*_line_and_column(event), _NO_CHILDREN)
            parent.value.append(value)
        else:
            parent.value[parent.key.value] = value
            parent.mark.children[parent.key.value] = parent.key.mark
            parent.key = None

    def _take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise failure(
                    "several-documents", "a second YAML document starts here", self._where(event), "keep one per file"
                )
        elif isinstance(event, AliasEvent):
            self._done(event, self._alias(event))
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._open(event)
        elif isinstance(event, CollectionEndEvent):
            self._close(event)

    def _scalar(self, event: ScalarEvent, plain: bool) -> _Node:
        node = _Node(event.value, Mark(*_line_and_column(event), _NO_CHILDREN), plain=plain)
        if not plain and event.tag is not None:
            try:
                node.value = yaml_scalars.tagged(event.tag, event.value)
            except ValueError as problem:
                is_file = _INCLUDE.fullmatch(event.tag) is not None and event.value
                help = f"write `$ref: {event.value}`" if is_file else "remove the tag"
                self.findings.append(error("unknown-tag", str(problem), self._where(event), help))
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: AliasEvent) -> _Node:
        name = str(event.anchor)
        if name in self.open_anchors:
            raise failure("recursive-alias", f"'*{name}' is inside '&{name}'", self._where(event), "use a $ref")
        known = self.anchors.get(name)
        if known is None:
            raise failure("unknown-alias", f"the alias '*{name}' has no anchor '&{name}' before it", self._where(event))
        self.aliased += known.size
        if self.aliased > MAX_ALIASED:
            message = f"aliases expand the document by more than {MAX_ALIASED:,} values"
            raise failure("too-many-values", message, self._where(event), "use $ref instead of YAML aliases")
        return _Node(known.value, Mark(*_line_and_column(event), known.mark.children), known.size, known.plain)

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise failure(
                "too-deep", f"values are nested deeper than {MAX_DEPTH} levels", self._where(event), "flatten them"
            )
        if event.tag and event.tag not in {"!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}:
            message = f"the tag {event.tag!r} has no meaning in an OpenAPI document"
            self.findings.append(error("unknown-tag", message, self._where(event), "remove the tag"))
        node = _Node(
            {} if isinstance(event, MappingStartEvent) else [], Mark(*_line_and_column(event), {}), anchor=event.anchor
        )
        if event.anchor:
            self.open_anchors.add(event.anchor)
        self.stack.append(node)

    def _close(self, event: Event) -> None:
        node = self.stack.pop()
        for source in node.merged:
            for key, value in source.value.items():
                if key not in node.value:
                    node.value[key] = value
                    node.mark.children[key] = source.mark.children[key]
        if node.anchor:
            self.open_anchors.discard(node.anchor)
            self.anchors[node.anchor] = node
        self._done(event, node)

    def _done(self, event: Event, node: _Node) -> None:
        if not self.stack:
            node.value = yaml_scalars.resolve(node.value) if node.plain else node.value
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.value, dict) and parent.key is None:
            self._key(event, parent, node.value, node.plain)
            return
        self._grow(event, parent, node.size)
        value = yaml_scalars.resolve(node.value) if node.plain else node.value
        if isinstance(parent.value, list):
            parent.mark.children[str(len(parent.value))] = node.mark
            parent.value.append(value)
        else:
            self._member(parent, value, node)

    def _grow(self, event: Event, parent: _Node, size: int) -> None:
        """Add to the size of a collection."""
        parent.size += size
        if parent.size > MAX_NODES:
            message = f"aliases expand the document to more than {MAX_NODES:,} values"
            raise failure("too-many-values", message, self._where(event), "use $ref instead of YAML aliases")

    def _key(self, event: Event, parent: _Node, key: Any, plain: bool) -> None:
        if not isinstance(key, str):
            raise failure("complex-key", "a key must be a scalar", self._where(event), "quote the key")
        first = parent.mark.children.get(key)
        if first is not None and key in parent.value:
            message = f"the key {key!r} is defined twice; first on line {first.line}"
            self.findings.append(error("duplicate-key", message, self._where(event), "remove one of the two"))
        parent.key = _Key(key, Mark(*_line_and_column(event), _NO_CHILDREN), plain and key == "<<")

    def _member(self, parent: _Node, value: Any, node: _Node) -> None:
        key = parent.key
        assert key is not None
        parent.key = None
        if key.merges:
            sources = value if isinstance(value, list) else [value]
            if all(isinstance(source, dict) for source in sources):
                several = isinstance(value, list)
                marks = [node.mark.children[str(index)] for index in range(len(sources))] if several else [node.mark]
                merged = [_Node(each, mark) for each, mark in zip(sources, marks, strict=True)]
                parent.merged += tuple(each for each in merged if not _refers(each.value))
                # The members that references add are known only after they are resolved.
                value = [each.value for each in merged if _refers(each.value)]
                if not value:
                    return
        parent.value[key.value] = value
        parent.mark.children[key.value] = key.mark
        key.mark.children = node.mark.children


def _without_tabs(text: str, line: int) -> str:
    """Return a text with the tabs before a comment replaced by spaces, on a line or the previous one."""
    lines = text.split("\n")
    for number in (line, line - 1):
        if 0 <= number < len(lines) and (match := _COMMENT.match(lines[number])):
            lines[number] = match[0].replace("\t", " ") + lines[number][match.end() :]
            break
    return "\n".join(lines)


def _refers(value: Any) -> bool:
    return isinstance(value.get("$ref"), str)


def _line_and_column(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
