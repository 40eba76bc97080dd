"""`client.toml`: names of a Python client, and access options."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from specwire_codegen.compat_table import TABLE as COMPAT, compat_of, compat_problems
from specwire_codegen.diagnostics import Diagnostic, Location, error, raise_errors
from specwire_codegen.documents.toml_text import read_toml
from specwire_codegen.ir.compat import Compat
from specwire_codegen.openapi.casing import pascal, respelled, words
from specwire_codegen.openapi.identifiers import RESERVED_CLASSES, RESERVED_CLIENTS
from specwire_codegen.openapi.suggest import did_you_mean

_CLIENT_KEYS = {
    **dict.fromkeys(("class", "key", "base_url", "verbs"), str),
    **dict.fromkeys(("requires_base_url", "open_enums", "open_unions"), bool),
}
_ACCESS_KEYS: Mapping[str, tuple[type, ...]] = {"refs-within": (str, list), "ref": (str, list, dict)}
"""Options for the access of a document (see `files/access.py`): at the top, or in `[client]`."""
_PATH_KEYS = {**_ACCESS_KEYS, "overlays": (str, list)}
_KINDS = {str: ("a string", "put it into quotes"), bool: ("true or false", "write it without quotes")}
_VARIABLES = ("key", "base_url")
Verbs = Literal["retrieve", "get"]
_VERBS = ("retrieve", "get")
_TABLES = ("operations", "streams", "waits")
_INFERRED = ("streams", "pages", "waits", "downloads")
_CONTRACT = ("currency", "prices")
_KNOWN = ("client", COMPAT, *_TABLES, "models", "casing", "infer", "contract")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METHOD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_SPELLING = re.compile(r"[A-Z][A-Za-z0-9]*")


@attrs.frozen
class ClientConfig:
    """The names of a client; methods are dotted paths by operationId, or by method and path."""

    file: str
    class_name: str
    key_variable: str | None
    base_url_variable: str | None
    names_class: bool = False
    """True if `client.toml` names the class."""
    requires_base_url: bool = False
    open_enums: bool = True
    """Whether requests take any string for an enumeration."""
    open_unions: bool = False
    """Whether requests take any object for a union with a discriminator."""
    operations: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Methods of operations; those after the first are other names of the same method."""
    omitted: tuple[str, ...] = ()
    """Operations that the client does not have."""
    streams: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    waits: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    models: Mapping[str, str] = attrs.field(factory=dict)
    """Class names by component."""
    verbs: Verbs = "retrieve"
    """Verb of methods that read one item."""
    casing: Mapping[str, str] = attrs.field(factory=dict)
    """Spelling of words in class names."""
    infer: Mapping[str, bool | Mapping[str, bool]] = attrs.field(factory=dict)
    """Kinds of inference that apply, or by operationId the operations that they apply to."""
    overlays: tuple[Path, ...] = ()
    """Overlays of the document, in order, instead of `overlay.yaml`."""
    prices: Mapping[str, float] = attrs.field(factory=dict)
    """Price of one request by operationId, or method and path, for contract tests of a live server."""
    currency: str = ""
    partial: bool = False
    """True if only a part of the document is generated; names for other operations are then ignored."""
    compat: Compat | None = None
    """Style and names of a published client; None for a client in the style of this project."""
    text: str = attrs.field(default="", repr=False)

    def locate(self, table: str, key: str) -> Location:
        """Return the location of a key in a table."""
        current = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[([^\]]+)\]", line):
                current = header[1].strip()
            elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return Location(self.file, "", number, 1)
        return Location(self.file, "")


def default_config(package: str) -> ClientConfig:
    """Return the default names of a client without a `client.toml`."""
    prefix = re.sub(r"[^A-Z0-9]+", "_", package.upper()).strip("_")
    name = pascal(package)
    return ClientConfig("", f"{name}Api" if _is_taken(name) else name, f"{prefix}_API_KEY", f"{prefix}_BASE_URL")


def _is_taken(class_name: str) -> bool:
    return not {class_name, f"Async{class_name}"}.isdisjoint(RESERVED_CLIENTS)


