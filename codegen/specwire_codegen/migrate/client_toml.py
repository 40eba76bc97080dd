"""`client.toml` from a description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from specwire_codegen.files.pin import toml
from specwire_codegen.migrate.description import Description, Option
from specwire_codegen.normalize.guess import KINDS
from specwire_codegen.openapi.casing import pascal, respelled
from specwire_codegen.python_source import line

_BARE = re.compile(r"[A-Za-z0-9_-]+")
"""Keys that need no quotes in TOML."""


def client_toml(description: Description, name: str, operation_ids: Mapping[str, str]) -> str:
    """Return the text of `client.toml`; `name` is that of the provider, `operation_ids` are by route."""
    tables = [
        _client(description, name),
        _operations(description),
        _models(description),
        _casing(description),
        _infer(description),
        *_compat(description, operation_ids),
    ]
    head = f"# From a configuration of {line(description.format)}, which is not read again.\n"
    return head + "\n".join("".join(f"{each}\n" for each in table) for table in tables if table)


def _client(description: Description, name: str) -> list[str]:
    found = ["[client]", f"class = {toml(description.class_name or pascal(name))}"]
    if description.key_variable:
        found.append(f"key = {toml(description.key_variable)}")
    if description.base_url_variable:
        found.append(f"base_url = {toml(description.base_url_variable)}")
    return found


def _operations(description: Description) -> list[str]:
    found = ["[operations]"]
    methods = description.methods.items()
    found += [f"{toml(route)} = {_names([each.name for each in several])}" for route, several in methods]
    by_reason: dict[str, list[str]] = {}
    for route, reason in description.omitted.items():
        by_reason.setdefault(reason, []).append(route)
    for reason, routes in by_reason.items():
        found += [f"# {line(reason)}", *(f"{toml(route)} = false" for route in routes)]
    return found if len(found) > 1 else []


def _names(names: Sequence[str]) -> str:
    return toml(names[0]) if len(names) == 1 else f"[{', '.join(map(toml, names))}]"


def _models(description: Description) -> list[str]:
    chosen = {component: model.class_name for component, model in description.models.items()}
    usual = {component: respelled(pascal(component), description.casing) for component in chosen}
    return _table("models", {component: name for component, name in chosen.items() if usual[component] != name})


def _casing(description: Description) -> list[str]:
    return _table("casing", description.casing)


def _compat(description: Description, operation_ids: Mapping[str, str]) -> list[list[str]]:
    compat = description.compat
    if compat is None:
        return []
    head = ["[compat]", f"style = {toml(compat.style)}"]
    head += [f"timeout = {compat.timeout:g}"] if compat.timeout else []
    head += [f"max_retries = {compat.max_retries}"] if compat.max_retries is not None else []
    head += [f"headers_env = {toml(compat.headers_variable)}"] if compat.headers_variable else []
    arguments = [
        f"{_key(each.name)} = {{{', '.join(_facts(each))}}}"
        for each in description.options
        if any(place is not None for place in (each.scheme, each.header, each.query, each.server))
    ]
    pages = {operation_ids[route]: name for route, name in compat.pages.items() if route in operation_ids}
    types = _table("compat.types", compat.types)
    placed = [
        f"{_key(operation_ids[route])} = [{', '.join(map(toml, names))}]"
        for route, names in compat.positional.items()
        if route in operation_ids
    ]
    return [
        head,
        _table("compat.headers", compat.headers),
        ["[compat.arguments]", *arguments] if arguments else [],
        types,
        _table("compat.pages", pages),
        ["[compat.positional]", *placed] if placed else [],
    ]


def _facts(option: Option) -> Iterator[str]:
    if option.scheme is not None:
        yield f"scheme = {toml(option.scheme)}"
        if option.role is not None:
            yield f"role = {toml(option.role)}"
    elif option.header is not None:
        yield f"header = {toml(option.header)}"
    elif option.query is not None:
        yield f"query = {toml(option.query)}"
    elif option.server is not None:
        yield f"server = {toml(option.server)}"
    if option.variable is not None:
        yield f"env = {toml(option.variable)}"
    if option.default is not None and option.server is None:
        yield f"default = {toml(option.default)}"
    if option.optional:
        yield "required = false"


def _infer(description: Description) -> list[str]:
    if not description.complete:
        return []
    return ["# The configuration states all streams and pages.", "[infer]", *(f"{kind} = false" for kind in KINDS)]


def _table(name: str, entries: Mapping[str, str]) -> list[str]:
    lines = [f"{_key(key)} = {toml(value)}" for key, value in entries.items()]
    return [f"[{name}]", *lines] if lines else []


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml(key)
