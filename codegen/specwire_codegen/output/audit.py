"""Final check of a package before it is written: modules contain only the syntax that clients need.

The list is closed: allowed imports, calls, assignments, base classes, and expressions in values and annotations.
Anything else is an error of the generator, even if it parses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

import attrs

from specwire_codegen.characters import hidden_in
from specwire_codegen.compat.imports import COMPAT, COMPAT_MODELS, EXPORTS
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.output.expressions import Scope, unquoted
from specwire_codegen.render.module import IMPORTED

_OTHERS = frozenset({"api.md", "py.typed"})
"""Files of a package that are not modules."""
_LAZY = {"annotations": ("__future__", "annotations"), "lazy": ("specwire.support", "lazy")}
_PASSED_ON = {name: ("specwire.compat", name) for name in ("exports", *EXPORTS)}
IMPORTS = [{**IMPORTED, **_LAZY}, COMPAT, COMPAT_MODELS, _PASSED_ON]
"""Tables of the names that modules may import: module and name in it; those of the runtime are its ABI."""
_BASE_ERROR = ("specwire.compat", "SDKError")
"""Name of the runtime that a package passes on by a name of its own."""
_ALIASES = frozenset({"AsyncClient", "Client"})
"""Names by which a package passes on its clients, too."""
_PART = 200_000
"""Number of characters that are parsed at a time, at least."""
_RUNTIME = ("specwire", "msgspec")
"""Packages whose names may be called."""


def audit(files: Mapping[str, str], overrides: str | None = None) -> None:
    """Raise if a file contains anything that clients do not need; `overrides` is the package of overrides."""
    for name, text in files.items():
        if name in _OTHERS:
            continue
        path = PurePosixPath(name)
        if path.suffix != ".py" or not all(part.isidentifier() for part in path.with_suffix("").parts):
            raise SpecwireCodegenError(f"internal error: {name!r} is not a module name")
        if hidden := hidden_in(text):
            raise SpecwireCodegenError(f"internal error: {name} contains the hidden character {min(hidden)!a}")
        module = _Module(name, files=frozenset(files), overrides=overrides)
        try:
            module.check(text)
        except (SyntaxError, RecursionError) as problem:
            line = (problem.lineno or 1) if isinstance(problem, SyntaxError) else 1
            what = f"internal error: {name}:{module.before + line} does not parse: {problem}"
            raise SpecwireCodegenError(what) from problem


def _parsed(text: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield a module in parts of whole statements, each with its tree: that of a large module takes much memory.

    A part ends where a line looks like a class. If it does not parse, that line was in the middle of a statement, and
    the rest is one part; if it does, it ends between two statements, whatever follows.
    """
    start = 0
    while start < len(text):
        end = text.find("\nclass ", start + _PART) + 1 or len(text)
        try:
            tree = ast.parse(text[start:end])
        except SyntaxError:
            end = len(text)
            tree = ast.parse(text[start:])
        yield text[start:end], tree
        start = end


