"""`client_settings`: arguments of the constructor, and defaults of the client."""

from __future__ import annotations

import re
from typing import Any

from specwire_codegen.compat_table import is_argument
from specwire_codegen.migrate.description import Compat, Description, Option
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import snake
from specwire_codegen.openapi.methods import TOKEN

_USED = (
    *("opts", "default_client_name", "default_env_prefix", "idempotency", "default_headers", "default_timeout"),
    "default_retries",
)
_DEFAULTS = {
    "response_headers": "read them with with_raw_response",
    "default_query": "pass it where you make the client",
}
"""Settings that are not carried over, and what to do."""
_IGNORED = ("default_client_example_name", "omit_stainless_headers", "idempotency_header_name", "omit_platform_headers")
_OPTION = (
    *("type", "read_env", "auth", "nullable", "default", "description", "send_in_header", "send_as_query_param"),
    *("server_variable", "send_as_body_param", "send_as_path_param"),
)
_NO_OPTION = ("example", "required_in_tests", "format", "enum")
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,3})?)S)?")
_MOST_RETRIES = 1000
_MOST_MILLISECONDS = 10**10
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_client_settings(config: Node, subject: Subject, description: Description) -> None:
    """Add the options of a client to its description."""
    settings = config.get("client_settings")
    if settings is None:
        return
    settings.only((*_USED, *_DEFAULTS), _IGNORED)
    options = settings.get("opts")
    for name, node in options.members() if options is not None else ():
        if (option := _option(name, node)) is not None and _is_expressible(option, node, subject):
            description.options.append(option)
    keys = [each.variable for each in description.options if each.scheme is not None and each.role is None]
    description.key_variable = next(filter(None, keys), None)
    if (key := settings.at("idempotency", "header")) is not None and (header := key.text()):
        if subject.get("/x-specwire-retry") is None:
            subject.update("", {"x-specwire-retry": {"idempotency_header": header}}, key, "idempotency")
    if description.compat is not None:
        _read_defaults(settings, description.compat)
    for name, help_ in _DEFAULTS.items():
        if (stated := settings.get(name)) is not None:
            stated.leave(f"{name} is not carried over", help_)


def _read_defaults(settings: Node, compat: Compat) -> None:
    """Read headers, number of retries and timeout of every request."""
    if (timeout := settings.get("default_timeout")) is not None:
        compat.timeout = _seconds(timeout)
    headers, retries = settings.get("default_headers"), settings.get("default_retries")
    for name, node in headers.members() if headers is not None else ():
        value = node.value
        if TOKEN.fullmatch(name) and isinstance(value, str) and value.isascii() and value.isprintable():
            compat.headers[name] = value
        else:
            node.leave(f"the header {name} is not carried over", "pass default_headers= to the client")
    for name, node in retries.members() if retries is not None else ():
        if name == "max_retries" and type(node.value) is int and 0 <= node.value <= _MOST_RETRIES:
            compat.max_retries = node.value
        else:
            node.leave(f"{name} of default_retries is not carried over", "pass max_retries= to the client")


def _option(name: str, node: Node) -> Option | None:
    node.only(_OPTION, _NO_OPTION)
    auth, variable, nullable = node.get("auth"), node.get("read_env"), node.get("nullable")
    scheme = auth.get("security_scheme") if auth is not None else None
    role = auth.get("role") if auth is not None else None
    header, query, description = node.get("send_in_header"), node.get("send_as_query_param"), node.get("description")
    server, default = node.get("server_variable"), node.get("default")
    read = variable.text() if variable is not None else None
    if variable is not None and read is not None and not _VARIABLE.fullmatch(read):
        variable.fail(f"{read!r} is not a name for an environment variable", "use letters, digits and underscores")
        read = None
    for key in ("send_as_body_param", "send_as_path_param"):
        if (stated := node.get(key)) is not None:
            stated.leave(f"{name} is not sent with every request", "pass it where you call the method")
    return Option(
        snake(name),
        variable=read,
        scheme=scheme.text() if scheme is not None else None,
        role=role.text() if role is not None and role.value != "value" else None,
        header=header.text() if header is not None else None,
        query=query.text() if query is not None else None,
        server=server.text() if server is not None else None,
        default=_text(default.value) if default is not None else None,
        optional=nullable is not None and nullable.flag() or default is not None,
        doc=(description.text() or "") if description is not None else "",
    )


def _is_expressible(option: Option, node: Node, subject: Subject) -> bool:
    """Return whether an option can be an argument; record why not."""
    if not is_argument(option.name):
        node.leave(f"{option.name} is an argument of every client", "pass its value in default_headers")
        return False
    if option.scheme is not None and subject.get(pointers.join("/components/securitySchemes", option.scheme)) is None:
        node.leave(
            f"the document has no security scheme {option.scheme!r}", "describe it, or pass headers= to the client"
        )
        return False
    if option.scheme is None and option.header is None and option.query is None and option.server is None:
        node.leave(f"{option.name} is not an argument of the client", "pass it where you call the methods")
        return False
    return True


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(node: Node) -> float | None:
    """Return a timeout in seconds: of milliseconds, or of ISO 8601."""
    value = node.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < _MOST_MILLISECONDS:
        return value / 1000
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        node.leave(f"the timeout {value!r} is not carried over", "pass timeout= to the client")
        return None
    hours, minutes, seconds = (float(each or 0) for each in found.groups())
    return hours * 3600 + minutes * 60 + seconds or None
