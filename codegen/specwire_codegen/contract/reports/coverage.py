"""Coverage of a document by the exchanges of a run: operations, parameters, statuses, keywords of schemas."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

from specwire_codegen.contract.subject import component_name, operations_of
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.mock.document import load_operations
from specwire_codegen.mock.document.document import Document
from specwire_codegen.mock.request import routing
from specwire_codegen.mock.request.parameters import pairs
from specwire_codegen.mock.request.routing import Found
from specwire_codegen.openapi.media_types import is_json

Schema: TypeAlias = Any
Place: TypeAlias = tuple[str, str]
"""JSON pointer of a schema, and keyword."""

_OF_TEXTS = ("minLength", "maxLength", "pattern", "format")
_OF_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_OF_LISTS = ("items", "prefixItems", "minItems", "maxItems", "uniqueItems")
_OF_OBJECTS = ("required", "additionalProperties", "minProperties", "maxProperties")
_OF_ALL = ("type", "enum", "const", "oneOf", "anyOf", "allOf", "not")
_VARIANTS = ("oneOf", "anyOf", "allOf")
_ENOUGH = 200
"""Number of values of a schema whose keywords are counted: more hardly ever reach others, and take most of the time."""
_DEEPEST = 40
"""Maximum depth of a value whose keywords are counted."""


@attrs.frozen
class Share:
    """Part of what a document has."""

    name: str
    reached: int
    total: int


@attrs.frozen
class OperationCoverage:
    """Parameters and statuses of one operation, and whether they occurred."""

    parameters: tuple[tuple[str, bool], ...] = ()
    """`place name` of each parameter, and `body`."""
    statuses: tuple[tuple[str, bool], ...] = ()
    others: tuple[int, ...] = ()
    """Statuses that the document does not name."""


@attrs.frozen
class Coverage:
    """Coverage of a document."""

    totals: tuple[Share, ...] = ()
    """Operations, parameters, statuses, keywords."""
    keywords: tuple[Share, ...] = ()
    operations: Mapping[str, OperationCoverage] = attrs.field(factory=dict)


class Collector:
    """Observer of exchanges that counts what they cover."""

    def __init__(self, document: Mapping[str, Any], base_path: str = "") -> None:
        """Count for a normalized document, whose server has a base path."""
        self._base = base_path.rstrip("/")
        self._raw = {raw["operationId"]: raw for _, _, raw in operations_of(document)}
        self._schemas: Mapping[str, Schema] = document.get("components", {}).get("schemas", {})
        self._router = routing.build(load_operations.read(Document(dict(document))))
        self._parameters: dict[str, set[str]] = defaultdict(set)
        self._statuses: dict[str, set[int]] = defaultdict(set)
        self._reached: set[Place] = set()
        self._bodies: set[tuple[str, bytes]] = set()
        self._visits: Counter[str] = Counter()

    def operation_of(self, exchange: Exchange) -> str | None:
        """Return the id of the operation of a request."""
        parts = urlsplit(exchange.url)
        match self._router.match(exchange.method, parts.path.removeprefix(self._base) or "/", pairs(parts.query)):
            case Found(operation=operation):
                return operation.id
        return None

    def observe(self, exchange: Exchange) -> None:
        """Count an exchange."""
        operation_id = self.operation_of(exchange)
        if operation_id is None or exchange.status is None:
            return
        raw = self._raw[operation_id]
        pointer = f"#{operation_id}"
        self._statuses[operation_id].add(exchange.status)
        query = dict(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True))
        for parameter in _parameters(raw):
            if _is_sent(parameter, exchange, query):
                label = _label(parameter)
                self._parameters[operation_id].add(label)
                self._walk(parameter.get("schema", {}), _ANY, f"{pointer}/{label}", 0)
        if exchange.body:
            self._parameters[operation_id].add("body")
            body = raw.get("requestBody", {})
            self._observe_content(body, exchange.header("content-type"), exchange.body, f"{pointer}/body")
        key = _documented(raw.get("responses", {}), exchange.status)
        if key is not None and exchange.response_body:
            content_type = exchange.response_header("content-type")
            place = f"{pointer}/{key}"
            self._observe_content(raw["responses"][key], content_type, exchange.response_body, place)

    def _observe_content(self, holder: Any, content_type: str, body: bytes, pointer: str) -> None:
        if not is_json(content_type) or (pointer, body) in self._bodies:
            return
        self._bodies.add((pointer, body))
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return
        for name, media in holder.get("content", {}).items():
            if is_json(name):
                self._walk(media.get("schema", {}), value, f"{pointer}/{name}", 0)

    def _walk(self, schema: Schema, value: Any, pointer: str, depth: int) -> None:
        """Mark the keywords that apply to a value."""
        schema, pointer = self._resolved(schema, pointer)
        self._visits[pointer] += 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self._visits[pointer] > _ENOUGH:
            return
        self._reached.update((pointer, keyword) for keyword in _keywords(schema) if _applies(keyword, value))
        for keyword in _VARIANTS:
            for number, variant in enumerate(schema.get(keyword, ())):
                if keyword == "allOf" or self._fits(variant, value):
                    self._walk(variant, value, f"{pointer}/{keyword}/{number}", depth + 1)
        if isinstance(value, Mapping):
            for name, one in schema.get("properties", {}).items():
                if name in value:
                    self._reached.add((f"{pointer}/properties/{name}", "property"))
                    self._walk(one, value[name], f"{pointer}/properties/{name}", depth + 1)
        elif isinstance(value, list):
            for one in value[:20]:
                self._walk(schema.get("items", {}), one, f"{pointer}/items", depth + 1)

    def _fits(self, schema: Schema, value: Any) -> bool:
        """Return True if a value may belong to a variant."""
        schema, _ = self._resolved(schema, "")
        if not isinstance(schema, Mapping) or value is _ANY:
            return True
        types = schema.get("type", [])
        if types and not any(_is_of(value, one) for one in ([types] if isinstance(types, str) else types)):
            return False
        if isinstance(value, Mapping):
            properties = schema.get("properties", {})
            fixed = {
                name: one["const"] for name, one in properties.items() if isinstance(one, Mapping) and "const" in one
            }
            return set(schema.get("required", ())) <= value.keys() and all(
                value.get(name, const) == const for name, const in fixed.items()
            )
        return True

    def _resolved(self, schema: Schema, pointer: str) -> tuple[Schema, str]:
        seen: set[str] = set()
        while isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str) and schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            pointer = schema["$ref"]
            schema = self._schemas.get(component_name(pointer), {})
        return schema, pointer

    def result(self) -> Coverage:
        """Return the coverage so far."""
        operations = {operation_id: self._operation(operation_id) for operation_id in self._raw}
        places = {place for operation_id in self._raw for place in self._places(operation_id)}
        keywords = [
            Share(name, sum(1 for place in places & self._reached if place[1] == name), count)
            for name, count in _counted(places)
        ]
        parameters = [seen for one in operations.values() for _, seen in one.parameters]
        statuses = [seen for one in operations.values() for _, seen in one.statuses]
        totals = (
            Share("operations", sum(1 for one in self._raw if self._statuses[one]), len(self._raw)),
            Share("parameters", sum(parameters), len(parameters)),
            Share("statuses", sum(statuses), len(statuses)),
            Share("keywords", sum(one.reached for one in keywords), len(places)),
        )
        return Coverage(totals, tuple(keywords), operations)

    def _operation(self, operation_id: str) -> OperationCoverage:
        raw = self._raw[operation_id]
        labels = [_label(parameter) for parameter in _parameters(raw)]
        labels += ["body"] if raw.get("requestBody") else []
        seen = self._statuses[operation_id]
        responses = raw.get("responses", {})
        covered = {_documented(responses, status) for status in seen}
        return OperationCoverage(
            tuple((label, label in self._parameters[operation_id]) for label in labels),
            tuple((status, status in covered) for status in responses),
            tuple(sorted(status for status in seen if _documented(responses, status) is None)),
        )

    def _places(self, operation_id: str) -> Iterator[Place]:
        """Yield the keywords of all schemas of an operation."""
        raw = self._raw[operation_id]
        pointer = f"#{operation_id}"
        roots = [(one.get("schema", {}), f"{pointer}/{_label(one)}") for one in _parameters(raw)]
        holders = [("body", raw.get("requestBody", {})), *raw.get("responses", {}).items()]
        for key, holder in holders:
            for name, media in holder.get("content", {}).items():
                if is_json(name):
                    roots.append((media.get("schema", {}), f"{pointer}/{key}/{name}"))
        visited: set[str] = set()
        while roots:
            schema, pointer = self._resolved(*roots.pop())
            if not isinstance(schema, Mapping) or pointer in visited:
                continue
            visited.add(pointer)
            yield from ((pointer, keyword) for keyword in _keywords(schema))
            for keyword in _VARIANTS:
                roots += [(one, f"{pointer}/{keyword}/{number}") for number, one in enumerate(schema.get(keyword, ()))]
            for name, one in schema.get("properties", {}).items():
                yield f"{pointer}/properties/{name}", "property"
                roots.append((one, f"{pointer}/properties/{name}"))
            if "items" in schema:
                roots.append((schema["items"], f"{pointer}/items"))


class _Any:
    """A value whose JSON type is not known, since it is text on the wire."""


_ANY = _Any()


def _parameters(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in raw.get("parameters", ()) if "name" in one]


def _label(parameter: Mapping[str, Any]) -> str:
    return f"{parameter['in']} {parameter['name']}"


def _is_sent(parameter: Mapping[str, Any], exchange: Exchange, query: Mapping[str, str]) -> bool:
    name = str(parameter["name"])
    match parameter["in"]:
        case "path":
            return True
        case "header":
            return any(key == name.lower() for key, _ in exchange.headers)
        case "cookie":
            return f"{name}=" in exchange.header("cookie")
        case _:
            exploded = parameter.get("schema", {}).get("properties", {}) if parameter.get("explode", True) else {}
            return any(key == name or key.startswith(f"{name}[") or key in exploded for key in map(unquote, query))


def _documented(responses: Mapping[str, Any], status: int) -> str | None:
    """Return the key of the response for a status."""
    keys = {key.upper(): key for key in responses}
    return next((keys[one] for one in (str(status), f"{status // 100}XX", "DEFAULT") if one in keys), None)


def _keywords(schema: Mapping[str, Any]) -> Iterator[str]:
    for keyword in (*_OF_ALL, *_OF_TEXTS, *_OF_NUMBERS, *_OF_LISTS, *_OF_OBJECTS):
        if keyword in schema:
            yield keyword


def _applies(keyword: str, value: Any) -> bool:
    if keyword in _OF_ALL or value is _ANY:
        return True
    match value:
        case str():
            return keyword in _OF_TEXTS
        case bool() | None:
            return False
        case int() | float():
            return keyword in (*_OF_NUMBERS, "format")
        case list():
            return keyword in _OF_LISTS
        case _:
            return keyword in _OF_OBJECTS


def _is_of(value: Any, type_: str) -> bool:
    match type_:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, Mapping)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)


def _counted(places: set[Place]) -> list[tuple[str, int]]:
    counts: dict[str, int] = defaultdict(int)
    for _, keyword in places:
        counts[keyword] += 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