def read_config(path: Path, package: str) -> ClientConfig:
    """Read a `client.toml`; raise `DiagnosticError` with all its problems."""
    found = read_toml(path)
    if found is None:
        return default_config(package)
    data, text = found
    raise_errors(_misshapen(str(path), data))
    default = default_config(package)
    client = data.get("client", {})
    config = ClientConfig(
        file=str(path),
        class_name=client.get("class") or _respelled(default.class_name, data.get("casing", {})),
        key_variable=client.get("key", default.key_variable),
        base_url_variable=client.get("base_url", default.base_url_variable),
        names_class="class" in client,
        requires_base_url=client.get("requires_base_url", False),
        open_enums=client.get("open_enums", True),
        open_unions=client.get("open_unions", False),
        overlays=_overlays(path.parent, data.get("overlays", client.get("overlays", ()))),
        models=data.get("models", {}),
        verbs=client.get("verbs", default.verbs),
        casing=data.get("casing", {}),
        infer=data.get("infer", {}),
        prices=data.get("contract", {}).get("prices", {}),
        currency=data.get("contract", {}).get("currency", ""),
        text=text,
    )
    compat_table = data.get(COMPAT, {"style": "stainless"})
    raise_errors([*_problems(config, data), *compat_problems(compat_table, config.locate)])
    operations, streams, waits = (
        {key: _methods(value) for key, value in data.get(table, {}).items() if value is not False} for table in _TABLES
    )
    omitted = tuple(key for key, value in data.get("operations", {}).items() if value is False)
    return attrs.evolve(
        config,
        operations=operations,
        omitted=omitted,
        streams=streams,
        waits=waits,
        compat=compat_of(data.get(COMPAT)),
    )


