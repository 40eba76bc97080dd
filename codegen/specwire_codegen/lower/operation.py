"""Lowering of operations to client methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs

from specwire_codegen.config import ClientConfig
from specwire_codegen.diagnostics import Diagnostic, error, raise_errors
from specwire_codegen.documents.document import Document
from specwire_codegen.ir import (
    BinaryBody,
    Body,
    Empty,
    ErrorEnvelope,
    Errors,
    EventStream,
    Formats,
    FormBody,
    JsonBody,
    JsonLinesBody,
    JsonPayload,
    LiteralValue,
    MultipartBody,
    Operation,
    Parameter,
    Part,
    Payload,
    Status,
    TextBody,
    TypeExpr,
)
from specwire_codegen.lower.body import lower_bodies
from specwire_codegen.lower.facts.envelope import unwrapped
from specwire_codegen.lower.facts.paging import lower_pagination, lower_polling
from specwire_codegen.lower.facts.selection import Selection, Switch, selected, switch_of, unselected
from specwire_codegen.lower.media import Components
from specwire_codegen.lower.naming.chosen import Chosen, Method, chosen
from specwire_codegen.lower.naming.defaults import operations_to_name
from specwire_codegen.lower.naming.method import Choice, default_methods
from specwire_codegen.lower.naming.waiter import default_waiter
from specwire_codegen.lower.parameter import lower_parameter
from specwire_codegen.lower.path import Paths
from specwire_codegen.lower.payload import Responses, lower_responses, status_key, whole_of
from specwire_codegen.lower.querystring import without_query_strings
from specwire_codegen.lower.security import requirements
from specwire_codegen.lower.server import server_url
from specwire_codegen.openapi.casing import argument
from specwire_codegen.openapi.identifiers import RESERVED_ARGUMENTS, WAITING_ARGUMENTS, distinct
from specwire_codegen.openapi.methods import IDEMPOTENT
from specwire_codegen.openapi.pointer import join, split
from specwire_codegen.openapi.walk import operations_of


def lower_operations(document: Document, components: Components, config: ClientConfig) -> tuple[Operation, ...]:
    """Return all methods of the client in document order; raise for unused names in `client.toml`."""
    routes = [
        (path, http_method, raw, join("/paths", path, *tokens))
        for path, item in document.data.get("paths", {}).items()
        for http_method, tokens, raw in operations_of(item)
    ]
    names = operations_to_name(document.data, components)
    choice = chosen(config, names)
    unnamed = [one for one in names if not choice.methods("operations", one.id)]
    defaults = default_methods(unnamed, choice.all(), config.verbs)
    defaults |= {
        key: Choice(tuple(name.split(".")), reason) for key, (name, reason) in document.names.items() if key in defaults
    }
    found: list[Operation] = []
    taken = {*(default.method for default in defaults.values()), *choice.all()}
    for (path, http_method, raw, pointer), named in zip(routes, names, strict=True):
        methods, reason = choice.methods("operations", raw["operationId"]), config.file
        if not methods:
            default = defaults[named.key]
            methods, reason = (default.method,), default.reason
        waiters = choice.methods("waits", raw["operationId"])
        waiter = waiters[0] if waiters else default_waiter(raw, methods[0], taken)
        lowering = _Lowering(
            document, components, choice, path, http_method, raw, pointer, methods, reason, waiter, taken
        )
        found += lowering.operations()
    raise_errors([*_unused(found, choice), *_collisions(found, choice)])
    return tuple(found)


@attrs.define
class _Lowering:
    """Lowering of one operation to its methods."""

    document: Document
    components: Components
    choice: Chosen
    path: str
    http_method: str
    raw: Mapping[str, Any]
    pointer: str
    methods: tuple[Method, ...]
    """Its name, and the aliases."""
    reason: str
    """Where its name comes from."""
    waiter: Method | None
    """The method that waits for the job that it reads."""
    taken: set[Method]
    """The names of all methods so far."""

    def operations(self) -> Iterator[Operation]:
        """Yield the method and its variants: for streaming, and for bodies or responses other than JSON."""
        responses = Responses(Empty(), None)
        if self.http_method != "HEAD":
            responses = lower_responses(self.raw.get("responses", {}), self.components)
        plain, events = responses.whole, responses.events
        switch = switch_of(self.raw, self.components) if events is not None else None
        for kind, spread in lower_bodies(self.raw.get("requestBody"), self.components).items():
            body = self._whole(spread) if events is None else spread
            methods = self._twins(self.methods, kind) if kind else self.methods
            streams = self._stream_methods(methods) if plain is not None and events is not None else ()
            if plain is not None:
                whole = self._operation(methods, body, plain, unselected(switch), responses.by_status)
                if events is not None:
                    whole = attrs.evolve(whole, streams=streams, switch=_argument_of(whole, switch))
                yield whole
                for form, twin in responses.twins:
                    if twin.whole is not None:
                        names = self._twins(methods, form)
                        operation = self._operation(names, body, twin.whole, unselected(switch), twin.by_status)
                        yield attrs.evolve(operation, form=form)
            if events is not None:
                yield self._operation(streams if plain is not None else methods, body, events, selected(switch))

    def _whole(self, body: Body | None) -> Body | None:
        """Return a body as one value if the document names the argument for it."""
        named = isinstance(body, JsonBody) and "body" in self.raw.get("x-specwire-name", {})
        return attrs.evolve(body, fields=None) if named and isinstance(body, JsonBody) else body

    def _stream_methods(self, methods: tuple[Method, ...]) -> tuple[Method, ...]:
        return self.choice.methods("streams", self.raw["operationId"]) or self._twins(methods, "stream")

    def _twins(self, methods: tuple[Method, ...], kind: str) -> tuple[Method, ...]:
        """Return unused names for a variant of a method and its aliases."""
        return tuple(self._twin(method, kind) for method in methods)

    def _twin(self, method: Method, kind: str) -> Method:
        twin = (*method[:-1], f"{method[-1]}_{kind}")
        while twin in self.taken:
            twin = (*twin[:-1], f"{twin[-1]}_")
        self.taken.add(twin)
        return twin

    def _operation(
        self,
        methods: tuple[Method, ...],
        body: Body | None,
        payload: Payload,
        selection: Selection,
        by_status: tuple[tuple[Status, Payload], ...] = (),
    ) -> Operation:
        parameters, body = self._named(_without(body, selection.hidden), selection.hidden_query)
        location = self.document.locate(self.pointer)
        more: dict[str, Any] = {}
        if isinstance(payload, JsonPayload):
            paths = Paths(self.components, payload.type, location)
            payload, by_status = unwrapped(payload, by_status, self.raw, paths)
            more = {
                "pagination": lower_pagination(self.raw, paths),
                "polling": lower_polling(self.raw, paths, self.waiter),
                "error_envelope": self._error_envelope(paths),
            }
        return Operation(
            id=self.raw["operationId"],
            method=methods[0],
            aliases=methods[1:],
            http_method=self.http_method,
            path=self.path.partition("#")[0],
            summary=self.raw.get("summary", ""),
            description=self.raw.get("description", ""),
            deprecated=bool(self.raw.get("deprecated")),
            parameters=parameters,
            body=body,
            body_argument=self._body_argument,
            fixed=selection.fixed,
            fixed_query=selection.fixed_query,
            payload=payload,
            errors=self._errors(),
            payloads_by_status=by_status,
            safe=bool(self.raw.get("x-specwire-retry", {}).get("safe")),
            billed=self.raw.get("x-specwire-retry", {}).get("safe") == "billed",
            secure=True,
            security=requirements(self.raw.get("security", self.document.data.get("security", []))),
            location=location,
            server=self._server(),
            formats=self._formats(body),
            named_by=self.reason,
            **more,
        )

    def _formats(self, body: Body | None) -> Formats:
        """Return the formats of the fields of a body."""
        if not isinstance(body, JsonBody | JsonLinesBody | FormBody | MultipartBody):
            return Formats()
        content: Mapping[str, Any] = self.raw["requestBody"]["content"]
        stated = (media.get(keyword) for media in content.values() for keyword in ("schema", "itemSchema"))
        return self.components.encodings.formats_of([schema for schema in stated if schema is not None])

    def _server(self) -> str | None:
        common = self.document.data.get("servers", [])
        servers = self.raw.get("servers", common)
        return server_url(servers) if servers != common else None

    def _named(self, body: Body | None, hidden: str | None) -> tuple[tuple[Parameter, ...], Body | None]:
        """Return parameters and body with distinct Python names."""
        stated = without_query_strings(self.raw.get("parameters", []), self.components)
        raw = [each for each in stated if (each["in"], each["name"]) != ("query", hidden)]
        order = {"path": 0, "query": 1, "header": 2, "cookie": 3}
        ordered = sorted(raw, key=lambda one: (order[one["in"]], self.path.find("{" + one["name"] + "}")))
        wishes = [(one["in"], one["name"], argument(one.get("x-specwire-name", one["name"]))) for one in ordered]
        fields = _body_fields(body)
        wishes += [("body", wire, name) for wire, name in fields]
        reserved = RESERVED_ARGUMENTS | _own_arguments(body, self._body_argument)
        if self.waiter is not None:
            reserved |= WAITING_ARGUMENTS | {self.methods[0][-1]}  # the waiter calls the request builder
        python = distinct(_apart(wishes), reserved)
        parameters = tuple(self._parameter(one, python[f"{one['in']}:{one['name']}"]) for one in ordered)
        return parameters, _renamed(body, {wire: python[f"body:{wire}"] for wire, _ in fields})

    @property
    def _body_argument(self) -> str:
        return argument(self.raw.get("x-specwire-name", {}).get("body", "body"))

    def _parameter(self, raw: Mapping[str, Any], name: str) -> Parameter:
        own = self._is_idempotency_key(raw) or (raw["in"], raw["name"].lower()) in self._credentials
        required = bool(raw.get("required")) and not own
        ends = raw["in"] == "path" and self.path.endswith(f"/{{{raw['name']}}}")
        return lower_parameter(raw, name, raw["name"], raw["in"], self.components, required=required, ends=ends)

    @cached_property
    def _credentials(self) -> set[tuple[str, str]]:
        """Return place and name of the parameters that the security schemes of the operation send."""
        stated = self.raw.get("security", self.document.data.get("security", []))
        schemes = self.document.data.get("components", {}).get("securitySchemes", {})
        used = [schemes[name] for each in requirements(stated) for name in each if name in schemes]
        return {(one["in"], str(one["name"]).lower()) for one in used if one.get("type") == "apiKey"}

    def _is_idempotency_key(self, parameter: Mapping[str, Any]) -> bool:
        """Return whether a parameter is the idempotency key, which the client sends by default."""
        header = self.document.data.get("x-specwire-retry", {}).get("idempotency_header", "")
        named = parameter["in"] == "header" and parameter["name"].lower() == header.lower()
        return named and self.http_method not in IDEMPOTENT

    def _errors(self) -> Errors:
        found: dict[Status, TypeExpr] = {}
        for status, response in self.raw.get("responses", {}).items():
            if status.startswith("2"):
                continue
            json = whole_of(response, self.components)
            if isinstance(json, JsonPayload):
                found[status_key(status)] = json.type
        default = found.get("default")
        stated = [(status, type_) for status, type_ in found.items() if status == "default" or type_ != default]
        return Errors(tuple(sorted(stated, key=lambda pair: (isinstance(pair[0], str), str(pair[0])))))

    def _error_envelope(self, paths: Paths) -> ErrorEnvelope | None:
        raw = self.raw.get("x-specwire-error-envelope")
        if raw is None:
            return None
        code = paths.follow(split(raw["code"]))[0]
        return ErrorEnvelope(code, tuple(raw["accepted"]), paths.names(raw.get("message")) or ())


def _apart(wishes: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Yield key and candidate name for place, wire name and name; a duplicate name is prefixed with its place.

    The path keeps its name, then the body, then the other places.
    """
    owners: dict[str, str] = {}
    for place, _, name in sorted(wishes, key=lambda wish: {"path": 0, "body": 1}.get(wish[0], 2)):
        owners.setdefault(name, place)
    for place, wire, name in wishes:
        yield f"{place}:{wire}", name if owners[name] == place else f"{place}_{name}"


