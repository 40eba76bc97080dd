"""References: every `$ref` of the document leads to a component of its kind, and only one step far."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from specwire_codegen import pointer as pointers
from specwire_codegen.grammar import (
    ANNOTATIONS,
    FIELDS,
    SECTIONS,
    Kind,
    Node,
    is_extension,
    kind_at,
    map_children,
    rebuild,
    walk,
)
from specwire_codegen.normalize.origin import ORIGIN, Report, origin_of, stamp

SCHEMAS = "#/components/schemas/"
ASKED_BACK: frozenset[Kind] = frozenset({"pathItem", "callback"})
"""What may lead back to itself: the operations of a callback may have callbacks."""
_WAYS = frozenset({"components", "definitions", "models", *SECTIONS.values()})
"""Names of places that formats keep named things in."""
_LABELS = frozenset({"$defs", "definitions", "$anchor", "$dynamicAnchor"})
"""What is there only to be referred to; where all references lead to components, nothing does."""


def schema_ref(name: str) -> str:
    """Return the reference to a named schema."""
    return SCHEMAS + pointers.escape(name)


def schema_name(ref: str) -> str:
    """Return the name in a reference to a named schema."""
    return pointers.unescape(ref[len(SCHEMAS) :])


def direct(data: Node, report: Report) -> Node:
    """Return the document with every reference leading straight to a component.

    A target that is no component becomes one, under its pointer as a provisional name.
    """
    data = _as_content(data, report)
    wanted: dict[str, Kind] = {}
    targets: dict[tuple[Kind, str], str] = {}
    missing: dict[tuple[Kind, str], list[str]] = {}
    meant: dict[tuple[Kind, str], list[str]] = {}
    for node, kind, _pointer in walk(data, "openapi"):
        for key in ("$ref", "$dynamicRef"):
            if key not in node or kind not in SECTIONS:
                continue
            if (kind, str(node[key])) in missing:
                missing[kind, str(node[key])].append(pointers.join(origin_of(node), key))
                continue
            target = _target(data, node, key, kind, report, missing, meant)
            if target is not None:
                targets[kind, str(node[key])] = target
                if not _is_component(target, kind):
                    wanted[target] = kind
    for (kind, ref), places in missing.items():
        report.missing(ref, places, _advice(data, pointers.from_fragment(ref), kind))
    for (kind, ref), places in meant.items():
        report.misspelt(ref, f"#{targets[kind, ref]}", places)
    data = _adopt(data, wanted)

    def visit(node: Node, kind: Kind, _pointer: str) -> Node:
        for key in ("$ref", "$dynamicRef"):
            target = targets.get((kind, node[key])) if isinstance(node.get(key), str) else None
            if target is not None:
                name = target.rpartition("/")[2] if _is_component(target, kind) else pointers.escape(target)
                rest = {name: value for name, value in node.items() if name != key}
                node = {"$ref": f"#/components/{SECTIONS[kind]}/{name}", **rest}
        if kind == "schema" and not _LABELS.isdisjoint(node):
            node = {key: value for key, value in node.items() if key not in _LABELS}
        return _full_mapping(node, data) if kind == "discriminator" else node

    directed: Node = rebuild(data, "openapi", visit)
    return directed


def _as_content(data: Node, report: Report) -> Node:
    """Return the document with a response or a request body that refers to a schema made one that has it as JSON."""

    def visit(node: Node, kind: Kind, _pointer: str) -> Node:
        ref = node.get("$ref")
        if kind not in ("response", "requestBody") or not isinstance(ref, str) or not ref.startswith(SCHEMAS):
            return node
        here = origin_of(node)
        what = "response" if kind == "response" else "request body"
        message = f"{ref!r} leads to a schema; taken for a {what} with this schema in JSON"
        report.warning("bad-ref", message, pointers.join(here, "$ref"), "put it under content, as the schema")
        return {
            "description": "",
            "content": {"application/json": {"schema": {"$ref": ref, ORIGIN: here}}},
            ORIGIN: here,
        }

    wrapped: Node = rebuild(data, "openapi", visit)
    return wrapped


def _is_component(pointer: str, kind: Kind) -> bool:
    prefix = f"/components/{SECTIONS[kind]}/"
    return pointer.startswith(prefix) and "/" not in pointer[len(prefix) :]


def _adopt(data: Node, wanted: Mapping[str, Kind]) -> Node:
    for target in sorted(wanted, key=len, reverse=True):
        kind = wanted[target]
        section = SECTIONS[kind]
        value = stamp(pointers.get(data, target), kind, target)
        data = pointers.replaced(data, target, {"$ref": f"#/components/{section}/{pointers.escape(target)}"})
        components = data.get("components")
        components = components if isinstance(components, dict) else {}
        data = {**data, "components": {**components, section: {**_components(data, kind), target: value}}}
    return data


def _target(
    data: Node,
    node: Node,
    key: str,
    kind: Kind,
    report: Report,
    missing: dict[tuple[Kind, str], list[str]],
    meant: dict[tuple[Kind, str], list[str]],
) -> str | None:
    ref, place = node[key], pointers.join(origin_of(node), key)
    if not isinstance(ref, str):
        report.error("bad-ref", "a $ref must be a string", place, "write it as '#/components/...', or what it leads to")
        return None
    named = _named(data, ref, kind)
    if not ref.startswith("#") and named is None:
        report.error("external-ref", f"{ref!r} leads out of the document", place, "bundle it: load the document first")
        return None
    target = pointers.from_fragment(ref)
    found = _through_refs(data, target) if target.startswith("/") or ref == "#" else _anchored(data, target)
    if found is None:
        found = named or (_escaped(data, target.split("/")[1:]) if "/" in target else None)
        if found is None or found == origin_of(node):
            missing[kind, ref] = [place]
            return None
        meant.setdefault((kind, ref), []).append(place)
    value = pointers.get(data, found)
    is_schema = kind == "schema" and isinstance(value, bool)
    if not isinstance(value, dict) and not is_schema and _is_component(found, kind):
        return None
    if not isinstance(value, dict) and not is_schema or kind_at(pointers.split(found)) not in {kind, None}:
        meant.pop((kind, ref), None)
        report.error("bad-ref", f"{ref!r} leads to no {kind}", place, "correct the reference")
        return None
    return found


def _named(data: Node, ref: str, kind: Kind) -> str | None:
    """Return the pointer to the component that a reference names, if only the way to it is another format's."""
    *way, name = ref.strip().lstrip("#").strip("/").split("/")
    name = pointers.unescape(name)
    return (
        f"/components/{SECTIONS[kind]}/{pointers.escape(name)}"
        if (set(way) <= _WAYS and name in _components(data, kind))
        else None
    )


