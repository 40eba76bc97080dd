"""Expressions that modules of clients may contain: annotations, data, names, and calls of the runtime."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import attrs

from specwire_codegen.diagnostics import SpecwireCodegenError

_BUILTINS = frozenset("None bool bytes dict float frozenset int list object str tuple __name__ __all__".split())
_CALLED = frozenset({"frozenset"})
_PARTS = frozenset("body cookies headers path query".split())
"""Attributes of a request that another form of it copies."""


@attrs.define
class Scope:
    """Rules for expressions, given the names that are known where they are."""

    name: str
    """File name of the module."""
    bound: set[str] = attrs.field(factory=lambda: set(_BUILTINS))
    callable: set[str] = attrs.field(factory=lambda: set(_CALLED))
    modules: set[str] = attrs.field(factory=set)
    """Names of modules, whose attributes may be read."""
    before: int = 0
    """Number of lines of the module before what is checked."""
    awaited: dict[str, int] = attrs.field(factory=dict)
    """Names that the module must still bind, with the line of their first use."""
    local: set[str] = attrs.field(factory=set)
    """Names that are known only here, in a class or function."""
    hidden: frozenset[str] = frozenset()
    """Names of arguments, which hide what can be called and the modules."""
    requests: frozenset[str] = frozenset()
    """Names of requests, whose parts may be read."""

    def annotation(self, node: ast.expr) -> None:
        """Check an annotation: names, unions and subscripts; the values of a `Literal` are data."""
        match node:
            case ast.Name() | ast.Attribute():
                self._name(node)
            case ast.Constant(value=None):
                return
            case ast.Subscript(value=ast.Name(id="Literal" | "_Literal"), slice=values):
                self.data(values)
            case ast.Subscript(value=value, slice=index):
                self.annotation(value)
                self.annotation(index)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                for item in items:
                    self.annotation(item)
            case ast.BinOp(op=ast.BitOr()):
                for operand in _operands(node):
                    self.annotation(operand)
            case _:
                raise self.unknown(node)

    def value(self, node: ast.expr | None) -> None:
        """Check a value: data, names, annotations, and calls of the runtime and the package."""
        match node:
            case ast.Constant() | ast.UnaryOp():
                self.data(node)
            case ast.Call(
                func=ast.Name("TypedDict"), args=[name, ast.Dict(keys=keys, values=annotations)], keywords=[]
            ):
                self.data(ast.Tuple([name, *(key for key in keys if key is not None)]))
                for annotation in annotations:
                    self.annotation(unquoted(annotation))
            case ast.Call(func=function, args=arguments, keywords=keywords) if all(each.arg for each in keywords):
                self.called(function)
                for value in [*arguments, *(keyword.value for keyword in keywords)]:
                    self.value(value)
            case ast.Dict(keys=keys, values=values):
                for member in [*keys, *values]:
                    self.value(member)
            case ast.Set(elts=values):
                self.data(ast.Tuple(values))
            case ast.Tuple(elts=values) | ast.List(elts=values) | ast.BoolOp(op=ast.Or(), values=values):
                for value in values:
                    self.value(value)
            case ast.IfExp(
                body=ast.Constant(value=None) | ast.Dict(keys=[]),
                orelse=value,
                test=ast.Compare(ops=[ast.Is()]) as test,
            ):
                for each in [test.left, *test.comparators, value]:
                    self.value(each)
            case ast.Lambda(args=ast.arguments(args=[], kwonlyargs=[], vararg=None, kwarg=None), body=body):
                self.value(body)
            case ast.BinOp(left=ast.Name() as left, op=ast.BitOr(), right=ast.Dict() as right):
                self.annotation(left)
                self.value(right)
            case ast.Name() | ast.Attribute() | ast.Subscript() | ast.BinOp():
                self.annotation(node)
            case _:
                raise self.unknown(node)

    def data(self, node: ast.expr | None) -> None:
        """Check text, a number, None, or a tuple of them."""
        match node:
            case ast.Constant(value=str() | int() | float() | None):
                return
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
                return
            case ast.Tuple(elts=items):
                for item in items:
                    self.data(item)
            case _:
                raise self.unknown(node)

    def called(self, node: ast.expr) -> None:
        """Check the function of a call."""
        match node:
            case ast.Name(id=name) if name in self.callable and name not in self.hidden:
                return
            case _:
                raise self.unknown(node, f"a call of {ast.unparse(node)}")

    def _name(self, node: ast.expr) -> None:
        match node:
            case ast.Name(id=name):
                if name not in self.bound and name not in self.local:
                    self.awaited.setdefault(name, self.before + node.lineno)
            case ast.Attribute(value=ast.Name(id=request), attr=name) if request in self.requests and name in _PARTS:
                return
            case ast.Attribute(value=ast.Name(id=module), attr=name) if (
                self._is_module_name(module) and name[:2] != "__"
            ):
                return
            case _:
                raise self.unknown(node, f"{ast.unparse(node)}, which is not defined")

    def _is_module_name(self, name: str) -> bool:
        return name in self.modules and name not in self.hidden

    def unknown(self, node: ast.AST | None, what: str = "") -> SpecwireCodegenError:
        """Return the error for a node that no rule allows."""
        place = f"{self.name}:{self.before + getattr(node, 'lineno', 1)}"
        found = what or f"unexpected syntax ({type(node).__name__})"
        return SpecwireCodegenError(f"internal error: {place} contains {found}; nothing was written")


def unquoted(node: ast.expr) -> ast.expr:
    """Return an annotation without its quotes."""
    match node:
        case ast.Constant(value=str(text)):
            return ast.parse(text, mode="eval").body
        case _:
            return node


def _operands(node: ast.expr) -> Iterable[ast.expr]:
    """Return the operands of a chain of `|` of any length."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        found.append(node.right)
        node = node.left
    return [*found, node]