@attrs.define
class _Module(Scope):
    """Rules for the statements of one module; names are known once they are bound at its top level."""

    files: frozenset[str] = frozenset()
    overrides: str | None = None
    classes: set[str] = attrs.field(factory=set)
    """Names that may be subclassed."""

    def check(self, text: str) -> None:
        for part, tree in _parsed(text):
            self._bind(tree.body)
            for statement in tree.body:
                self._statement(statement)
            self.before += part.count("\n")
        for name, line in self.awaited.items():
            if name not in self.bound:
                what = f"internal error: {self.name}:{line} contains {name}, which is not defined; nothing was written"
                raise SpecwireCodegenError(what)

    def _bind(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            match statement:
                case ast.ImportFrom():
                    self._import(statement)
                case ast.ClassDef(name=name):
                    self.bound.add(name)
                    self.classes.add(name)
                case ast.FunctionDef(name=name):
                    self.bound.add(name)
                    self.callable.add(name)
                case ast.Assign() | ast.AnnAssign():
                    self.bound.update(_targets(statement))
                case ast.If(body=then, orelse=otherwise):
                    self._bind([*then, *otherwise])
                case _:
                    continue

    def _import(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            self.bound.add(name)
            if node.level:
                self._local(node, alias)
            elif node.module == self.overrides:
                self.modules.add(name)
            elif (node.module, alias.name) == _BASE_ERROR and name.endswith("Error"):
                continue
            elif not any((node.module, alias.name) == table.get(name) for table in IMPORTS):
                raise self.unknown(node, f"an import of {alias.name} from {node.module}")
            elif (node.module or "").partition(".")[0] in _RUNTIME or name == "TypedDict":
                self.callable.add(name)
                self.classes.add(name)
                self.modules.add(name)

    def _local(self, node: ast.ImportFrom, alias: ast.alias) -> None:
        """Check an import from the package itself: a module, or a client or resource from its module."""
        here = PurePosixPath(self.name).parts[: -node.level]
        if len(PurePosixPath(self.name).parts) < node.level:
            raise self.unknown(node, "an import from outside the package")
        target = "/".join([*here, *(node.module or "").split(".")]).strip("/")
        inside = f"{target}/{alias.name}".strip("/")
        if self._is_module(inside):
            self.modules.add(alias.asname or alias.name)
        elif not self._is_module(target) or alias.asname not in (None, *_ALIASES):
            raise self.unknown(node, f"an import of {alias.name} from {'.' * node.level}{node.module or ''}")

    def _is_module(self, path: str) -> bool:
        return f"{path}.py" in self.files or f"{path}/__init__.py" in self.files

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
                return
            case ast.AnnAssign(target=ast.Name(), annotation=ast.Name(id="TypeAlias"), value=ast.expr() as value):
                self.annotation(unquoted(value))
            case ast.AnnAssign(target=ast.Name(), annotation=annotation, value=value):
                self.annotation(annotation)
                if value is not None:
                    self.value(value)
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=then, orelse=otherwise):
                for statement in [*then, *otherwise]:
                    self._statement(statement)
            case ast.ClassDef(bases=[ast.Name(id="Protocol")], keywords=[], body=body, decorator_list=[]):
                self._protocol(node, body)
            case ast.ClassDef(bases=bases, keywords=keywords, body=body, decorator_list=[]):
                for base in map(_unsubscripted, bases):
                    if not isinstance(base, ast.Name) or base.id not in self.classes:
                        raise self.unknown(base)
                for keyword in keywords:
                    if keyword.arg not in ("kw_only", "tag", "tag_field"):
                        raise self.unknown(keyword)
                    self.data(keyword.value)
                inside = attrs.evolve(self, local=set())
                for statement in body:
                    if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
                        check = self._opening if _opens(statement) else self._constructor
                        check(statement)
                        continue
                    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr | ast.Pass):
                        raise self.unknown(statement)
                    inside._statement(statement)
                    inside.local.update(_targets(statement))  # later members may refer to it
            case ast.FunctionDef(args=arguments, body=body, returns=ast.expr() as returns, decorator_list=decorators):
                self._decorators(decorators)
                self._function(arguments, body, converts=bool(decorators))
                self.annotation(returns)
            case ast.Assign(targets=[ast.Name()], value=value):
                self.value(value)
            case ast.Pass():
                return
            case _:
                raise self.unknown(node)

    def _protocol(self, node: ast.ClassDef, body: list[ast.stmt]) -> None:
        """Check that a callback protocol only has the signature of a method."""
        match body:
            case [
                ast.Expr(value=ast.Constant(value=str())),
                ast.FunctionDef(
                    name="__call__",
                    args=ast.arguments(args=[ast.arg(arg="self", annotation=None), *rest]) as arguments,
                    returns=ast.expr() as returns,
                    body=[ast.Expr(value=ast.Constant(value=value))],
                    decorator_list=[],
                ),
            ] if value is ...:
                others = ast.arguments(
                    [],
                    rest,
                    arguments.vararg,
                    arguments.kwonlyargs,
                    arguments.kw_defaults,
                    arguments.kwarg,
                    arguments.defaults,
                )
                if arguments.posonlyargs:
                    raise self.unknown(node)
                self._function(others, [], converts=False)
                self.annotation(returns)
            case _:
                raise self.unknown(node)

    def _constructor(self, node: ast.FunctionDef) -> None:
        """Check that a constructor only passes its arguments on to that of its base class."""
        given = node.args
        listed = [*given.args[1:], *given.kwonlyargs, *([given.kwarg] if given.kwarg else [])]
        names = {each.arg for each in listed}
        if (
            [each.arg for each in given.args[:1]] != ["self"]
            or given.vararg
            or given.posonlyargs
            or node.decorator_list
        ):
            raise self.unknown(node)
        for each in listed:
            if each.annotation is None:
                raise self.unknown(each)
            self.annotation(each.annotation)
        for default in [*given.defaults, *given.kw_defaults]:
            self.data(default)
        match node.body:
            case [
                ast.Expr(value=ast.Constant(value=str())),
                ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(
                            value=ast.Call(func=ast.Name(id="super"), args=[], keywords=[]), attr="__init__"
                        ),
                        args=passed,
                        keywords=keywords,
                    )
                ),
            ]:
                for value in [*passed, *(keyword.value for keyword in keywords)]:
                    self._passed(value, names)
            case _:
                raise self.unknown(node)

    def _passed(self, node: ast.expr, names: set[str]) -> None:
        """Check an argument of a constructor, or a dictionary of them."""
        match node:
            case ast.Name(id=name) if name in names:
                return
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    self.data(key)
                    self._passed(value, names)
            case _:
                raise self.unknown(node)

    def _opening(self, node: ast.FunctionDef) -> None:
        """Check the constructor of a client with `[compat]`: it passes its arguments on to `self._open`."""
        match node:
            case ast.FunctionDef(
                name="__init__",
                args=ast.arguments(args=[ast.arg(arg="self")], kwonlyargs=named, kw_defaults=defaults) as arguments,
                body=[ast.Expr(value=ast.Constant(value=str())), ast.Expr(value=ast.Call() as call)],
                decorator_list=[],
            ) if not call.keywords:
                keywords = ast.arguments([], [], None, named, defaults, None, [])
                if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
                    raise self.unknown(node)
                self._function(keywords, [ast.Return(value) for value in call.args], converts=False)
            case _:
                raise self.unknown(node)

    def _decorators(self, decorators: list[ast.expr]) -> None:
        """Check that a function has no decorator except one that copies the arguments of another function."""
        match decorators:
            case []:
                return
            case [ast.Call(func=ast.Name(id="same_arguments"), args=[ast.Name(id=name)], keywords=[])] if (
                name in self.callable
            ):
                self.called(ast.Name("same_arguments"))
            case _:
                raise self.unknown(decorators[0])

    def _function(self, arguments: ast.arguments, body: list[ast.stmt], *, converts: bool) -> None:
        if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
            raise self.unknown(arguments)
        listed = [*arguments.args, *arguments.kwonlyargs]
        for argument in listed:
            if argument.annotation is None:
                raise self.unknown(argument)
            self.annotation(argument.annotation)
        for default in [*arguments.defaults, *arguments.kw_defaults]:
            if default is not None and ast.unparse(default) not in ("UNSET", "DEFAULT_MAX_RETRIES", "False"):
                self.data(default)
        names = {argument.arg for argument in listed}
        inner = attrs.evolve(
            self,
            local=names,
            hidden=frozenset(names),
            requests=frozenset(names if converts else ()),
        )
        for statement in body:
            match statement:
                case ast.Return(value=ast.expr() as value):
                    inner.value(value)
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case _:
                    raise self.unknown(statement)


def _targets(statement: ast.stmt) -> tuple[str, ...]:
    """Return the name that an assignment binds."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case _:
            return ()


def _opens(node: ast.FunctionDef) -> bool:
    """Return whether a constructor is that of a client with `[compat]`."""
    match node.body:
        case [_, ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="_open")))]:
            return True
        case _:
            return False


def _unsubscripted(node: ast.expr) -> ast.expr:
    """Return a base class without its type arguments."""
    return node.value if isinstance(node, ast.Subscript) else node
