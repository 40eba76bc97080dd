"""Credentials and headers: of `generators.yml`, and of the document."""

from __future__ import annotations

from typing import Any

from specwire_codegen.migrate.description import Description, Option
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import snake

_SCHEMES = "/components/securitySchemes"
_USED = ("scheme", "header", "name", "prefix", "env", "token", "username", "password", "docs")


def read_authentication(config: Node, subject: Subject, description: Description) -> None:
    """Add security schemes to the document, and their arguments to a description."""
    _apply_schemes(config, subject)
    schemes = subject.get(_SCHEMES)
    for name in schemes if isinstance(schemes, dict) else ():
        node = Node(schemes[name], subject.document, pointers.join(_SCHEMES, name), config.findings)
        if isinstance(node.value, dict):
            description.options += _options(name, node)
    _read_headers(config, subject, description)
    keys = [each.variable for each in description.options if each.scheme is not None and each.role is None]
    description.key_variable = next(filter(None, keys), None)


def _apply_schemes(config: Node, subject: Subject) -> None:
    """State the schemes of `generators.yml` in the document."""
    stated = config.get("auth-schemes") or config.at("api", "auth-schemes")
    if stated is None:
        return
    found: dict[str, Any] = {}
    for name, node in stated.members():
        node.only(_USED)
        scheme = _scheme(node)
        if scheme is None:
            node.leave(f"the scheme {name} cannot be expressed", "describe it under components.securitySchemes")
        else:
            found[name] = scheme
    if not found:
        return
    for name, value in found.items():
        if subject.get("/components") is None:
            subject.update("", {"components": {"securitySchemes": {name: value}}}, stated, "auth-schemes")
        elif subject.get(_SCHEMES) is None:
            subject.update("/components", {"securitySchemes": {name: value}}, stated, "auth-schemes")
        else:
            subject.replace(pointers.join(_SCHEMES, name), value, stated, "auth-schemes")
    auth = config.at("api", "auth") or config.get("auth")
    if auth is None:
        return
    several = auth.get("any") if isinstance(auth.value, dict) else None
    names = several.texts() if several is not None else auth.texts() if isinstance(auth.value, str) else []
    wanted: list[dict[str, list[str]]] = [{each: []} for each in names if each in found]
    if wanted and subject.get("/security") != wanted:
        subject.replace("/security", wanted, auth, "auth")


def _scheme(node: Node) -> dict[str, Any] | None:
    if not isinstance(node.value, dict):
        return None
    header, name, prefix = node.get("header"), node.get("name"), node.get("prefix")
    kind = node.value.get("scheme")
    if header is not None and (text := header.text()):
        details = {key: each.value for key, each in (("name", name), ("env", node.get("env"))) if each is not None}
        if prefix is not None:
            details["prefix"] = prefix.value
        return {"type": "apiKey", "in": "header", "name": text, "x-fern-header": details}
    if kind == "bearer":
        token = node.get("token")
        return {"type": "http", "scheme": "bearer", **({"x-fern-bearer": token.value} if token is not None else {})}
    if kind == "basic":
        details = {key: each.value for key in ("username", "password") if (each := node.get(key)) is not None}
        return {"type": "http", "scheme": "basic", **({"x-fern-basic": details} if details else {})}
    return None


def _options(scheme: str, node: Node) -> list[Option]:
    """Return the arguments of a security scheme."""
    match node.value:
        case {"type": "http", "scheme": "basic"}:
            parts = [(role, node.at("x-fern-basic", role)) for role in ("username", "password")]
            return [_option(scheme, part, role, role) for role, part in parts]
        case {"type": "http", "scheme": "bearer"}:
            return [_option(scheme, node.get("x-fern-bearer"), "token", None)]
        case {"type": "apiKey"}:
            return [_option(scheme, node.get("x-fern-header"), "api_key", None)]
    return []


def _option(scheme: str, stated: Node | None, usual: str, role: str | None) -> Option:
    name, variable = (stated.get("name"), stated.get("env")) if stated is not None else (None, None)
    text = name.text() if name is not None else None
    return Option(
        snake(text or usual), variable=variable.text() if variable is not None else None, scheme=scheme, role=role
    )


def _read_headers(config: Node, subject: Subject, description: Description) -> None:
    """Add the headers of every request."""
    headers = config.at("api", "headers")
    for header, node in headers.members() if headers is not None else ():
        name, variable = node.get("name"), node.get("env")
        argument = name.text() if name is not None else None
        read = variable.text() if variable is not None else None
        description.options.append(Option(snake(argument or header), variable=read, header=header, optional=True))
    stated = subject.get("/x-fern-global-headers")
    listed = Node(stated, subject.document, "/x-fern-global-headers", config.findings)
    for node in listed.items() if stated is not None else ():
        key, name, variable = node.get("header"), node.get("name"), node.get("env")
        text = key.text() if key is not None else None
        if text:
            argument = name.text() if name is not None else None
            optional = node.get("optional")
            description.options.append(
                Option(
                    snake(argument or text),
                    variable=variable.text() if variable is not None else None,
                    header=text,
                    optional=optional is not None and optional.flag(),
                )
            )
