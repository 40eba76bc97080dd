"""`[compat]` of `client.toml`: the names of a published client that the generated one keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from specwire_codegen.diagnostics import Diagnostic, Location, error
from specwire_codegen.ir.compat import ClientArgument, Compat
from specwire_codegen.openapi.suggest import did_you_mean

Locate: TypeAlias = Callable[[str, str], Location]
"""Returns the location of a key in a table."""

TABLE = "compat"
_KEYS = ("style", "timeout", "arguments", "types", "pages")
_ARGUMENT_KEYS = {"scheme": str, "header": str, "env": str, "required": bool}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_TYPE = re.compile(r"([a-z][a-z0-9_]*\.)*[A-Z][A-Za-z0-9]*")
_TAKEN = frozenset(
    "self base_url timeout max_retries default_headers default_query http_client environment copy with_options".split()
)


def compat_of(table: Mapping[str, Any] | None) -> Compat | None:
    """Return the settings of a valid table; None without one."""
    if table is None:
        return None
    arguments = (
        ClientArgument(name, one.get("scheme"), one.get("header"), one.get("env"), one.get("required", True))
        for name, one in table.get("arguments", {}).items()
    )
    return Compat(
        "stainless", float(table.get("timeout", 60)), tuple(arguments), table.get("types", {}), table.get("pages", {})
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
    for name in ("arguments", "types", "pages"):
        if not isinstance(table.get(name, {}), dict):
            yield error("bad-value", f"{name} must be a table", locate(TABLE, name), f"write [compat.{name}]")
        else:
            for key, value in table.get(name, {}).items():
                yield from _PROBLEMS[name](key, value, locate(f"{TABLE}.{name}", key))


def _argument(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        yield error("bad-name", f"{name!r} is not an argument of a client", place, "write a name such as api_key")
    if not isinstance(value, dict) or any(
        not isinstance(each, _ARGUMENT_KEYS.get(key, ())) for key, each in value.items()
    ):
        help_ = 'write {scheme = "BearerAuth", env = "ACME_API_KEY"}, or {header = "Acme-Project", required = false}'
        yield error("bad-value", f"{name} is not described by scheme, header, env and required", place, help_)
    elif ("scheme" in value) == ("header" in value):
        yield error("bad-value", f"{name} needs either a scheme or a header", place, "give one of them")
    elif not _VARIABLE.fullmatch(value.get("env", "A")):
        message = f"{value['env']!r} is not a valid name for an environment variable"
        yield error("bad-name", message, place, "use letters, digits and underscores, such as ACME_API_KEY")


def _type(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not _TYPE.fullmatch(name) or not isinstance(value, str):
        help_ = 'write "shared.Address" = "Address": modules and class, and a component of the normalized document'
        yield error("bad-name", f"{name!r} is not a class of `types`", place, help_)


def _page(name: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    if not isinstance(value, str) or not _CLASS.fullmatch(value):
        yield error("bad-name", f"{value!r} is not a class name", place, 'write listPets = "CursorPage"')


_PROBLEMS: Mapping[str, Callable[[str, Any, Location], Iterator[Diagnostic]]] = {
    "arguments": _argument,
    "types": _type,
    "pages": _page,
}
