"""Naming of inline schemas: each becomes a component named after its location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.normalize.names.sharing import Key, Uses, key_of
from specwire_codegen.normalize.refs.references import schema_name, schema_ref
from specwire_codegen.normalize.schema import nulls
from specwire_codegen.normalize.schema.equality import annotations_of_place, fingerprint
from specwire_codegen.normalize.source_map import HINT, origin_of
from specwire_codegen.normalize.unions import variants
from specwire_codegen.openapi import pointer as pointers, words
from specwire_codegen.openapi.annotations import PLACE_ONLY
from specwire_codegen.openapi.objects import Node

_HOLDING = frozenset(
    {
        *("properties", "patternProperties", "additionalProperties", "items", "prefixItems", "contentSchema"),
        *nulls.UNIONS,
    }
)
"""Keywords that can hold inner schemas to name."""
_LONG = 60
"""Longest name, in characters, before the middle part is left out."""


def is_provisional(name: str) -> bool:
    """Return whether a component name is a pointer that will be replaced by a name."""
    return name.startswith("/")


@attrs.define
class Namer:
    """Namer of inline schemas; `given` are the document's own components, `named` the result."""

    given: dict[str, Any]
    shared: Mapping[Key, str] = attrs.field(factory=dict)
    """Names of schemas that occur in several places."""
    uses: Uses = attrs.field(factory=Uses)
    named: dict[str, Any] = attrs.field(factory=dict)
    prints: dict[str, str] = attrs.field(factory=dict)
    settled: dict[str, str] = attrs.field(factory=dict)
    owner: str = ""
    """The component whose inner schemas are being named."""
    root: str = ""
    """Prefix of that component's name: the component or operation that contains it."""

    def name_part(self, provisional: str) -> None:
        """Name a part of a component after its location, if it needs a name."""
        schema = self.given[provisional]
        origin = origin_of(schema, provisional)
        _, _, owner, *path = pointers.split(origin if origin.startswith("/components/schemas/") else provisional)
        if path and isinstance(schema, dict) and self.is_hoistable(schema):
            name, noun = words.identifier(owner), ""
            tokens = iter(path)
            for key in tokens:
                if key == "properties":
                    noun = words.pascal(next(tokens, ""))
                    name += noun or "Field"
                elif key == "items":
                    name, noun = words.singular(name) or f"{name}Item", words.singular(noun) or ""
                elif key == "additionalProperties":
                    name += "Value"
                elif key in ("$defs", "definitions"):
                    name += words.pascal(next(tokens, "")) or "Definition"
            self.component(schema, name, "Property", noun, provisional)

    def place(self, schema: Any, name: str, word: str, noun: str = "") -> Any:
        """Return a schema with its inner schemas named, or a reference to the component it became.

        `noun` describes the location without its surroundings.
        """
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self.reference(schema, name, word, noun)
        core, nullable = nulls.split(schema)
        if core is not None and "$ref" in core and is_provisional(schema_name(core["$ref"])):
            return nulls.join(self.reference(core, name, word, noun))
        if core is None or not self.is_hoistable(core):
            plain = {key: value for key, value in schema.items() if key != HINT} if HINT in schema else schema
            return self.inside(plain, name, noun)
        made = self.component(core, name, word, noun)
        reference = {**annotations_of_place(core), "$ref": schema_ref(made)}
        return nulls.join(reference) if nullable else reference

    def reference(self, schema: Node, name: str, word: str, noun: str) -> Node:
        """Return a reference, naming its target first if the target has no name yet."""
        target = schema_name(schema["$ref"])
        if not is_provisional(target):
            return schema
        if target in self.settled:
            return {**schema, "$ref": schema_ref(self.settled[target])}
        found = self.given[target]
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        if isinstance(found, dict) and (self.is_hoistable(found) or _mentions(found, schema["$ref"])):
            return {**rest, "$ref": schema_ref(self.component(found, name, word, noun, target))}
        inline: Node = self.place({**found, **rest} if isinstance(found, dict) else found, name, word, noun)
        return inline

    def component(self, schema: Node, name: str, word: str, noun: str, provisional: str | None = None) -> str:
        """Return the name of the component for a schema; reuse an equal component or add one."""
        kept = {key: value for key, value in schema.items() if key not in PLACE_ONLY}
        print_ = fingerprint(kept)
        key = key_of(kept, print_, noun)
        self.uses.add(key, noun, name)
        for candidate in self.candidates(name, word, schema, self.shared.get(key) if key is not None else None):
            known = self.known(candidate)
            if known is not None and known != print_:
                continue
            if provisional is not None:
                self.settled[provisional] = candidate
            if known is None:
                self.prints[candidate] = print_
                self.named[candidate] = {}
                self.named[candidate] = self.owned(kept, candidate, self.root or name)
            return candidate
        raise AssertionError("candidates never end")

    def owned(self, schema: Node, name: str, root: str) -> Node:
        """Return the schema of a component with its inner schemas named after it."""
        outer = self.owner, self.root
        self.owner, self.root = name, root
        inside: Node = self.inside(schema, name)
        self.owner, self.root = outer
        return inside

    def candidates(self, name: str, word: str, schema: Node, shared: str | None) -> Iterator[str]:
        """Yield candidate names for a schema, best first; the sequence is infinite."""
        hint, title = schema.get(HINT), schema.get("title")
        if isinstance(hint, str):
            yield words.identifier(hint)
        if isinstance(title, str) and words.is_good_title(title) and title.lower() not in name.lower():
            yield title
        if shared is not None:
            yield shared
        if len(name) > _LONG and self.owner and name.startswith(self.owner):
            yield self.root + name.removeprefix(self.owner)
        yield name
        yield f"{name}{word}"
        index = 1
        while True:
            yield f"{name}{word}{words.alphabetic(index)}"
            index += 1

    def known(self, name: str) -> str | None:
        """Return the fingerprint of the component of that name, or None."""
        if name not in self.prints:
            if name not in self.given:
                return None
            self.prints[name] = fingerprint(self.given[name])
        return self.prints[name]

    def inside(self, schema: Any, name: str, noun: str = "") -> Any:
        """Return a schema with its inline schemas named after `name` and their location."""
        if not isinstance(schema, dict):
            return schema
        if _HOLDING.isdisjoint(schema):
            return schema
        changed = dict(schema)
        for key in ("properties", "patternProperties"):
            if isinstance(schema.get(key), dict):
                changed[key] = {
                    field: self.place(each, name + self.field_name(key, field), "Property", words.pascal(field))
                    for field, each in schema[key].items()
                }
        if isinstance(schema.get("additionalProperties"), dict):
            changed["additionalProperties"] = self.place(schema["additionalProperties"], f"{name}Value", "Value")
        if isinstance(schema.get("items"), dict):
            changed["items"] = self.place(
                schema["items"], words.singular(name) or f"{name}Item", "Item", words.singular(noun) or ""
            )
        if isinstance(schema.get("prefixItems"), list):
            changed["prefixItems"] = [
                self.place(each, f"{name}Item{words.alphabetic(index)}", "Item")
                for index, each in enumerate(schema["prefixItems"])
            ]
        if isinstance(schema.get("contentSchema"), dict):
            changed["contentSchema"] = self.place(schema["contentSchema"], f"{name}Content", "Content")
        for union in nulls.UNIONS:
            if isinstance(schema.get(union), list) and "properties" not in schema:
                changed[union] = self.variants(schema, schema[union], name, noun)
                if isinstance(schema.get("discriminator"), dict):
                    changed["discriminator"] = self.discriminator(
                        schema["discriminator"], schema[union], changed[union]
                    )
        return changed

    def field_name(self, key: str, field: str) -> str:
        """Return the suffix that a property adds to the name of its owner."""
        return "Value" if key == "patternProperties" else words.pascal(field) or "Field"

    def variants(self, schema: Node, members: list[Any], name: str, noun: str) -> list[Any]:
        """Return the members of a union, with inline members named by their distinguishing feature."""
        inline = [each for each in members if isinstance(each, dict) and "$ref" not in each and self.is_hoistable(each)]
        if len(inline) == 1 and not self.is_hoistable(schema):
            return [self.place(each, name, "Variant", noun) for each in members]
        apart = [each for each in members if isinstance(each, dict) and ("$ref" in each or self.is_hoistable(each))]
        named: list[Any] = []
        for index, each in enumerate(members):
            variant = name
            if any(each is one for one in inline):
                variant = variants.name(each, apart, name, index)
            named.append(self.place(each, variant, "Variant"))
        return named

    def discriminator(self, given: Node, before: list[Any], after: list[Any]) -> Node:
        """Return a discriminator whose mapping refers to the named variants."""
        became = {
            schema_ref(old[HINT]): new["$ref"]
            for old, new in zip(before, after, strict=True)
            if isinstance(old, dict) and HINT in old and "$ref" in new
        }
        mapping = {value: became.get(target, target) for value, target in given.get("mapping", {}).items()}
        return {**given, "mapping": mapping} if mapping else given

    def is_hoistable(self, schema: Node) -> bool:
        """Return whether a schema needs a name: objects with properties, enumerations, unions with an object."""
        if schema.get("properties") or "enum" in schema:
            return True
        return any(self.has_object(each, set()) for union in nulls.UNIONS for each in schema.get(union, ()))

    def has_object(self, schema: Any, seen: set[str]) -> bool:
        """Return whether a union member is an object with properties, directly or by reference."""
        if not isinstance(schema, dict):
            return False
        if "$ref" in schema:
            target = schema_name(schema["$ref"])
            if target in seen:
                return False
            seen.add(target)
            return self.has_object(self.given.get(target, self.named.get(target)), seen)
        if schema.get("properties"):
            return True
        return any(self.has_object(each, seen) for union in nulls.UNIONS for each in schema.get(union, []))


def _mentions(value: Any, ref: str) -> bool:
    if isinstance(value, dict):
        return value.get("$ref") == ref or any(_mentions(each, ref) for each in value.values())
    return isinstance(value, list) and any(_mentions(each, ref) for each in value)
