"""Hand-written overrides, read with `ast` (they import what is being generated, so they cannot be imported here)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, settle
from specwire_codegen.ir import Api, EventStream, Operation, Override
from specwire_codegen.source import sentence

Returns: TypeAlias = Literal["Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Flow", "Accumulator"]
_KINDS = ("adds", "replaces")
_RETURNS: tuple[Returns, ...] = ("Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Flow")


def read_overrides(folder: Path, api: Api) -> tuple[Override, ...]:
    """Return the overrides below a folder; raises `DiagnosticError` with all that cannot stand on the API."""
    reader = _Reader({operation.id: operation for operation in reversed(api.operations)})
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_"):
            reader.read(path)
    settle([*reader.problems, *_conflicts(reader.found, api)])
    return tuple(reader.found)


@attrs.define
class _Reader:
    """Collects the overrides of modules, and what is wrong with them."""

    operations: Mapping[str, Operation]
    found: list[Override] = attrs.field(factory=list)
    problems: list[Diagnostic] = attrs.field(factory=list)

    def read(self, path: Path) -> None:
        try:
            tree = ast.parse(path.read_text("utf-8"), str(path))
        except SyntaxError as problem:
            place = Location(str(path), "", problem.lineno, problem.offset)
            self.problems.append(error("override-syntax", f"{problem.msg}", place, "correct the module"))
            return
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                self._definition(node, path)

    def _definition(self, node: ast.FunctionDef | ast.ClassDef, path: Path) -> None:
        place = Location(str(path), "", node.lineno, node.col_offset + 1)
        declared = [call for call in node.decorator_list if _called(call) in _KINDS]
        if len(declared) != 1:
            help_ = "put one @adds or @replaces above it, or begin its name with an underscore"
            self._problem("override-undeclared", f"{node.name} does not say what it stands on", place, help_)
            return
        call = declared[0]
        assert isinstance(call, ast.Call)
        arguments = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        if call.keywords or len(arguments) != len(call.args) or not all(isinstance(one, str) for one in arguments):
            help_ = "write the operationId and the method as plain strings"
            self._problem("override-not-literal", f"the decorator of {node.name} is not literal", place, help_)
            return
        operation = self.operations.get(str(arguments[0])) if arguments else None
        if operation is None:
            help_ = f"operations of the document: {', '.join(sorted(self.operations))}"
            message = f"{node.name} stands on {arguments[0] if arguments else 'nothing'!r}, which no document has"
            self._problem("override-dead", message, place, help_)
            return
        self._checked(node, "adds" if _called(call) == "adds" else "replaces", operation, arguments[1:], place)

    def _checked(
        self,
        node: ast.FunctionDef | ast.ClassDef,
        kind: Literal["adds", "replaces"],
        operation: Operation,
        method: list[Any],
        place: Location,
    ) -> None:
        returns = _returns(node)
        if returns is None:
            help_ = f"annotate it with one of {', '.join(_RETURNS)}"
            self._problem("override-returns", f"{node.name} does not say what request it makes", place, help_)
            return
        is_class = isinstance(node, ast.ClassDef)
        if bool(method) == (is_class or kind == "replaces"):
            help_ = '@adds("operationId", "resource.method") for a function, @adds("operationId") for a class of a stream'
            self._problem("override-method", f"{node.name} takes {'no' if method else 'a'} method", place, help_)
            return
        if is_class and kind == "replaces":
            self._problem("override-method", f"{node.name} is a class, which can only add", place, "use @adds")
            return
        path = tuple(str(method[0]).split(".")) if method else operation.method
        doc = sentence(ast.get_docstring(node) or node.name)
        signature = ""
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            signature = f"({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}"
        self.found.append(
            Override(operation.id, kind, path, Path(place.file).stem, node.name, returns, signature, doc, place)
        )

    def _problem(self, code: str, message: str, place: Location, help_: str) -> None:
        self.problems.append(error(code, message, place, help_))


def _called(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return target.id if isinstance(target, ast.Name) and isinstance(node, ast.Call) else ""


def _returns(node: ast.FunctionDef | ast.ClassDef) -> Returns | None:
    if isinstance(node, ast.ClassDef):
        return "Accumulator"
    annotation = node.returns.value if isinstance(node.returns, ast.Subscript) else node.returns
    name = annotation.id if isinstance(annotation, ast.Name) else ""
    return next((kind for kind in _RETURNS if kind == name), None)


def _conflicts(overrides: list[Override], api: Api) -> Iterator[Diagnostic]:
    streams = {operation.id for operation in api.operations if isinstance(operation.payload, EventStream)}
    taken: dict[tuple[object, ...], str] = {operation.method: operation.id for operation in api.operations}
    for override in overrides:
        if override.returns == "Accumulator" and override.operation_id not in streams:
            message = f"{override.name} adds up events, but {override.operation_id} answers no stream"
            yield error("override-dead", message, override.location, "remove it, or correct the operationId")
        key: tuple[object, ...] = override.method
        if override.kind == "replaces" or override.returns == "Accumulator":
            key = (override.kind, override.operation_id)
        if key in taken:
            message = f"{override.name} and {taken[key]} are both {'.'.join(override.method)}"
            yield error("override-conflict", message, override.location, "keep one of them")
        taken[key] = override.name
