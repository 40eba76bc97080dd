"""Random splits of a document into files, by references at every allowed place."""

from __future__ import annotations

import json
import posixpath
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import attrs
import yaml
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import FIELDS, PATTERNED, SECTIONS, Child, FieldType, ObjectType
from specwire_codegen.openapi.walk import is_extension

ROOT = "home folder/spec.json"
_FOLDERS = ("", "parts", "parts/in ner", "../common", "../common/a%b", "paths/{id}", "ünder/ß")
_KEYS = ("x", "a/b", "m~n", "p q", "100%", "ä")
_FIXED = frozenset({"openapi", "swagger", "$ref", "$dynamicRef", "$schema", "$self", "jsonSchemaDialect", "const"})
_KEEPS_NAMES = ("components", "definitions")
_NAMED = frozenset(SECTIONS) | {"swaggerParameter", "swaggerResponse"}
_ANCHORED = ("$anchor", "$dynamicAnchor", "$dynamicRef", "$id", "$self", "<<")

Slot = Child | FieldType


def can_be_split(data: Any) -> bool:
    """Tell whether moving parts of a document keeps its meaning: no anchors, no other files, no names for paths."""
    return all(
        not (
            key in _ANCHORED
            or key in ("$ref", "operationRef")
            and not (isinstance(value, str) and value.startswith("#/"))
        )
        for node in _objects(data)
        for key, value in node.items()
    )


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(member)