def _argument_of(operation: Operation, switch: Switch | None) -> tuple[str, LiteralValue] | None:
    """Return the argument that makes a method return its stream; None if another argument has its name."""
    if switch is None:
        return None
    names = {each.name for each in operation.parameters} | {name for _, name in _body_fields(operation.body)}
    own = dict(_body_fields(operation.body)).get(switch.name) if switch.kept else None
    name = own or argument(switch.name)
    return (name, switch.value) if own or name not in names else None


def _without(body: Body | None, hidden: str | None) -> Body | None:
    if hidden is not None and isinstance(body, MultipartBody):
        return attrs.evolve(body, parts=tuple(part for part in body.parts if part.wire_name != hidden))
    if hidden is None or not isinstance(body, JsonBody | FormBody) or body.fields is None:
        return body
    return attrs.evolve(body, fields=tuple(field for field in body.fields if field.wire_name != hidden))


def _body_fields(body: Body | None) -> list[tuple[str, str]]:
    match body:
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            return [(field.wire_name, field.name) for field in fields]
        case MultipartBody(parts):
            headers = [_part_header(part, header) for part in parts for header in part.headers]
            return [*((part.wire_name, part.name) for part in parts), *headers]
        case _:
            return []


def _part_header(part: Part, header: Parameter) -> tuple[str, str]:
    """Return a key for the header of a part, and the candidate name of its argument."""
    return f"{part.wire_name}\n{header.wire_name}", argument(f"{part.wire_name} {header.wire_name}")


