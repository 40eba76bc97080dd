"""Hoisting: every inline object, enumeration and union becomes a named component."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from specwire_codegen.normalize.names.namer import Namer, is_provisional
from specwire_codegen.normalize.names.sharing import Key, noun_of
from specwire_codegen.normalize.operations.operations import methods, with_methods
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import fingerprint
from specwire_codegen.normalize.source_map import Report
from specwire_codegen.openapi import words
from specwire_codegen.openapi.annotations import PLACE_ONLY
from specwire_codegen.openapi.media_types import EVENT_STREAM, base_type
from specwire_codegen.openapi.objects import Node
from specwire_codegen.openapi.status_names import status_name
from specwire_codegen.openapi.walk import is_extension

Errors: TypeAlias = Mapping[tuple[str, str], str]
"""Status and structure of the error bodies that most operations share -> name."""


def apply(data: Node, _report: Report) -> Node:
    """Return the document with inline schemas moved to components and named after their location."""
    schemas = data.get("components", {}).get("schemas", {})
    errors, plain = shared_errors(data, schemas), plain_ids(data)
    named, apart = _hoisted(data, {}, errors, plain)
    known = {name: schema for name, schema in schemas.items() if not is_provisional(name) and isinstance(schema, dict)}
    shared = named.uses.names(known, {name: fingerprint(schema) for name, schema in known.items()})
    return _hoisted(data, shared, errors, plain)[1] if shared else apart


def _hoisted(data: Node, shared: Mapping[Key, str], errors: Errors, plain: Mapping[str, str]) -> tuple[Namer, Node]:
    components = data.get("components", {})
    namer = Namer(components.get("schemas", {}), shared)
    for name in namer.given:
        if name.startswith("/components/schemas/"):
            namer.name_part(name)
    for name in namer.given:
        if not is_provisional(name):
            namer.named[name] = namer.owned(namer.given[name], name, name)
    places = Places(namer, errors, plain)
    sections = {
        section: values if is_extension(section) else places.section(section, values)
        for section, values in components.items()
    }
    changed = {**data, "components": sections}
    for key in ("paths", "webhooks"):
        if key in data:
            changed[key] = places.paths(data[key])
    sections["schemas"] = namer.named
    return namer, changed


@attrs.frozen
class Places:
    """Walker over the places where operations and shared components hold schemas."""

    namer: Namer
    errors: Errors
    plain: Mapping[str, str]
    """OperationId -> the same without what frameworks add."""

    def section(self, section: str, values: Node) -> Node:
        """Return a section of `components` with inline schemas named after its members."""
        if section == "callbacks":
            return {name: self.paths(each) for name, each in values.items()}
        if section == "pathItems":
            return self.paths(values)
        suffix = {"responses": "Response", "requestBodies": "Request", "parameters": "Parameter", "headers": "Header"}
        return {
            name: self.holder(each, shared_name(name), suffix[section]) if section in suffix else each
            for name, each in values.items()
        }

    def paths(self, container: Node) -> Node:
        """Return a map of path items with the inline schemas of their operations named."""
        changed = dict(container)
        for path, item in container.items():
            if is_extension(path) or not isinstance(item, dict):
                continue
            operations = {method: self.operation(operation) for method, operation in methods(item)}
            changed[path] = with_methods(item, operations)
            if "parameters" in item:
                owner = words.pascal(path)
                changed[path]["parameters"] = [self.parameter(each, owner) for each in item["parameters"]]
        return changed

    def operation(self, operation: Node) -> Node:
        """Return an operation with its inline schemas named after it."""
        stated: str = operation["operationId"]
        plain = self.plain.get(stated, stated)
        owner, noun = words.pascal(plain), noun_of(plain)
        changed = dict(operation)
        if "parameters" in operation:
            changed["parameters"] = [self.parameter(each, owner) for each in operation["parameters"]]
        if "requestBody" in operation:
            changed["requestBody"] = self.holder(operation["requestBody"], f"{owner}Request", "Body", noun=noun)
        if "responses" in operation:
            changed["responses"] = self.responses(operation["responses"], owner, noun)
        if "callbacks" in operation:
            changed["callbacks"] = {name: self.paths(each) for name, each in operation["callbacks"].items()}
        return changed

    def responses(self, responses: Node, owner: str, noun: str) -> Node:
        """Return responses with inline schemas named after operation and status (but for the first success)."""
        first = next((status for status in sorted(responses) if status.startswith("2")), None)
        changed = dict(responses)
        for status, response in responses.items():
            if is_extension(status):
                continue
            shared = (self.errors[status, each] for each in prints_of(response) if (status, each) in self.errors)
            name = next(shared, response_name(owner, status, status == first))
            changed[status] = self.holder(response, name, "Body", owner, noun if status == first else "")
        return changed

    def parameter(self, parameter: Node, owner: str) -> Node:
        """Return a parameter with its inline schemas named after operation and parameter."""
        noun = words.pascal(str(parameter.get("name", "")))
        return self.holder(parameter, owner + noun, "Parameter", noun=noun)

    def holder(self, node: Node, name: str, word: str, owner: str = "", noun: str = "") -> Node:
        """Return an object that has `schema`, `content` or `headers` with its inline schemas named."""
        changed = dict(node)
        if isinstance(node.get("schema"), dict):
            changed["schema"] = self.namer.place(node["schema"], name, word, noun)
        if isinstance(node.get("content"), dict):
            changed["content"] = {
                media: self.content(media, each, name, owner or name, noun) for media, each in node["content"].items()
            }
        if isinstance(node.get("headers"), dict):
            changed["headers"] = {
                header: self.holder(each, f"{name}{words.pascal(header)}", "Header")
                for header, each in node["headers"].items()
            }
        return changed

    def content(self, media: str, node: Any, name: str, owner: str, noun: str) -> Any:
        """Return a media type object with its inline schemas named."""
        if not isinstance(node, dict):
            return node
        changed = dict(node)
        word = words.pascal(base_type(media).rpartition("/")[2]) or "Content"
        if isinstance(node.get("schema"), dict):
            changed["schema"] = self.namer.place(node["schema"], name, word, noun)
        if isinstance(node.get("itemSchema"), dict):
            if base_type(media) == EVENT_STREAM:
                changed["itemSchema"] = self.event(node["itemSchema"], f"{owner}Event")
            else:
                changed["itemSchema"] = self.namer.place(node["itemSchema"], f"{owner}Item", word)
        return changed

    def event(self, schema: Node, name: str) -> Node:
        """Return the inline envelope of a server-sent event with its data schema named."""
        for union in nulls.UNIONS:
            if union in schema:
                return {**schema, union: [self.event(each, name) for each in schema[union]]}
        properties = dict(schema.get("properties", {}))
        event = properties.get("event")
        if isinstance(event, dict) and isinstance(event.get("const"), str):
            name = name.removesuffix("Event") + words.pascal(event["const"]) + "Event"
        data = properties.get("data")
        if isinstance(data, dict) and isinstance(data.get("contentSchema"), dict):
            properties["data"] = {**data, "contentSchema": self.namer.place(data["contentSchema"], name, "Data")}
        return {**schema, "properties": properties}


def plain_ids(data: Node) -> dict[str, str]:
    """Return operationIds without what frameworks add, where the rest is unique in the document."""
    found = {}
    for path, item in data.get("paths", {}).items():
        for method, operation in methods(item) if isinstance(item, dict) else ():
            short = words.without_route(operation["operationId"], method, path)
            found[operation["operationId"]] = "_".join(filter(None, words.split_controller(short)))
    counts = Counter(map(words.pascal, found.values()))
    return {name: plain for name, plain in found.items() if counts[words.pascal(plain)] == 1}


def shared_name(name: str) -> str:
    """Return the base name for the schemas of a shared response, body, parameter or header."""
    return status_name(name) if name.isdigit() and len(name) == 3 else words.identifier(words.pascal(name))


def response_name(owner: str, status: str, first: bool) -> str:
    """Return the name of an inline response body; all but the first success include the status."""
    if first:
        return f"{owner}Response"
    return f"{owner}{status_name(status)}"


def shared_errors(data: Node, given: Node) -> Errors:
    """Return names for the inline error bodies that at least two operations share, by status and structure."""
    counts: Counter[tuple[str, str]] = Counter()
    for item in data.get("paths", {}).values():
        for _, operation in methods(item) if isinstance(item, dict) else ():
            for status, response in operation.get("responses", {}).items():
                if status == "default" or status[0] in "45":
                    counts.update((status, print_) for print_ in prints_of(response))
    named: dict[tuple[str, str], str] = {}
    for (status, print_), count in counts.most_common():
        name = status_name(status)
        if count > 1 and name not in named.values() and name not in given:
            named[status, print_] = name
    return named


def prints_of(response: Any) -> Iterator[str]:
    """Yield the fingerprint of each inline object body of a response."""
    content = response.get("content") if isinstance(response, dict) else None
    for media in content.values() if isinstance(content, dict) else ():
        schema = media.get("schema") if isinstance(media, dict) else None
        if isinstance(schema, dict) and schema.get("properties"):
            yield fingerprint({key: value for key, value in schema.items() if key not in PLACE_ONLY})