def _advice(data: Node, target: str, kind: Kind) -> str:
    name = pointers.unescape(target.rpartition("/")[2])
    near = difflib.get_close_matches(name, _components(data, kind), 1)
    if near:
        return f"did you mean '#/components/{SECTIONS[kind]}/{near[0]}'?"
    return f"declare the {kind} or correct the reference"


def _escaped(value: Any, tokens: list[str], pointer: str = "") -> str | None:
    """Return the pointer that is meant by one whose names hold unescaped slashes and tildes, if it leads anywhere."""
    if not tokens:
        return pointer
    for count in range(1, len(tokens) + 1) if isinstance(value, dict) else ():
        name = "/".join(tokens[:count])
        for key in (name, pointers.unescape(name), f"/{name}"):
            if key in value:
                found = _escaped(value[key], tokens[count:], pointers.join(pointer, key))
                if found is not None:
                    return found
    if isinstance(value, list) and tokens[0].isascii() and tokens[0].isdigit() and int(tokens[0]) < len(value):
        return _escaped(value[int(tokens[0])], tokens[1:], pointers.join(pointer, tokens[0]))
    return None


def _components(data: Node, kind: Kind) -> Node:
    """Return the components of a kind, as far as they are what they should be."""
    components = data.get("components")
    section = components.get(SECTIONS[kind]) if isinstance(components, dict) else None
    return section if isinstance(section, dict) else {}


def _through_refs(data: Node, target: str) -> str | None:
    seen: set[str] = set()
    try:
        tokens = pointers.split(target)
    except ValueError:
        return None
    here, value = "", data
    for token in tokens:
        while isinstance(value, dict) and token not in value and isinstance(value.get("$ref"), str):
            here = pointers.from_fragment(value["$ref"])
            if here in seen:
                return None
            seen.add(here)
            try:
                value = pointers.get(data, here)
            except (KeyError, ValueError):
                return None
        try:
            value = pointers.get(value, pointers.join("", token))
        except KeyError:
            return None
        here = pointers.join(here, token)
    return here