def _own_arguments(body: Body | None, whole: str) -> frozenset[str]:
    """Return the names of the arguments that take the whole body."""
    match body:
        case MultipartBody(free=True):
            return frozenset({"fields", "files"})
        case JsonBody(fields=None) | FormBody(free=True) | BinaryBody() | TextBody() | JsonLinesBody():
            return frozenset({whole})
        case _:
            return frozenset()


def _renamed(body: Body | None, names: Mapping[str, str]) -> Body | None:
    match body:
        case JsonBody(fields=fields) | FormBody(fields) if fields is not None:
            if all(names[field.wire_name] == field.name for field in fields):
                return body
            return attrs.evolve(body, fields=tuple(attrs.evolve(each, name=names[each.wire_name]) for each in fields))
        case MultipartBody(parts):
            return attrs.evolve(body, parts=tuple(_renamed_part(part, names) for part in parts))
        case _:
            return body


def _renamed_part(part: Part, names: Mapping[str, str]) -> Part:
    headers = (attrs.evolve(header, name=names[_part_header(part, header)[0]]) for header in part.headers)
    return attrs.evolve(part, name=names[part.wire_name], headers=tuple(headers))


def _unused(operations: list[Operation], choice: Chosen) -> Iterator[Diagnostic]:
    """Yield an error for each line whose operation has no stream, or no job to wait for."""
    streams = {operation.id for operation in operations if isinstance(operation.payload, EventStream)}
    waits = {operation.id for operation in operations if operation.polling is not None}
    for table, known, what in (
        ("streams", streams, "its operation does not return a stream"),
        ("waits", waits, "its operation does not have x-specwire-polling"),
    ):
        for id_ in choice.tables[table]:
            if id_ not in known:
                message = f"[{table}] {choice.keys[table, id_]}: {what}"
                yield error("unused-name", message, choice.locate(table, id_), "remove the line, or correct its key")


def _collisions(operations: list[Operation], choice: Chosen) -> Iterator[Diagnostic]:
    seen: dict[Method, Operation] = {}
    methods = [(operation, method) for operation in operations for method in (operation.method, *operation.aliases)]
    resources = {method[:depth] for _, method in methods for depth in range(1, len(method))}
    for operation, method in methods:
        name = ".".join(method)
        other = seen.setdefault(method, operation)
        stated = choice.methods("operations", operation.id)
        where = choice.locate("operations", operation.id) if stated else operation.location
        if other is not operation:
            message = f"{operation.id} and {other.id} are both named {name}"
            yield error("name-collision", message, where, "rename one of them in client.toml, table [operations]")
        if method in resources:
            message = f"{operation.id} is named {name}, which is also a resource"
            yield error("name-collision", message, where, "rename it in client.toml, table [operations]")
