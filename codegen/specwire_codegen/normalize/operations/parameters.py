"""Parameters: path-level parameters copied to operations, serialization made explicit."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.normalize.operations import query_in_path
from specwire_codegen.normalize.operations.operations import methods, with_methods
from specwire_codegen.normalize.source_map import ORIGIN, Report, origin_of
from specwire_codegen.openapi.methods import TOKEN
from specwire_codegen.openapi.objects import Node, ObjectType
from specwire_codegen.openapi.pointer import Trail
from specwire_codegen.openapi.styles import SPANS, STYLES
from specwire_codegen.openapi.walk import is_extension, rebuild

_CLASS = re.compile(r"\\[^/]|\[\^?\]?[^\]]*\]")
"""An escaped character, or a character class, of a pattern."""
_SLASH = re.compile(r"/(?![?*{])")
_TEMPLATE = re.compile(r"{([^{}]+)}")
_OWN_HEADERS = {
    "accept": "the media types of the responses",
    "content-type": "the media type of the request body",
    "authorization": "the security schemes",
    "host": "the server URL",
    **dict.fromkeys(("content-length", "transfer-encoding"), "the request body"),
}
"""Headers that OpenAPI or HTTP controls, with the reason."""
_FIT = {"header": TOKEN, "cookie": re.compile(r"[!#-+\--:<>-\[\]-~]+")}
"""Valid header names (HTTP), and cookie names that servers and browsers accept."""


def apply(data: Node, report: Report) -> Node:
    """Return the document with complete parameters on every operation; references must already be inlined."""
    secured = bool(data.get("components", {}).get("securitySchemes"))
    foreign = {name: what for name, what in _OWN_HEADERS.items() if secured or name != "authorization"}

    reported: set[str] = set()

    def visit(node: Node, kind: ObjectType, _trail: Trail) -> Any:
        if kind == "parameter":
            return _explicit(node, report)
        if kind == "encoding":
            return _sendable(node, report)
        if kind == "callback":
            return {key: each if is_extension(key) else _own(each, report) for key, each in node.items()}
        if kind == "paths":
            own = {key: each if is_extension(key) else _own(each, report) for key, each in node.items()}
            return {
                key: each if is_extension(key) else _templated(key, _without(each, foreign, reported, report), report)
                for key, each in query_in_path.without_declared_queries(own, report).items()
            }
        return node

    settled: Node = rebuild(data, "openapi", visit, kinds=frozenset({"parameter", "encoding", "callback", "paths"}))
    if "webhooks" in settled:
        return {**settled, "webhooks": {name: _own(item, report) for name, item in settled["webhooks"].items()}}
    return settled


def _explicit(parameter: Node, report: Report) -> Node:
    place = parameter.get("in")
    explicit = dict(parameter)
    if place == "path":
        if parameter.get("required") is not True:
            message = f"path parameter {parameter.get('name')!r} must have `required: true`; treated as required"
            report.warning("optional-path-parameter", message, origin_of(parameter), "add `required: true`")
        explicit["required"] = True
        schema = parameter.get("schema")
        if isinstance(schema, dict) and _demands_slash(schema.get("pattern")):
            explicit.setdefault(SPANS, True)
    if place in STYLES and place != "querystring" and "content" not in parameter:
        explicit.setdefault("style", STYLES[place])
        explicit.setdefault("explode", explicit["style"] in {"form", "cookie"})
        if "schema" not in parameter:
            message = f"parameter {parameter.get('name')!r} has neither a schema nor content; it accepts any value"
            report.warning("untyped-parameter", message, origin_of(parameter), "add a schema")
        explicit.setdefault("schema", {})
    return explicit


def _demands_slash(pattern: Any) -> bool:
    """Return whether every match of a pattern has a slash, as with resource names of gRPC gateways."""
    if not isinstance(pattern, str) or "|" in pattern or "(" in pattern:
        return False
    return _SLASH.search(_CLASS.sub("x", pattern)) is not None


def _own(item: Node, report: Report) -> Node:
    shared, servers = item.get("parameters", []), item.get("servers")
    operations: dict[str, Node] = {}
    for method, operation in methods(item):
        own = _distinct(operation.get("parameters", []), report)
        keys = {_key(each) for each in own}
        parameters = [each for each in _distinct(shared, report) if _key(each) not in keys] + own
        changed = {**operation, "parameters": parameters}
        if not parameters:
            del changed["parameters"]
        if servers and "servers" not in operation:
            changed["servers"] = servers
        operations[method] = changed
    rest = {key: value for key, value in item.items() if key not in {"parameters", "servers"}}
    return with_methods(rest, operations)


def _without(item: Node, foreign: dict[str, str], reported: set[str], report: Report) -> Node:
    """Return a path item without parameters that callers cannot set or that cannot be sent."""
    operations: dict[str, Node] = {}
    for method, operation in methods(item):
        kept: list[Node] = []
        for parameter in operation.get("parameters", []):
            place, name = str(parameter.get("in")), str(parameter.get("name"))
            what = foreign.get(name.lower()) if place == "header" else None
            fit = _FIT.get(place)
            if what is None and (fit is None or fit.fullmatch(name)):
                kept.append(parameter)
                continue
            origin = origin_of(parameter)
            if origin in reported:
                continue
            reported.add(origin)
            if what is None:
                message = f"{name!r} is not a valid {place} name; the parameter is ignored"
                report.warning("bad-name", message, origin, f"use only characters that are allowed in {place} names")
            else:
                message = f"header {name!r} is determined by {what}; the parameter is ignored"
                report.warning("ignored-header", message, origin, "remove the parameter")
        changed = {**operation, "parameters": kept}
        if not kept:
            changed.pop("parameters")
        operations[method] = changed
    return with_methods(item, operations)


def _sendable(encoding: Node, report: Report) -> Node:
    """Return the encoding of a part without invalid header names."""
    headers = encoding.get("headers", {})
    bad = [name for name in headers if not _FIT["header"].fullmatch(name)]
    for name in bad:
        message = f"{name!r} is not a valid header name; the header is ignored"
        report.warning(
            "bad-name", message, origin_of(headers[name]), "use only characters that are allowed in header names"
        )
    return {**encoding, "headers": {name: headers[name] for name in headers if name not in bad}} if bad else encoding


def _distinct(parameters: list[Node], report: Report) -> list[Node]:
    found: dict[tuple[str, str], Node] = {}
    for parameter in parameters:
        name, place = key = _key(parameter)
        if key in found:
            message = f"the {place} parameter {name!r} is defined twice; the second one is used"
            report.warning("duplicate-parameter", message, origin_of(parameter), "remove one of the two")
        found[key] = parameter
    return list(found.values())


def _key(parameter: Node) -> tuple[str, str]:
    name, place = str(parameter.get("name")), str(parameter.get("in"))
    return (name.lower() if place == "header" else name, place)


def _templated(path: str, item: Node, report: Report) -> Node:
    wanted = list(dict.fromkeys(_TEMPLATE.findall(path)))
    operations: dict[str, Node] = {}
    for method, operation in methods(item):
        parameters = operation.get("parameters", [])
        declared = {each["name"] for each in parameters if each["in"] == "path"}
        for name in sorted(declared - set(wanted)):
            message = f"the path {path!r} has no '{{{name}}}'; this path parameter is ignored"
            report.warning(
                "unused-path-parameter", message, origin_of(operation), "rename the parameter, or add it to the path"
            )
        for name in wanted:
            if name not in declared:
                message = f"path parameter {name!r} is not declared; treated as a string"
                report.warning("undeclared-path-parameter", message, origin_of(operation), "declare it")
        missing = [_explicit(_string(name, operation), report) for name in wanted if name not in declared]
        kept = [each for each in parameters if each["in"] != "path" or each["name"] in wanted]
        if missing or len(kept) < len(parameters):
            rest = {key: value for key, value in operation.items() if key != "parameters"}
            operation = {**rest, "parameters": missing + kept} if missing or kept else rest
        operations[method] = operation
    return with_methods(item, operations)


def _string(name: str, operation: Node) -> Node:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, ORIGIN: origin_of(operation)}
