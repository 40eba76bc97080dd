"""Mutations of schemas: equivalent, unusual or wrong forms."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from .places import AWKWARD, UNIONS, VALUES, Data, found, one, places, ref, schemas_of


def extract(document: Data, chance: Random) -> bool:
    """Make an inline schema a component."""
    able = [place for place in found(document, "schema") if "$ref" not in place.value]
    able = [place for place in able if len(place.path) > 3]
    if not able:
        return False
    place = chance.choice(able)
    name = chance.choice([*AWKWARD, "Extracted", str(place.key)])
    schemas = schemas_of(document)
    if name in schemas:
        return False
    schemas[name] = place.value
    place.holder[place.key] = ref(document, name)
    return True


def target_of(document: Data, reference: Any) -> Any:
    """Return the target of a local reference, or None."""
    value: Any = document
    for token in str(reference).removeprefix("#/").split("/"):
        token = token.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or token not in value:
            return None
        value = value[token]
    return value


def write_inline(document: Data, chance: Random) -> bool:
    """Replace a reference by its target."""
    able = [place for place in places(document) if isinstance(place.value, dict) and "$ref" in place.value]
    if not able:
        return False
    place = chance.choice(able)
    place.holder[place.key] = copy.deepcopy(target_of(document, place.value["$ref"]))
    return place.value is not None


def recurse(document: Data, chance: Random) -> bool:
    """Let a schema refer to the named schema that contains it."""
    schemas = schemas_of(document)
    if not schemas:
        return False
    name = chance.choice(list(schemas))
    inner = found(schemas[name], "schema") if isinstance(schemas[name], dict) else []
    back: Any = ref(document, name)
    back = chance.choice(
        [back, {"type": "array", "items": back}, {"allOf": [back]}, {"oneOf": [back, {"type": "null"}]}]
    )
    if inner and chance.random() < 0.8:
        place = chance.choice(inner)
        place.holder[place.key] = back
    else:
        schemas[name] = back
    return True


def mislead(document: Data, chance: Random) -> bool:
    """Change the target of a reference: another type, nothing, or outside the document."""
    able = [place for place in places(document) if isinstance(place.value, dict) and "$ref" in place.value]
    able = able or found(document, "schema")
    if not able:
        return False
    place = chance.choice(able)
    insides = [each for each in places(document) if isinstance(each.value, dict)]
    inside = chance.choice(insides).path
    pointer = "/".join(str(token).replace("~", "~0").replace("/", "~1") for token in inside)
    name = chance.choice(list(schemas_of(document)) or ["Thing"])
    wrong = [
        f"#/{pointer}",
        name,
        f"#/components/schemas/{name}",
        f"#/definitions/{name}",
        f"#{name}",
        f"#/schemas/{name}",
    ]
    wrong += [
        f"#/components/schemas/{name.lower()}",
        f"#/components/schemas/{name}/properties/id",
        "#/nothing",
        "#",
        "",
    ]
    wrong += [
        "other.json",
        f"./{name}.yaml",
        f"models.json#/{name}",
        "https://example.com/s.json",
        f"#/components/{name}",
    ]
    wrong += [f"#components/schemas/{name}", f"#/components/schemas/{name} ", f"/components/schemas/{name}"]
    place.holder[place.key] = {"$ref": chance.choice(wrong)}
    return True


def nullify(document: Data, chance: Random) -> bool:
    """Allow null in one of its many forms."""
    schema = one(document, chance, "schema")
    if schema is None:
        return False
    kind = schema.get("type", "string")
    ways: list[Data] = [{"nullable": True}, {"x-nullable": True}, {"type": [kind, "null"]}, {"type": "null"}]
    ways += [{"nullable": "true"}, {"type": None}, {"enum": [None]}, {"enum": ["a", None]}, {"type": ["null"]}]
    ways += [{"type": [kind]}, {"type": [kind, "integer", "array"]}, {"default": None}, {"const": None}, {"type": []}]
    schema.update(chance.choice(ways))
    return True


def constrain(document: Data, chance: Random) -> bool:
    """Add keywords of another version or type, or contradictory ones."""
    schema = one(document, chance, "schema")
    if schema is None:
        return False
    ways: list[Data] = [{"exclusiveMinimum": True, "minimum": 1}, {"exclusiveMinimum": 3}, {"minimum": "3"}]
    ways += [
        {"enum": ["a", 1, None, 1.5, True]},
        {"enum": [1, 2]},
        {"enum": []},
        {"enum": ["a", "A", "a"]},
        {"enum": "a"},
    ]
    ways += [{"enum": [{"a": 1}, [1]]}, {"enum": ["", " ", "-", "+1", "-1", "1", "None", "ü"]}, {"enum": {"a": "b"}}]
    ways += [{"const": chance.choice(VALUES)}, {"default": chance.choice(VALUES)}, {"example": chance.choice(VALUES)}]
    ways += [{"type": word} for word in ("file", "date", "String", "int", "any", "array", "object", "string|null", "")]
    ways += [
        {"format": word} for word in ("date", "date-time", "int64", "binary", "byte", "uuid", "decimal", "odd", "")
    ]
    ways += [{"items": []}, {"items": [{"type": "string"}, {"type": "integer"}]}, {"type": "array", "items": None}]
    ways += [{"required": True}, {"required": False}, {"required": "id"}, {"required": ["nothing"]}, {"required": []}]
    extra: tuple[Any, ...] = (True, False, {}, {"type": "string"}, None, "false", [])
    ways += [{"additionalProperties": value} for value in extra]
    ways += [{"pattern": "^(?<a>[a-z]+)\\p{L}$"}, {"pattern": "/^a$/i"}, {"minLength": "1"}, {"maxLength": 1.0}]
    ways += [{"readOnly": True}, {"writeOnly": True}, {"readOnly": True, "writeOnly": True}, {"deprecated": "true"}]
    ways += [{"properties": {}}, {"properties": []}, {"properties": {"a": None}}, {"properties": {"a": "string"}}]
    ways += [
        {"not": {}},
        {"if": {}, "then": {"required": ["a"]}},
        {"title": chance.choice(AWKWARD)},
        {"$id": "http://a/b"},
    ]
    ways += [
        {"patternProperties": {"^x": {}}},
        {"propertyNames": {"enum": ["a"]}},
        {"prefixItems": [{"type": "string"}]},
    ]
    tags: tuple[Any, ...] = ("type", {}, {"propertyName": "type"}, {"propertyName": ""}, [])
    ways += [{"discriminator": value} for value in tags]
    ways += [{"discriminator": {"propertyName": "type", "mapping": {"a": "#/nothing", "b": "B", "": ""}}}]
    schema.update(copy.deepcopy(chance.choice(ways)))
    return True


def wrap(document: Data, chance: Random) -> bool:
    """Put a schema into a union or `allOf`, with or without a discriminator."""
    able = [place for place in found(document, "schema") if len(place.path) > 2]
    names = list(schemas_of(document))
    if not able:
        return False
    place, union = chance.choice(able), chance.choice(UNIONS)
    others: list[Any] = [ref(document, chance.choice(names)) for _ in range(chance.randrange(3)) if names]
    others += chance.choice(
        [[], [{}], [{"type": "null"}], [{"type": "object", "properties": {"type": {"enum": ["a"]}}}]]
    )
    others += chance.choice([[], [{"required": ["id"]}], [{"description": "only words"}], [{"type": "string"}], [True]])
    beside: Data = chance.choice(
        [{}, {"type": "object"}, {"nullable": True}, {"description": "x"}, {"properties": {"k": {}}}]
    )
    beside = {
        **beside,
        **chance.choice([{}, {}, {"discriminator": {"propertyName": chance.choice(["type", "kind", "id"])}}]),
    }
    place.holder[place.key] = {union: [place.value, *others], **beside}
    return True


def deepen(document: Data, chance: Random) -> bool:
    """Nest a schema some objects or lists deeper."""
    able = found(document, "schema")
    if not able:
        return False
    place = chance.choice(able)
    for _ in range(chance.randrange(1, 8)):
        inner = place.value
        name = chance.choice(["data", "items", "value", "values", "attributes", chance.choice(AWKWARD)])
        outer = {"type": "object", "properties": {name: inner}}
        place.holder[place.key] = chance.choice([outer, {"type": "array", "items": inner}])
    return True
