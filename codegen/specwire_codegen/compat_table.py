"""`[compat]` of `client.toml`: the names of a published client that the generated one keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from specwire_codegen.diagnostics import Diagnostic, Location, error
from specwire_codegen.ir.compat import ClientArgument, Compat
from specwire_codegen.openapi.methods import TOKEN
from specwire_codegen.openapi.suggest import did_you_mean

Locate: TypeAlias = Callable[[str, str], Location]
"""Returns the location of a key in a table."""

TABLE = "compat"
_KEYS = (
    *("style", "timeout", "max_retries", "headers_env", "legacy_responses"),
    *("headers", "arguments", "types", "pages", "positional"),
)
_PLACES = ("scheme", "header", "query", "server")
"""What an argument of a client can be."""
_ROLES = ("username", "password", "client_id", "client_secret")
_ARGUMENT_KEYS = {**dict.fromkeys(_PLACES, str), "role": str, "env": str, "default": str, "required": bool}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_TYPE = re.compile(r"([a-z][a-z0-9_]*\.)*[A-Z][A-Za-z0-9]*")
_TAKEN = frozenset(
    "self base_url timeout max_retries default_headers default_query http_client environment copy with_options".split()
)


def is_argument(name: str) -> bool:
    """Return whether a name can be that of an argument of a client."""
    return _NAME.fullmatch(name) is not None and name not in _TAKEN


def compat_of(table: Mapping[str, Any] | None) -> Compat | None:
    """Return the settings of a valid table; None without one."""
    if table is None:
        return None
    arguments = (
        ClientArgument(
            name,
            scheme=one.get("scheme"),
            header=one.get("header"),
            query=one.get("query"),
            server=one.get("server"),
            role=one.get("role"),
            variable=one.get("env"),
            required=one.get("required", True),
            default=one.get("default"),
        )
        for name, one in table.get("arguments", {}).items()
    )
    return Compat(
        "stainless",
        float(table.get("timeout", 60)),
        tuple(arguments),
        table.get("types", {}),
        table.get("pages", {}),
        {id_: tuple(names) for id_, names in table.get("positional", {}).items()},
        table.get("headers", {}),
        table.get("max_retries"),
        table.get("headers_env"),
        table.get("legacy_responses", False),
    )


def compat_problems(table: Mapping[str, Any], locate: Locate) -> Iterator[Diagnostic]:
    """Yield the problems of a table."""
    for key in table:
        if key not in _KEYS:
            help_ = did_you_mean(key, _KEYS, f"use one of {', '.join(_KEYS)}")
            yield error("unknown-key", f"[compat] has no key {key!r}", locate(TABLE, key), help_)
    if table.get("style") != "stainless":
        message = f"style is {table['style']!r}" if "style" in table else "[compat] has no style"
        yield error("bad-value", message, locate(TABLE, "style"), 'write style = "stainless"')
    timeout = table.get("timeout", 60)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        yield error("bad-value", "timeout must be a number of seconds above 0", locate(TABLE, "timeout"), "write 60")
    retries = table.get("max_retries", 2)
    if isinstance(retries, bool) or not isinstance(retries, int) or retries < 0:
        yield error("bad-value", "max_retries must be a number from 0", locate(TABLE, "max_retries"), "write 2")
    if not isinstance(table.get("legacy_responses", False), bool):
        place = locate(TABLE, "legacy_responses")
        yield error("bad-value", "legacy_responses must be true or false", place, "write legacy_responses = true")
    variable = table.get("headers_env", "A")
    if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable):
        yield _bad_variable(variable, locate(TABLE, "headers_env"))
    for name in _PROBLEMS:
        if not isinstance(table.get(name, {}), dict):
            yield error("bad-value", f"{name} must be a table", locate(TABLE, name), f"write [compat.{name}]")
        else:
            for key, value in table.get(name, {}).items():
                yield from _PROBLEMS[name](key, value, locate(f"{TABLE}.{name}", key))


def _argument(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not is_argument(name):
        yield error("bad-name", f"{name!r} is not an argument of a client", place, "write a name such as api_key")
    if not isinstance(value, dict) or any(
        not isinstance(each, _ARGUMENT_KEYS.get(key, ())) for key, each in value.items()
    ):
        help_ = 'write {scheme = "BearerAuth", env = "ACME_API_KEY"}, or {header = "Acme-Project", required = false}'
        yield error("bad-value", f"{name} is not described by {', '.join(_ARGUMENT_KEYS)}", place, help_)
    elif len(value.keys() & {*_PLACES}) != 1:
        yield error("bad-value", f"{name} needs one of {', '.join(_PLACES)}", place, "give one of them")
    elif "role" in value and ("scheme" not in value or value["role"] not in _ROLES):
        help_ = f"use one of {', '.join(_ROLES)}, with a scheme"
        yield error("bad-value", f"{value['role']!r} is not the role of an argument", place, help_)
    elif not _VARIABLE.fullmatch(value.get("env", "A")):
        yield _bad_variable(value["env"], place)


def _bad_variable(name: object, place: Location) -> Diagnostic:
    help_ = "use letters, digits and underscores, such as ACME_API_KEY"
    return error("bad-name", f"{name!r} is not a valid name for an environment variable", place, help_)


def _positional(_: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        yield error(
            "bad-value", f"{value!r} is not a list of arguments", place, 'write getPet = ["owner_id", "pet_id"]'
        )


def _type(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not _TYPE.fullmatch(name) or not isinstance(value, str):
        help_ = 'write "shared.Address" = "Address": modules and class, and a component of the normalized document'
        yield error("bad-name", f"{name!r} is not a class of `types`", place, help_)


def _header(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not TOKEN.fullmatch(name) or not isinstance(value, str) or not value.isprintable() or not value.isascii():
        yield error("bad-value", f"{name!r} is not a header with a text", place, 'write Acme-Version = "2026-01-01"')


def _page(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not isinstance(value, str) or not _CLASS.fullmatch(value):
        yield error("bad-name", f"{value!r} is not a class name", place, 'write listPets = "CursorPage"')


_PROBLEMS: Mapping[str, Callable[[str, Any, Location], Iterator[Diagnostic]]] = {
    "headers": _header,
    "arguments": _argument,
    "types": _type,
    "pages": _page,
    "positional": _positional,
}
