"""Modules of operations: functions that build calls, with the options that every call has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.ir import (
    Api,
    Field,
    JsonBody,
    ObjectModel,
    Operation,
    Parameter,
    Part,
    TypeExpr,
)
from specwire_codegen.lower.model import all_refs, reachable
from specwire_codegen.python_source import literal
from specwire_codegen.render.facts import Facts
from specwire_codegen.render.operations import Function, function_name
from specwire_codegen.render.prose import documentation
from specwire_codegen.render.request import RequestSource
from specwire_codegen.render.signature import MODELS, Argument, arguments_of, request_type, signature

_OPTIONS = (
    "extra_headers: Headers | None = None",
    "extra_query: Query | None = None",
    "extra_body: Body | None = None",
    "timeout: CallTimeout = UNSET",
)
"""Arguments of every method, after its own."""
_PASSED = "extra_headers, extra_query, extra_body, timeout"


def arguments_in_order(operation: Operation) -> list[Argument]:
    """Return the arguments of an operation: the last path parameter by position, all others by name."""
    path = [parameter for parameter in operation.parameters if parameter.place == "path"]
    last = max(path, key=lambda one: operation.path.find("{" + one.wire_name + "}")).name if path else ""
    order = {name: index for index, name in enumerate(operation.by_position or (last,))}
    placed = [attrs.evolve(one, positional=one.name in order) for one in arguments_of(operation)]
    return sorted(
        placed,
        key=lambda one: (not one.positional, not one.required or one.default is not None, order.get(one.name, 0)),
    )


@attrs.frozen
class Builders:
    """Source of the functions of a client's operations."""

    renamed: frozenset[str]
    """Models with a field, at any depth, that has another name in the API."""

    @staticmethod
    def of(api: Api) -> Builders:
        """Return the source of the functions of a client."""
        bare = {model.name for model in api.models if isinstance(model, ObjectModel) and _is_renamed(model)}
        found = (model.name for model in api.models if not bare.isdisjoint(reachable(iter([model.name]), api.models)))
        return Builders(frozenset(found))

    def functions(self, operation: Operation, siblings: Sequence[Operation], facts: Facts) -> Iterator[Function]:
        """Yield the function of an operation."""
        arguments = arguments_in_order(operation)
        request = _CallSource(operation, arguments, facts, self.renamed)
        kind, types = request_type(operation)
        constant = facts.of(operation)
        returned = f"{kind}[{', '.join(types)}]" if types else kind
        made = f"{kind}({', '.join([constant.name, *request.keywords()])})"
        yield Function(
            name=function_name(operation.name),
            arguments=signature(arguments, Argument.declaration, _OPTIONS),
            kind="Call",
            type_arguments=(returned,),
            doc=documentation(operation, arguments),
            call=f"Call({made}, {_PASSED})",
            constant=constant,
        )


def _is_renamed(model: ObjectModel) -> bool:
    tagged = model.tag is not None and model.tag.name != model.tag.wire_name
    return tagged or any(field.name != field.wire_name for field in model.fields)


@attrs.frozen
class _CallSource(RequestSource):
    """Request whose nested values are sent by the names of the API."""

    renamed: frozenset[str]

    def value(self, member: Parameter | Field | Part) -> str:
        """Return the source of the value of an argument."""
        if isinstance(member, Parameter) and member.place == "path":
            return f"path_value({literal(member.name)}, {member.name})"
        return self._wired(member.name, member.type)

    def body_value(self, body: JsonBody) -> str:
        """Return the source of a body that is one value."""
        return self._wired(self.operation.body_argument, body.type)

    def _wired(self, name: str, type_: TypeExpr) -> str:
        if self.renamed.isdisjoint(all_refs(type_)):
            return name
        kind = out(type_, MODELS, {"list": "_list", "dict": "_dict", "tuple": "_tuple"})
        return f"wired({name}, {kind})"
