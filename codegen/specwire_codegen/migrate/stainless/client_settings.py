"""`client_settings`: arguments of the constructor, and defaults of the client."""

from __future__ import annotations

import re

from specwire_codegen.migrate.description import Description, Option
from specwire_codegen.migrate.node import Node
from specwire_codegen.openapi.casing import snake

_USED = ("opts", "default_client_name", "default_env_prefix", "idempotency", "default_headers")
_DEFAULTS = ("default_timeout", "default_retries", "response_headers", "default_query")
_IGNORED = ("default_client_example_name", "omit_stainless_headers", "idempotency_header_name", "omit_platform_headers")
_OPTION = (
    *("type", "read_env", "auth", "nullable", "default", "description", "send_in_header", "send_as_query_param"),
    *("server_variable", "send_as_body_param", "send_as_path_param"),
)
_NO_OPTION = ("example", "required_in_tests", "format", "enum")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_client_settings(config: Node, description: Description) -> None:
    """Add the options of a client to its description."""
    settings = config.get("client_settings")
    if settings is None:
        return
    settings.only((*_USED, *_DEFAULTS), _IGNORED)
    options = settings.get("opts")
    for name, node in options.members() if options is not None else ():
        if (option := _option(name, node)) is not None:
            description.options.append(option)
    keys = [each.variable for each in description.options if each.scheme is not None and each.role is None]
    description.key_variable = next(filter(None, keys), None)
    for key in (*_DEFAULTS, "default_headers"):
        if (stated := settings.get(key)) is not None:
            stated.leave(f"{key} is not carried over", "pass it where you make the client")


def _option(name: str, node: Node) -> Option | None:
    node.only(_OPTION, _NO_OPTION)
    auth, variable, nullable = node.get("auth"), node.get("read_env"), node.get("nullable")
    scheme = auth.get("security_scheme") if auth is not None else None
    role = auth.get("role") if auth is not None else None
    header, query, said = node.get("send_in_header"), node.get("send_as_query_param"), node.get("description")
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
        optional=nullable is not None and nullable.flag() or node.get("default") is not None,
        doc=(said.text() or "") if said is not None else "",
    )
