"""The IR of a client in the shape that Stainless gives it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from specwire_codegen.ir import (
    AliasModel,
    Api,
    BinaryStream,
    Body,
    ClientArgument,
    EventStream,
    Field,
    Formats,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    ListOf,
    Literals,
    MapOf,
    Model,
    MultipartBody,
    Nullable,
    ObjectModel,
    Operation,
    Parameter,
    Payload,
    Primitive,
    Requirement,
    TupleOf,
    TypeExpr,
    UnionOf,
)
from specwire_codegen.openapi.casing import snake

_TEXT = frozenset({"time", "timedelta", "UUID", "bytes", "Decimal", "IntText"})
"""Formats that Stainless leaves as text."""
_OWN_ARGUMENTS = frozenset({"timeout", "extra_headers", "extra_query", "extra_body"})
"""Arguments of every method; those of an operation get the prefix `api_`."""


_SWITCH = "Whether to return a stream of events."


def shaped(api: Api) -> Api:
    """Return the IR of a client with `[compat]`."""
    compat = api.compat
    assert compat is not None
    arguments = compat.arguments or tuple(_arguments(api))
    optional = {one.scheme for one in arguments if one.scheme is not None and not one.required}
    security = api.security
    if security is not None:
        security = attrs.evolve(security, requirements=_without(security.requirements, optional))
    return attrs.evolve(
        api,
        compat=attrs.evolve(compat, arguments=arguments),
        security=security,
        models=tuple(map(_model, api.models)),
        operations=tuple(_operation(operation, api, optional) for operation in api.operations),
    )


def _arguments(api: Api) -> Iterator[ClientArgument]:
    """Yield an argument for each security scheme that takes a key."""
    security = api.security
    if security is None:
        return
    variables = dict(security.variables)
    for name, _ in security.schemes:
        wish = "api_key" if len(security.schemes) == 1 else snake(name)
        yield ClientArgument(wish, name, variable=variables.get(name), required=security.required)


def _without(alternatives: tuple[Requirement, ...], optional: set[str]) -> tuple[Requirement, ...]:
    """Return alternatives, each followed by itself without the schemes whose keys may be missing."""
    found: dict[Requirement, None] = {}
    for names in alternatives:
        found[names] = None
        found[tuple(name for name in names if name not in optional)] = None
    return tuple(found)


def _operation(operation: Operation, api: Api, optional: set[str]) -> Operation:
    operation = _with_switch(operation, api)
    taken = {parameter.name for parameter in operation.parameters}
    shaped = attrs.evolve(
        operation,
        parameters=tuple(_parameter(parameter) for parameter in operation.parameters),
        body=_body(operation.body, taken),
        body_argument=_own(operation.body_argument, taken),
        payload=_payload(operation.payload),
        payloads_by_status=()
        if isinstance(operation.payload, BinaryStream)
        else tuple((status, _payload(payload)) for status, payload in operation.payloads_by_status),
        errors=attrs.evolve(
            operation.errors, by_status=tuple((status, _type(type_)) for status, type_ in operation.errors.by_status)
        ),
        security=None if operation.security is None else _without(operation.security, optional),
        formats=Formats(),
        polling=None,
    )
    shaped = attrs.evolve(shaped, by_position=tuple(_by_position(shaped, api)))
    if operation.pagination is not None:
        page = attrs.evolve(operation.pagination, item=_type(operation.pagination.item))
        return attrs.evolve(shaped, pagination=page)
    return shaped


def _by_position(operation: Operation, api: Api) -> Iterator[str]:
    """Yield the arguments that may be passed by position."""
    assert api.compat is not None
    names = {parameter.wire_name: parameter.name for parameter in operation.parameters}
    match operation.body:
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            names |= {field.wire_name: field.name for field in fields if field.wire_name not in names}
        case _:
            pass
    for wire in api.compat.positional.get(operation.id, ()):
        if wire in names:
            yield names[wire]


def switched_to(operation: Operation, api: Api) -> Operation | None:
    """Return the stream that an argument of a method selects; both are on the same resource."""
    if operation.switch is None or not isinstance(operation.payload, JsonPayload) or operation.pagination is not None:
        return None
    near = {method for method in operation.streams if method[:-1] == operation.resource}
    return next((one for one in api.operations if one.id == operation.id and one.method in near), None)


def _with_switch(operation: Operation, api: Api) -> Operation:
    """Return an operation with the argument that selects between a value and a stream, in place of a fixed value."""
    stream = switched_to(operation, api)
    selected = stream is None and isinstance(operation.payload, EventStream)
    base = next((one for one in api.operations if selected and switched_to(one, api) is operation), operation)
    name, value = base.switch or ("", None)
    if (stream is None and base is operation) or not isinstance(value, bool):
        return operation
    fixed, in_query = stream or operation, not (stream or operation).fixed
    (wire, _), *_ = fixed.fixed_query if in_query else fixed.fixed
    type_ = Literals((value if selected else not value,))
    sent = None if selected or not (operation.fixed or operation.fixed_query) else not value
    if in_query:
        place = Parameter(name, wire, "query", type_, selected or sent is not None, _SWITCH, default=sent)
        return attrs.evolve(operation, parameters=(*operation.parameters, place), fixed_query=())
    body = operation.body
    if not isinstance(body, JsonBody | FormBody) or body.fields is None:
        return operation
    field = Field(name, wire, type_, selected or sent is not None, _SWITCH, default=sent)
    rest = tuple(each for each in body.fields if each.wire_name != wire)
    return attrs.evolve(operation, body=attrs.evolve(body, fields=(*rest, field)), fixed=())


def _model(model: Model) -> Model:
    match model:
        case ObjectModel():
            return attrs.evolve(model, fields=tuple(_field(field) for field in model.fields))
        case AliasModel():
            return attrs.evolve(model, type=_type(model.type))


def _field(field: Field) -> Field:
    return attrs.evolve(field, type=_type(field.type))


def _own(name: str, taken: set[str]) -> str:
    wish = f"api_{name}" if name in _OWN_ARGUMENTS else name
    return f"{wish}_" if wish != name and wish in taken else wish


def _parameter(parameter: Parameter) -> Parameter:
    style = parameter.style
    if style is not None and style.base64:
        style = attrs.evolve(style, base64=False)
    return attrs.evolve(parameter, name=_own(parameter.name, set()), type=_type(parameter.type), style=style)


def _body(body: Body | None, taken: set[str]) -> Body | None:
    def renamed(field: Field) -> Field:
        return attrs.evolve(_field(field), name=_own(field.name, taken))

    match body:
        case JsonBody(type_, fields):
            named = None if fields is None else tuple(map(renamed, fields))
            return attrs.evolve(body, type=_type(type_), fields=named)
        case FormBody(fields):
            return attrs.evolve(body, fields=tuple(map(renamed, fields)))
        case MultipartBody(parts):
            named_parts = (attrs.evolve(part, name=_own(part.name, taken), type=_type(part.type)) for part in parts)
            return attrs.evolve(body, parts=tuple(named_parts))
        case JsonLinesBody(item):
            return attrs.evolve(body, item=_type(item))
        case _:
            return body


def _payload(payload: Payload) -> Payload:
    match payload:
        case JsonPayload(type_, _, envelope):
            whole = None if envelope is None else attrs.evolve(envelope, type=_type(envelope.type))
            return attrs.evolve(payload, type=_type(type_), envelope=whole)
        case EventStream(event):
            return attrs.evolve(payload, event=_type(event))
        case _:
            return payload


def _type(type_: TypeExpr) -> TypeExpr:
    """Return a type whose scalars are those that Stainless knows."""
    match type_:
        case Primitive(name) if name in _TEXT:
            return Primitive("str")
        case ListOf(item):
            return attrs.evolve(type_, item=_type(item))
        case TupleOf(items):
            return TupleOf(tuple(map(_type, items)))
        case MapOf(value):
            return MapOf(_type(value))
        case Nullable(inner):
            return Nullable(_type(inner))
        case UnionOf(variants):
            distinct = tuple(dict.fromkeys(map(_type, variants)))
            return distinct[0] if len(distinct) == 1 else UnionOf(distinct)
        case _:
            return type_