@attrs.define
class Splitter:
    """Splitter of one document; the same seed gives the same files."""

    seed: int
    share: float = 0.12
    """Probability that a part is moved to another file."""
    most: int = 40
    files: dict[str, bytes] = attrs.field(factory=dict)
    moved: list[str] = attrs.field(factory=list)
    """Moved parts: their place and their reference."""
    _random: random.Random = attrs.field(
        init=False, default=attrs.Factory(lambda self: random.Random(self.seed), takes_self=True)
    )

    def split(self, data: dict[str, Any]) -> dict[str, bytes]:
        """Return the files of a document by their paths; `ROOT` is the document."""
        kind = "swagger" if "swagger" in data else "openapi"
        root = self._node(data, kind, ROOT, "", kind)
        self.files[ROOT] = self._written(root, "json")
        return self.files

    def _place(self, value: Any, slot: Slot, file: str, here: str, above: ObjectType, key: str) -> Any:
        """Return the value at a place: the value itself, with parts moved, or a reference to it."""
        whole = isinstance(slot, Child) and slot.shape != "one"
        kind = slot.kind if isinstance(slot, Child) and slot.shape == "one" else ""
        if not self._may_move(value, slot, kind, here, key) or self._random.random() > self.share:
            return self._inside(value, slot, file, here, above, key)
        beside: dict[str, Any] = {}
        if whole and isinstance(value, dict) and len(value) > 1 and self._random.random() < 0.4:
            names = list(value)
            cut = self._random.randrange(1, len(names))
            own = {name: value[name] for name in names[cut:]}
            beside = self._inside(own, slot, file, here, above, key)
            value = {name: value[name] for name in names[:cut]}
        ref = self._moved(value, slot, file, here, above, key)
        return {"$ref": ref, **beside}

    def _may_move(self, value: Any, slot: Slot, kind: ObjectType, here: str, key: str) -> bool:
        if key in _FIXED or len(self.files) >= self.most or _is_reference(value):
            return False
        if isinstance(value, (dict, list)) and not value:
            return False
        if slot == "any":
            return not (isinstance(value, dict) and "$ref" in value)
        if kind != "schema":
            return value is not None
        # A moved schema is named after its file, unless its place has a name.
        tokens = pointers.split(here)
        return isinstance(value, dict) and (
            tokens[:2] == ("components", "schemas")
            and len(tokens) == 3
            or tokens[:1] == ("definitions",)
            and len(tokens) == 2
        )

    def _inside(self, value: Any, slot: Slot, file: str, here: str, above: ObjectType, key: str) -> Any:
        """Return a value, with parts moved."""
        if isinstance(slot, Child):
            if slot.shape == "one":
                return self._node(value, slot.kind, file, here, above)
            one = Child(slot.kind)
            if isinstance(value, list) and slot.shape == "list":
                return [self._place(each, one, file, f"{here}/{i}", above, "") for i, each in enumerate(value)]
            if isinstance(value, dict) and slot.shape == "map" and not _is_reference(value):
                return {n: self._place(e, one, file, pointers.below(here, n), above, "") for n, e in value.items()}
            return value
        if above == "discriminator" and key == "mapping" and isinstance(value, dict):
            return {name: self._led(each, file) for name, each in value.items()}
        if slot in ("texts", "types") and isinstance(value, list):
            return [self._place(each, "text", file, f"{here}/{i}", above, "") for i, each in enumerate(value)]
        if slot == "string_map" and isinstance(value, dict):
            return {n: self._place(e, "text", file, pointers.below(here, n), above, "") for n, e in value.items()}
        return value

    def _node(self, value: Any, kind: ObjectType, file: str, here: str, above: ObjectType) -> Any:
        """Return an object of a type, with parts moved and its references relative to its file."""
        if not isinstance(value, dict):
            return value
        built = {}
        for key, member in value.items():
            place = pointers.below(here, key)
            if key == "$ref" and kind in _NAMED | {"schema", "pathItem", "swaggerPathItem", "swaggerItems"}:
                built[key] = self._led(member, file)
                continue
            slot = Child(PATTERNED[kind]) if kind in PATTERNED and not is_extension(key) else FIELDS[kind].get(key)
            built[key] = (
                member if slot is None or is_extension(key) else self._place(member, slot, file, place, kind, key)
            )
        return built

    def _led(self, ref: Any, file: str) -> Any:
        """Return a reference of the document as one of a file."""
        if not isinstance(ref, str) or not ref.startswith("#") or file == ROOT:
            return ref
        return f"{self._way(ROOT, file)}{ref}"

    def _moved(self, value: Any, slot: Slot, file: str, here: str, above: ObjectType, key: str) -> str:
        """Write a value to a new file, and return a reference to it."""
        number = len(self.files)
        folder = self._random.choice(_FOLDERS)
        is_text = isinstance(value, str) and "\r" not in value and self._random.random() < 0.5
        name = self._random.choice((f"part {number}", f"part{number}", f"p.{number}", f"100%{number}"))
        ending = (
            "md"
            if is_text and self._random.random() < 0.5
            else "txt"
            if is_text
            else self._random.choice(("yaml", "json", "yml"))
        )
        target = posixpath.normpath(posixpath.join("home folder", folder, f"{name}.{ending}"))
        self.files[target] = b""
        content = self._inside(value, slot, target, here, above, key)
        fragment = "" if is_text else self._random.choice(("", "", "#", "#/"))
        if is_text:
            self.files[target] = content.encode() + (
                b"\n" if content.endswith("\n") or self._random.random() < 0.5 else b""
            )
            if self._random.random() < 0.3:
                self.files[target] = self.files[target].replace(b"\n", b"\r\n")
        else:
            if not fragment and self._random.random() < 0.5:
                token = self._random.choice(_KEYS)
                content = {"first": 1, token: content} if self._random.random() < 0.7 else ["first", content]
                fragment = "#" + pointers.to_fragment(pointers.join("", token if isinstance(content, dict) else 1))
            self.files[target] = self._written(content, ending)
        ref = f"{self._way(target, file)}{fragment}"
        self.moved.append(f"{here or '/'} -> {ref}")
        return ref

    def _way(self, target: str, file: str) -> str:
        """Return the path of a file from another one, in one of its spellings."""
        path = posixpath.relpath(target, posixpath.dirname(file))
        way = quote(path, safe="/{}") if "%" in path or self._random.random() < 0.5 else path
        return f"./{way}" if not way.startswith(".") and self._random.random() < 0.3 else way

    def _written(self, value: Any, ending: str) -> bytes:
        if ending == "json":
            text = json.dumps(value, ensure_ascii=False, indent=self._random.choice((None, 2)))
        else:
            text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000)
        raw = text.encode()
        return raw.replace(b"\n", b"\r\n") if ending != "json" and self._random.random() < 0.4 else raw


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "$ref" in value
