"""Names of a document, replaced by awkward ones."""

from __future__ import annotations

import copy
from random import Random

from .places import AWKWARD, Data, found, one, redirect, ref, schemas_of


def operation_ids(document: Data, chance: Random) -> bool:
    """Give operations ids that are awkward, or equal, or equal except for case."""
    able = [place.value for place in found(document, "operation")]
    if not able:
        return False
    name = chance.choice([*AWKWARD, able[0].get("operationId", "list")])
    for operation in chance.sample(able, min(len(able), chance.choice([1, 2, 3]))):
        operation["operationId"] = chance.choice([name, name.upper(), name.title()]) if isinstance(name, str) else name
    return True


def rename_schema(document: Data, chance: Random) -> bool:
    """Give a named schema an awkward name, or a twin that differs in case or punctuation alone."""
    schemas = schemas_of(document)
    if not schemas:
        return False
    old = chance.choice(list(schemas))
    name = chance.choice([*AWKWARD, old.upper(), old.lower(), f"{old}_", f"{old}.", f"{old}1", f"{old}Input"])
    if name in schemas:
        return False
    redirect(document, ref(document, old)["$ref"], ref(document, name)["$ref"])
    schemas[name] = schemas.pop(old)
    if chance.random() < 0.4:
        schemas[old] = copy.deepcopy(schemas[name])
        schema = one(document, chance, "schema", "properties")
        if schema and isinstance(schema["properties"], dict):
            schema["properties"]["twin"] = ref(document, old)
    return True


def rename_property(document: Data, chance: Random) -> bool:
    """Give a property an awkward name, and now and then a twin."""
    schema = one(document, chance, "schema", "properties")
    if not schema or not isinstance(schema["properties"], dict) or not schema["properties"]:
        return False
    old = chance.choice(list(schema["properties"]))
    name = chance.choice([*AWKWARD, old.upper(), f"{old}_", f"_{old}", f"-{old}", old.title()])
    schema["properties"][name] = schema["properties"][old]
    if isinstance(schema.get("required"), list):
        schema["required"] = [name if each == old else each for each in schema["required"]]
    if chance.random() < 0.6 and name != old:
        del schema["properties"][old]
    return True


def rename_parameter(document: Data, chance: Random) -> bool:
    """Give a parameter an awkward name, in its path as well."""
    able = [place for place in found(document, "parameter") if isinstance(place.value.get("name"), str)]
    if not able:
        return False
    place = chance.choice(able)
    old, name = place.value["name"], chance.choice([*AWKWARD, place.value["name"].upper(), f"{place.value['name']}[]"])
    if place.value.get("in") == "path" and place.path[0] == "paths" and isinstance(document["paths"], dict):
        path = str(place.path[1])
        document["paths"] = {
            (path.replace(f"{{{old}}}", f"{{{name}}}") if each == path else each): item
            for each, item in document["paths"].items()
        }
    place.value["name"] = name
    return True


def rename_tag(document: Data, chance: Random) -> bool:
    """Give operations an awkward tag."""
    able = [place.value for place in found(document, "operation")]
    name = chance.choice(AWKWARD)
    for operation in chance.sample(able, min(len(able), 3)):
        operation["tags"] = chance.choice([[name], [name, "other"], [name, name.upper()]])
    return bool(able)


def rename_path(document: Data, chance: Random) -> bool:
    """Give a path an awkward form."""
    paths = document.get("paths")
    if not isinstance(paths, dict) or not paths:
        return False
    old = chance.choice(list(paths))
    bare = str(old).lstrip("/")
    awkward = chance.choice(AWKWARD)
    forms = [f"/{awkward}", f"/{awkward}/{bare}", f"{old}/", bare, f"{old}?a=b", f"{old}?a={{a}}&b", f"{old}#part"]
    forms += [f"/{{{awkward}}}", f"/{bare}/{{id}}", f"/{{a}}{{b}}/{bare}", f"/{bare}.{{format}}", f"//{bare}", "/", ""]
    forms += [f"https://example.com/{bare}", f"/{bare}:action", f"/{bare}(id={{id}})", "/{id}/{id}", f"/{{{bare}"]
    forms += [f"/:id/{bare}", f"/{bare}/{{path*}}", f"/{bare}/{{+path}}", f"/{bare}/{{id?}}", f"/{bare}/{{ id }}"]
    name = chance.choice(forms)
    if name in paths:
        return False
    paths[name] = copy.deepcopy(paths[old])
    if chance.random() < 0.7:
        del paths[old]
    return True
