"""Settings that are facts of the API: security, servers and the form of query parameters."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def read_document_settings(config: Node, subject: Subject) -> None:
    """Apply security, environments and query settings to the document."""
    _read_security(config, subject)
    if (environments := config.get("environments")) is not None:
        _read_environments(environments, config, subject)
    if (settings := config.get("query_settings")) is not None:
        _read_query_settings(settings, subject)


def _read_security(config: Node, subject: Subject) -> None:
    schemes, security = config.get("security_schemes"), config.get("security")
    if schemes is not None:
        wanted = {name: node.value for name, node in schemes.members() if isinstance(node.value, dict)}
        if subject.get("/components") is None:
            subject.update("", {"components": {"securitySchemes": wanted}}, schemes, "security_schemes")
        elif subject.get("/components/securitySchemes") is None:
            subject.update("/components", {"securitySchemes": wanted}, schemes, "security_schemes")
        else:
            for name, value in wanted.items():
                subject.replace(pointers.join("/components/securitySchemes", name), value, schemes, "security_schemes")
    if security is not None and subject.get("/security") != security.value:
        if all(isinstance(each.value, dict) for each in security.items()):
            subject.replace("/security", security.value, security, "security")
        else:
            security.fail("security must be a list of objects", "write - SchemeName: []")


def _read_environments(environments: Node, config: Node, subject: Subject) -> None:
    servers: list[dict[str, Any]] = []
    for name, node in environments.members():
        if (url := node.text()) is None:
            continue
        server: dict[str, Any] = {"url": url, "name": name}
        if variables := _VARIABLE.findall(url):
            server["variables"] = {each: {"default": _default(each, config)} for each in variables}
        servers.append(server)
    stated = subject.get("/servers")
    if servers and stated != servers:
        subject.replace("/servers", servers, environments, "environments")


def _default(variable: str, config: Node) -> str:
    """Return the default of the client option that fills a variable of a URL."""
    options = config.at("client_settings", "opts")
    for _, option in options.members() if options is not None else ():
        stated, default = option.get("server_variable"), option.get("default")
        if stated is not None and stated.value == variable and default is not None:
            return str(default.value)
    return variable


def _read_query_settings(settings: Node, subject: Subject) -> None:
    settings.only(("nested_format", "array_format"))
    arrays, nested = settings.get("array_format"), settings.get("nested_format")
    forms = (arrays.text() if arrays is not None else None, nested.text() if nested is not None else None)
    if subject.get("/swagger") is not None:
        settings.leave("query_settings are not applied to Swagger 2.0", "state collectionFormat in the document")
        return
    changed: set[str] = set()
    for operation in subject.routes().operations:
        for pointer, parameter in list(subject.parameters(operation.item)):
            if parameter.get("in") == "query" and "content" not in parameter and pointer not in changed:
                changed.add(pointer)
                _state_form(pointer, parameter, forms, settings, subject)


def _state_form(
    pointer: str, parameter: dict[str, Any], forms: tuple[str | None, str | None], node: Node, subject: Subject
) -> None:
    """State the form of an array or an object in a query, if it is not that of the document."""
    array, nested = forms
    kinds = _kinds(pointers.join(pointer, "schema"), subject)
    wanted: dict[str, Any] = {}
    if "array" in kinds and array is not None:
        if array in ("comma", "repeat"):
            wanted = {"style": "form", "explode": array == "repeat"}
        elif array == "brackets":
            wanted = {"style": "form", "explode": True}
            if not str(parameter.get("name")).endswith("[]"):
                wanted["name"] = f"{parameter.get('name')}[]"
        else:
            node.leave(f"array_format {array!r} cannot be expressed for {parameter.get('name')!r}", "send it by hand")
            return
    elif "object" in kinds and nested is not None:
        if nested != "brackets":
            message = f"nested_format {nested!r} cannot be expressed for {parameter.get('name')!r}"
            node.leave(message, "pass it with with_options(query=...)")
            return
        wanted = {"style": "deepObject", "explode": True}
    style = parameter.get("style", "form")
    current = {"style": style, "explode": parameter.get("explode", style == "form"), "name": parameter.get("name")}
    if any(current[key] != value for key, value in wanted.items()):
        subject.update(pointer, wanted, node, "query_settings")


def _kinds(pointer: str, subject: Subject) -> frozenset[str]:
    """Return the types of a parameter, those of its variants included."""
    place, schema = subject.schema(pointer)
    found = set(subject.types(place))
    for keyword in ("anyOf", "oneOf", "allOf"):
        variants = schema.get(keyword)
        for index in range(len(variants)) if isinstance(variants, list) else ():
            found |= subject.types(pointers.join(place, keyword, index))
    if "properties" in schema:
        found.add("object")
    return frozenset(found)
