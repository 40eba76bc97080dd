"""Hand-written overrides, read with `ast`: they import generated code and cannot be imported here."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from specwire_codegen.diagnostics import Diagnostic, Location, error, raise_errors
from specwire_codegen.ir import Api, EventStream, Operation, Override
from specwire_codegen.openapi.suggest import did_you_mean
from specwire_codegen.python_source import sentence

Returns: TypeAlias = Literal["Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Workflow", "Accumulator"]
_KINDS = ("adds", "replaces")
_RETURNS: tuple[Returns, ...] = ("Request", "PagedRequest", "StreamRequest", "DownloadRequest", "Workflow")


def read_overrides(folder: Path, api: Api) -> tuple[Override, ...]:
    """Return the overrides below a folder; raise `DiagnosticError` with all problems."""
    found, problems = find_overrides(folder, api)
    raise_errors(problems)
    return found


def find_overrides(folder: Path, api: Api) -> tuple[tuple[Override, ...], list[Diagnostic]]:
    """Return the overrides below a folder, and all problems."""
    reader = _Reader({operation.id: operation for operation in reversed(api.operations)})
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_"):
            reader.read(path)
    return tuple(reader.found), [*reader.problems, *_conflicts(reader.found, without_forms(api, reader.found))]


def without_forms(api: Api, overrides: Iterable[Override]) -> Api:
    """Return the API without the additional response forms of operations that have an override.

    Such servers select the form by an argument and ignore the requested media type; the override handles it.
    """
    known = {override.operation_id for override in overrides if override.returns != "Accumulator"}
    return attrs.evolve(api, operations=tuple(one for one in api.operations if not one.form or one.id not in known))


@attrs.define
class _Reader:
    """Collector of overrides and their problems."""

    operations: Mapping[str, Operation]
    found: list[Override] = attrs.field(factory=list)
    problems: list[Diagnostic] = attrs.field(factory=list)

    def read(self, path: Path) -> None:
        try:
            tree = ast.parse(path.read_text("utf-8"), str(path))
        except SyntaxError as problem:
            place = Location(path.as_posix(), "", problem.lineno, problem.offset)
            self._problem(
                "override-syntax", f"the module does not parse: {problem.msg}", place, "correct the syntax at this line"
            )
            return
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                self._definition(node, Location(path.as_posix(), "", node.lineno))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, place: Location) -> None:
        declared = [call for call in node.decorator_list if _called(call) in _KINDS]
        if len(declared) != 1 or isinstance(node, ast.AsyncFunctionDef):
            what = "is asynchronous" if isinstance(node, ast.AsyncFunctionDef) else "does not name its operation"
            help_ = (
                'write @adds("operationId", "resource.method") or @replaces("operationId") above it, '
                "or begin its name with an underscore"
            )
            if isinstance(node, ast.AsyncFunctionDef):
                help_ = "write a plain function that makes a request; both clients send it"
            elif declared:
                what, help_ = "names its operation more than once", "keep one of its decorators"
            self._problem("override-undeclared", f"{node.name} {what}", place, help_)
            return
        call = declared[0]
        assert isinstance(call, ast.Call)
        arguments = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
        names = [argument for argument in arguments if isinstance(argument, str)]
        if call.keywords or len(names) != len(call.args) or not names:
            help_ = "write the operationId and the method as plain strings: the decorator is read, not run"
            self._problem("override-not-literal", f"the decorator of {node.name} is not literal", place, help_)
            return
        operation = self.operations.get(names[0])
        if operation is None:
            known = did_you_mean(names[0], self.operations, f"the document has {', '.join(sorted(self.operations))}")
            message = f"{node.name} depends on {names[0]!r}, which is not an operation of the document"
            help_ = f"correct the operationId, or remove the override; {known}"
            self._problem("override-dead", message, place, help_)
            return
        self._checked(node, "adds" if _called(call) == "adds" else "replaces", operation, names[1:], place)

    def _checked(
        self,
        node: ast.FunctionDef | ast.ClassDef,
        kind: Literal["adds", "replaces"],
        operation: Operation,
        method: list[str],
        place: Location,
    ) -> None:
        returns = _returns(node)
        if returns is None:
            help_ = f"annotate it with one of {', '.join(_RETURNS)}"
            self._problem("override-returns", f"{node.name} has no return annotation for its request", place, help_)
            return
        is_class = isinstance(node, ast.ClassDef)
        if is_class and kind == "replaces":
            help_ = "use @adds: the class then combines the events of the operation's stream"
            self._problem("override-method", f"{node.name} is a class, which cannot replace a method", place, help_)
            return
        if len(method) != (0 if is_class or kind == "replaces" else 1):
            help_ = (
                'write @adds("operationId", "resource.method") for a function; only the id for a class and @replaces'
            )
            self._problem("override-method", f"{node.name} must {'not ' if method else ''}name a method", place, help_)
            return
        path = tuple(method[0].split(".")) if method else operation.method
        if not all(name.isidentifier() and not keyword.iskeyword(name) and name[0] != "_" for name in path):
            help_ = "write names with dots between them, such as audio.transcribe_text"
            self._problem("override-method", f"{node.name} has the invalid method name {method[0]!r}", place, help_)
            return
        doc = sentence(ast.get_docstring(node) or node.name)
        arguments = _arguments(node) if isinstance(node, ast.FunctionDef) else ()
        type_arguments = _type_arguments(node) if isinstance(node, ast.FunctionDef) else ()
        module = Path(place.file).stem
        self.found.append(
            Override(operation.id, kind, path, module, node.name, returns, arguments, type_arguments, doc, place)
        )

    def _problem(self, code: str, message: str, place: Location, help_: str) -> None:
        self.problems.append(error(code, message, place, help_))


def _arguments(node: ast.FunctionDef) -> tuple[str, ...]:
    """Return the arguments of a function as shown in the API reference."""
    listed = [*node.args.posonlyargs, *node.args.args]
    defaults = [None] * (len(listed) - len(node.args.defaults)) + [*node.args.defaults]
    positional = [_argument(*pair) for pair in zip(listed, defaults, strict=True)]
    keywords = [_argument(*pair) for pair in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    return (*positional, *(("*", *keywords) if keywords else ()))


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    """Return an argument with its default; `int | Unset = UNSET` is shown as `int = UNSET`."""
    match default, argument.annotation:
        case None, _:
            return ast.unparse(argument)
        case ast.Name("UNSET"), ast.BinOp(left=annotation, op=ast.BitOr(), right=ast.Name("Unset")):
            return f"{argument.arg}: {ast.unparse(annotation)} = UNSET"
        case _:
            return f"{ast.unparse(argument)} = {ast.unparse(default)}"


def _type_arguments(node: ast.FunctionDef) -> tuple[str, ...]:
    """Return the type arguments of a return annotation: `Request[Model]` -> `Model`."""
    match node.returns:
        case ast.Subscript(slice=ast.Tuple(elts=types)):
            return tuple(map(ast.unparse, types))
        case ast.Subscript(slice=type_):
            return (ast.unparse(type_),)
        case _:
            return ()


def _called(node: ast.expr) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _returns(node: ast.FunctionDef | ast.ClassDef) -> Returns | None:
    if isinstance(node, ast.ClassDef):
        return "Accumulator"
    annotation = node.returns.value if isinstance(node.returns, ast.Subscript) else node.returns
    name = annotation.id if isinstance(annotation, ast.Name) else ""
    return next((kind for kind in _RETURNS if kind == name), None)


def _conflicts(overrides: list[Override], api: Api) -> Iterator[Diagnostic]:
    streams = {operation.id for operation in api.operations if isinstance(operation.payload, EventStream)}
    whole = {operation.id for operation in api.operations if not isinstance(operation.payload, EventStream)}
    methods = {
        method: operation.id for operation in api.operations for method in (operation.method, *operation.aliases)
    }
    for operation in api.operations:
        if operation.polling is not None and operation.polling.method is not None:
            methods[operation.polling.method] = f"the waiter of {operation.id}"
    taken: dict[tuple[str, str], str] = {}
    for override in overrides:
        name, id_, place = override.name, override.operation_id, override.location
        task = "adds up" if override.returns == "Accumulator" else override.kind
        if task == "adds":
            yield from _misplaced(override, methods)
            methods[override.method] = name
            continue
        if id_ not in (streams if task == "adds up" else whole):
            what = (
                "combines events, but {} does not return a stream"
                if task == "adds up"
                else "replaces {}, which only streams"
            )
            help_ = "remove it, or correct the operationId"
            yield error("override-dead", f"{name} {what.format(id_)}", place, help_)
        if (task, id_) in taken:
            what = f"combine the stream of {id_}" if task == "adds up" else f"replace {id_}"
            yield error("override-conflict", f"{taken[task, id_]} and {name} both {what}", place, "keep one of them")
        taken[task, id_] = name


def _misplaced(override: Override, methods: Mapping[tuple[str, ...], str]) -> Iterator[Diagnostic]:
    """Yield the conflicts of an added method with other methods."""
    wanted = override.method
    help_ = "give one of them another method"
    for method, owner in methods.items():
        if method == wanted:
            message = f"{owner} and {override.name} are both named {'.'.join(wanted)}"
            yield error("override-conflict", message, override.location, help_)
        elif method[: len(wanted)] == wanted or wanted[: len(method)] == method:
            message = f"{override.name} cannot be named {'.'.join(wanted)}, because {owner} is named {'.'.join(method)}"
            yield error("override-conflict", message, override.location, help_)
            return