def _anchored(data: Node, anchor: str) -> str | None:
    for node, kind, pointer in walk(data, "openapi"):
        names = (node.get("$anchor"), node.get("$dynamicAnchor"), str(node.get("$id", "")).partition("#")[2])
        if kind == "schema" and anchor and anchor in names:
            return pointer
    return None


def _full_mapping(node: Node, data: Node) -> Node:
    mapping = node.get("mapping")
    if not isinstance(mapping, dict):
        return node
    schemas = _components(data, "schema")
    full = {
        value: schema_ref(target) if isinstance(target, str) and target in schemas else target
        for value, target in mapping.items()
    }
    return {**node, "mapping": full}


def only_annotated(schema: Node) -> bool:
    """Tell whether a schema is a reference with nothing but annotations beside it."""
    return "$ref" in schema and all(key in ANNOTATIONS or key == "$ref" or is_extension(key) for key in schema)


def collapse(data: Node, report: Report) -> Node:
    """Return the document with references to references replaced by what they lead to in the end."""
    renames: dict[str, str] = {}
    for section in SECTIONS.values():
        components = data.get("components", {}).get(section, {})
        for name, component in components.items():
            ref = f"#/components/{section}/{pointers.escape(name)}"
            end, seen = ref, {ref}
            while True:
                target = components.get(pointers.unescape(end.rpartition("/")[2]))
                if not isinstance(target, dict) or not _is_alias(target, section):
                    break
                end = target["$ref"]
                if end in seen:
                    report.error("ref-cycle", f"{ref!r} leads back to itself", origin_of(component), "break the circle")
                    return data
                seen.add(end)
            if end != ref:
                renames[ref] = end
    return redirected(data, renames) if renames else data


def _is_alias(component: Node, section: str) -> bool:
    return "$ref" in component and (section != "schemas" or only_annotated(component))


def redirected(data: Node, renames: Mapping[str, str]) -> Node:
    """Return the document with references replaced as told, and the components without any left out."""
    kept: dict[str, Any] = {}
    for section, components in data.get("components", {}).items():
        if section in FIELDS["components"]:
            prefix = f"#/components/{section}/"
            components = {n: each for n, each in components.items() if prefix + pointers.escape(n) not in renames}
        kept[section] = components
    return rewired({**data, "components": kept}, renames)


def rewired(data: Node, renames: Mapping[str, str]) -> Node:
    """Return the document with references replaced as told."""

    def visit(node: Node, kind: Kind, _pointer: str) -> Node:
        ref = node.get("$ref")
        if kind in SECTIONS and ref in renames:
            return {**node, "$ref": renames[str(ref)]}
        return _renamed_mapping(node, renames) if kind == "discriminator" else node

    rewritten: Node = rebuild(data, "openapi", visit)
    return rewritten


def _renamed_mapping(node: Node, renames: Mapping[str, str]) -> Node:
    changed = dict(node)
    if isinstance(node.get("mapping"), dict):
        changed["mapping"] = {value: renames.get(target, target) for value, target in node["mapping"].items()}
    if "defaultMapping" in node:
        changed["defaultMapping"] = renames.get(node["defaultMapping"], node["defaultMapping"])
    return changed


def inline(data: Node, kinds: frozenset[Kind], report: Report) -> Node:
    """Return the document with references to components of the given kinds replaced by the components."""
    active: list[str] = []

    def expand(value: Any, kind: Kind) -> Any:
        if not isinstance(value, dict):
            return value
        ref = value.get("$ref")
        if kind in kinds and isinstance(ref, str):
            if ref in active and kinds <= ASKED_BACK:
                return {}
            if ref in active:
                report.error("ref-cycle", f"{ref!r} leads back to itself", origin_of(value), "break the circle")
                return {}
            active.append(ref)
            target = expand(pointers.get(data, pointers.from_fragment(ref)), kind)
            active.pop()
            beside = {key: each for key, each in value.items() if key not in {"$ref", ORIGIN}}
            return {**target, **beside}
        return map_children(value, kind, lambda child, child_kind, _tokens: expand(child, child_kind))

    components = data.get("components", {})
    # Requirements name security schemes by their key, so these stay where they are.
    gone = {SECTIONS[kind] for kind in kinds} - {"securitySchemes"}
    rest = {section: value for section, value in components.items() if section not in gone}
    expanded: Node = expand({**data, "components": rest}, "openapi")
    return expanded
