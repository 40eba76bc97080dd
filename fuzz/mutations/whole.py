"""Mutations of whole documents: reduce one, merge two, split one."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from .places import Data, is_swagger, places, redirect, ref, schemas_of


def reduced(document: Data, chance: Random, most: int = 10) -> Data:
    """Return a document with some of its paths, and the named schemas that these need."""
    document = copy.deepcopy(document)
    paths = document.get("paths")
    if isinstance(paths, dict) and len(paths) > most:
        kept = set(chance.sample(sorted(paths), most))
        document["paths"] = {path: item for path, item in paths.items() if path in kept}
    schemas = schemas_of(document)
    rest = {**document, "definitions": {}, "components": {**document.get("components", {}), "schemas": {}}}
    needed, waiting = set[str](), [json.dumps(rest)]
    prefix = ref(document, "")["$ref"]
    names = {name: json.dumps(f"{prefix}{name.replace('~', '~0').replace('/', '~1')}") for name in schemas}
    while waiting:
        text = waiting.pop()
        for name in [name for name, quoted in names.items() if name not in needed and quoted in text]:
            needed.add(name)
            waiting.append(json.dumps(schemas[name]))
    for name in [name for name in schemas if name not in needed]:
        del schemas[name]
    return document


def merged(document: Data, other: Data) -> Data:
    """Return two documents as one; for equal names the first's value is used."""
    whole = copy.deepcopy(document)
    sections = ("definitions", "parameters", "responses") if is_swagger(document) else ("components",)
    for section in ("paths", *sections):
        for name, value in copy.deepcopy(other.get(section) or {}).items():
            stated = whole.setdefault(section, {}).setdefault(name, value)
            if section == "components" and isinstance(stated, dict) and isinstance(value, dict):
                whole[section][name] = {**value, **stated}
    whole["tags"] = [*(document.get("tags") or []), *(other.get("tags") or [])]
    return whole


def split(document: Data, chance: Random) -> tuple[Data, Data]:
    """Return a document with some of its named schemas, or paths, in a second file."""
    whole, beside = copy.deepcopy(document), dict[str, Any]()
    schemas = schemas_of(whole)
    if schemas and chance.random() < 0.7:
        moved = chance.sample(sorted(schemas), chance.randrange(1, len(schemas) + 1))
        place = chance.choice(["", "definitions", "components/schemas"])
        inside: Any = beside
        for step in place.split("/") if place else ():
            inside = inside.setdefault(step, {})
        prefix = f"#/{place}/" if place else "#/"
        for name in moved:
            inside[name] = schemas.pop(name)
        old = ref(whole, "")["$ref"]
        for name in [*schemas, *moved]:
            own = old + name.replace("~", "~0").replace("/", "~1")
            there = prefix + name.replace("~", "~0").replace("/", "~1")
            redirect(beside, own, there if name in moved else f"spec.json{own}")
            redirect(whole, own, f"beside.json{there}" if name in moved else own)
    elif isinstance(whole.get("paths"), dict) and whole["paths"]:
        path = chance.choice(sorted(map(str, whole["paths"])))
        beside["item"] = whole["paths"][path]
        for each in list(places(beside)):
            if each.key == "$ref" and str(each.value).startswith("#"):
                each.holder["$ref"] = f"spec.json{each.value}"
        whole["paths"][path] = {"$ref": "beside.json#/item"}
    return whole, beside
