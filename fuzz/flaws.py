"""Flaws of a package that was generated from a document, or of the message that rejects one."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from specwire_codegen.diagnostics import Diagnostic
from specwire_codegen.documents.document import Document
from specwire_codegen.generate import document_of
from specwire_codegen.normalize import normalize
from specwire_codegen.project import Target

from bench.survey import client_operations, imported, is_numbered, raw_operations, squeezed, undecodable

from .mutations import Data


def unclear(errors: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield what a message lacks: where, what, or what to do."""
    for each in errors:
        if each.location is None or not each.message or not each.help:
            yield f"unclear: {each}"


def flaws(document: Data, text: str, package: str, warnings: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield the flaws of an importable package of `document`, whose whole text is `text`."""
    importlib.invalidate_caches()
    modules, errors = imported(package)
    yield from (f"import: {error}" for error in errors)
    if f"{package}.client" not in modules or f"{package}.models" not in modules:
        return
    models = modules[f"{package}.models"]
    names = tuple(getattr(models, "__all__", ()))
    yield from (f"decoder: {error}" for error in undecodable(models, names))
    emitted = client_operations(modules[f"{package}.client"])
    known = squeezed(text)
    yield from (f"numbered: {name}" for name in [*names, *emitted] if is_numbered(name, known))
    messages = "\n".join(map(str, warnings))
    sent = {(one.method.upper(), plain(one.path)) for one in emitted.values()}
    for method, path in sorted(operations(document)):
        if (method.upper(), plain(path)) not in sent and not (path and path in messages):
            yield f"missing: {method} {path}"


def unstable(target: Target) -> Iterator[str]:
    """Yield a flaw if normalizing the canonical document changes it."""
    once, _ = document_of(target)
    again = normalize(Document(once.data, "again.json"))
    if json.dumps(once.data) != json.dumps(again.data):
        yield "unstable: normalizing again changes the document"
    for each in again.warnings:
        if each.code != "bad-path":  # the warning that states how a flaw is interpreted
            yield f"unstable: normalizing again warns: {each}"


def operations(document: Data) -> set[tuple[str, str]]:
    """Return the operations of a raw document, as far as it can be read."""
    paths = document.get("paths")
    if not isinstance(paths, dict):
        return set()
    kept = {path: item for path, item in paths.items() if not path.startswith("x-") and is_local(item)}
    try:
        return raw_operations({**document, "paths": kept})
    except (AttributeError, KeyError, TypeError):
        return set()


def is_local(item: Any) -> bool:
    """Tell whether an item of `paths` is inline."""
    return not isinstance(item, dict) or "$ref" not in item


def plain(path: str) -> str:
    """Return a path without the parts that a repair changes."""
    return re.sub(r"\{[^{}]*\}", "{}", "/" + re.sub(r"\{\{(.*?)\}\}", r"{\1}", path).partition("?")[0].lstrip("/"))