def _overlays(folder: Path, stated: Any) -> tuple[Path, ...]:
    listed = [stated] if isinstance(stated, str) else stated
    return tuple(folder / each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()


def _respelled(name: str, casing: Mapping[str, Any]) -> str:
    return respelled(name, {word: spelling for word, spelling in casing.items() if isinstance(spelling, str)})


def _methods(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _misshapen(file: str, data: Mapping[str, Any]) -> list[Diagnostic]:
    """Return the problems that prevent reading: unknown tables, and values that are not tables."""
    found: list[Diagnostic] = []
    for name, table in data.items():
        if name in _PATH_KEYS:
            found += _misstated(name, table, Location(file))
        elif name not in _KNOWN:
            message = f"[{name}] is not a table of client.toml"
            help_ = did_you_mean(name, _KNOWN, "see docs/client-toml.md")
            found.append(error("unknown-table", message, Location(file), help_))
        elif not isinstance(table, dict):
            help_ = f"write [{name}] above its lines"
            found.append(error("bad-value", f"{name} must be a table", Location(file), help_))
    return found


def _problems(config: ClientConfig, data: Mapping[str, Any]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for key, value in data.get("client", {}).items():
        if key in _PATH_KEYS:
            found += _misstated(key, value, config.locate("client", key))
            continue
        kind = _CLIENT_KEYS.get(key)
        if kind is None:
            names = ", ".join(_CLIENT_KEYS)
            message = f"[client] has no key {key!r}"
            help_ = did_you_mean(key, _CLIENT_KEYS, f"use one of {names}")
            found.append(error("unknown-key", message, config.locate("client", key), help_))
        elif not isinstance(value, kind):
            what, help_ = _KINDS[kind]
            found.append(error("bad-value", f"{key} must be {what}", config.locate("client", key), help_))
        elif key in _VARIABLES and isinstance(value, str) and value and not _VARIABLE.fullmatch(value):
            message = f"{value!r} is not a valid name for an environment variable"
            help_ = "use letters, digits and underscores, such as SHOP_API_KEY"
            found.append(error("bad-name", message, config.locate("client", key), help_))
    verbs = data.get("client", {}).get("verbs", "retrieve")
    if isinstance(verbs, str) and verbs not in _VERBS:
        help_ = did_you_mean(verbs, _VERBS, f"use one of {', '.join(_VERBS)}")
        found.append(error("bad-value", f"verbs cannot be {verbs!r}", config.locate("client", "verbs"), help_))
    if not is_class_name(config.class_name) or _is_taken(config.class_name):
        help_ = "use PascalCase letters and digits; names of the runtime are reserved"
        place = config.locate("client", "class")
        found.append(error("bad-name", f"{config.class_name!r} is not a class name", place, help_))
    for table in _TABLES:
        for key, value in data.get(table, {}).items():
            found += _misnamed(table, key, value, config.locate(table, key))
    found += _inferred(config, data.get("infer", {}))
    found += _priced(config, data.get("contract", {}))
    for key, value in data.get("models", {}).items():
        if not is_class_name(value) or value in RESERVED_CLASSES:
            help_ = "use PascalCase letters and digits; names of Python and typing are reserved"
            found.append(error("bad-name", f"{value!r} is not a class name", config.locate("models", key), help_))
    for key, value in data.get("casing", {}).items():
        if not words(key):
            message = f"{key!r} has no letters"
            found.append(error("bad-name", message, config.locate("casing", key), "write a word of class names"))
        elif not (isinstance(value, str) and _SPELLING.fullmatch(value)):
            help_ = 'write it as it is in class names, such as openai = "OpenAI"'
            found.append(error("bad-name", f"{value!r} is not a spelling", config.locate("casing", key), help_))
    return found


def _misnamed(table: str, key: str, value: Any, place: Location) -> Iterator[Diagnostic]:
    """Yield the problems of the methods of an operation."""
    if table == "operations" and value is False:
        return
    several = table != "waits"
    if value == [] or isinstance(value, bool) or (isinstance(value, list) and not several):
        forms = "a dotted path, a list of them, or false" if table == "operations" else "a dotted path"
        yield error("bad-value", f"{key} must be {forms}", place, "write a dotted path such as batch.jobs.list")
        return
    names = value if isinstance(value, list) else [value]
    for name in names:
        if not is_method(name):
            yield error(
                "bad-name", f"{name!r} is not a method name", place, "write a dotted path such as batch.jobs.list"
            )
        elif names.count(name) > 1:
            yield error("bad-name", f"{key} is named {name} twice", place, "remove one of them")


def _inferred(config: ClientConfig, table: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for key, value in table.items():
        if key not in _INFERRED:
            message, help_ = f"[infer] has no key {key!r}", f"use one of {', '.join(_INFERRED)}"
            yield error("unknown-key", message, config.locate("infer", key), help_)
            continue
        switches = value.values() if isinstance(value, dict) else [value]
        if not all(isinstance(each, bool) for each in switches):
            help_ = f"write {key} = false, or {key} = {{listPets = false}} for an operationId"
            yield error("bad-value", f"{key} must be true or false", config.locate("infer", key), help_)


def _priced(config: ClientConfig, table: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for key, value in table.items():
        place = config.locate("contract", key)
        if key not in _CONTRACT:
            help_ = did_you_mean(key, _CONTRACT, f"use one of {', '.join(_CONTRACT)}")
            yield error("unknown-key", f"[contract] has no key {key!r}", place, help_)
        elif key == "currency" and not isinstance(value, str):
            yield error("bad-value", "currency must be a string", place, 'write currency = "EUR"')
        elif key == "prices" and not (isinstance(value, dict) and all(map(_is_price, value.values()))):
            help_ = "write prices = {createChat = 0.002}, the price of one request by operationId"
            yield error("bad-value", "prices must be numbers that are not negative", place, help_)


def _is_price(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _misstated(key: str, value: Any, place: Location) -> list[Diagnostic]:
    """Return the problems of an option with paths."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    if isinstance(value, _PATH_KEYS[key]) and all(isinstance(each, str) for each in members):
        return []
    help_ = 'write refs-within = ["../common"], or ref = {"https://example.com/schemas" = "vendored"}'
    if key == "overlays":
        help_ = 'write overlays = ["overlay.yaml", "ours.overlay.yaml"]'
    return [error("bad-value", f"{key} must be a string or a list of strings", place, help_)]


def is_class_name(value: object) -> bool:
    """Return whether a value can be the name of a class."""
    return isinstance(value, str) and _CLASS.fullmatch(value) is not None and pascal(value) == value


def is_method(value: object) -> bool:
    """Return whether a value is a dotted path that can be a method."""
    named = isinstance(value, str) and _METHOD.fullmatch(value) is not None
    return named and not any(map(keyword.iskeyword, str(value).split(".")))
