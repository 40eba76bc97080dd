"""Source of the tree of a class, with document content printed in place of its slots.

A slot is an `ast.Name` whose identifier is a key of the slots. Text is never searched.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.python_source import literal

CLASS = "class_name"
"""The slot of a class's own name."""

Members = Sequence[tuple[Sequence[ast.stmt], Mapping[str, str]]]
"""Statements of each member, with its slots."""


def printed(head: ast.stmt, slots: Mapping[str, str], members: Members = ()) -> str:
    """Return the source of a class; raise for any syntax that a class does not need."""
    match head:
        case ast.ClassDef(bases=bases, keywords=keywords, body=body, decorator_list=[]):
            arguments = [*(_expression(base, slots) for base in bases), *(_keyword(each, slots) for each in keywords)]
            lines = [_statement(each, slots) for each in body if not (members and isinstance(each, ast.Pass))]
            for statements, own in members:
                lines += [_statement(each, own) for each in statements]
                lines += [""] if len(statements) > 1 else []  # a blank line after the docstring of a member
            return "\n".join([f"class {slots[CLASS]}({', '.join(arguments)}):", *(f"    {line}" for line in lines)])
        case ast.Assign(targets=[ast.Name()], value=ast.Call(func=ast.Name() as function, args=[text], keywords=[])):
            # The members of a `TypedDict` call are quoted, since they are defined further down.
            entries = ", ".join(_entry(statements[0], own) for statements, own in members)
            return f"{slots[CLASS]} = {_expression(function, slots)}({_expression(text, slots)}, {{{entries}}})"
        case _:
            raise _unexpected(head)


def _entry(statement: ast.stmt, slots: Mapping[str, str]) -> str:
    """Return a member as an entry of the dictionary of a `TypedDict` call."""
    match statement:
        case ast.AnnAssign(annotation=annotation, value=None):
            return f"{slots['key']}: {literal(_expression(annotation, slots))}"
        case _:
            raise _unexpected(statement)


def _statement(statement: ast.stmt, slots: Mapping[str, str]) -> str:
    match statement:
        case ast.AnnAssign(target=target, annotation=annotation, value=None):
            return f"{_expression(target, slots)}: {_expression(annotation, slots)}"
        case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value):
            return f"{_expression(target, slots)}: {_expression(annotation, slots)} = {_expression(value, slots)}"
        case ast.Pass():
            return "pass"
        case ast.Expr(value=ast.Name() as text):
            return _expression(text, slots)
        case _:
            raise _unexpected(statement)


def _expression(node: ast.expr | None, slots: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return slots.get(name, name)
        case ast.Constant(value=None | bool() as value):
            return literal(value)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=items)):
            return f"{_expression(value, slots)}[{', '.join(_expression(item, slots) for item in items)}]"
        case ast.Subscript(value=value, slice=index):
            return f"{_expression(value, slots)}[{_expression(index, slots)}]"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{_expression(left, slots)} | {_expression(right, slots)}"
        case ast.Call(func=ast.Name() as function, args=arguments, keywords=keywords):
            written = [*(_expression(each, slots) for each in arguments), *(_keyword(each, slots) for each in keywords)]
            return f"{_expression(function, slots)}({', '.join(written)})"
        case ast.Dict(keys=[], values=[]):
            return "{}"
        case _:
            raise _unexpected(node)


def _keyword(keyword: ast.keyword, slots: Mapping[str, str]) -> str:
    return f"{keyword.arg}={_expression(keyword.value, slots)}"


def _unexpected(node: ast.AST | None) -> SpecwireCodegenError:
    return SpecwireCodegenError(
        f"internal error: datamodel-code-generator returned {type(node).__name__}, which is not part of a class"
    )
