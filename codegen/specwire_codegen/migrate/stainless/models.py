"""Named models: components of the document, or schemas inside others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specwire_codegen.migrate.description import Description, Model as Named
from specwire_codegen.migrate.node import Node
from specwire_codegen.migrate.stainless.casing import class_name
from specwire_codegen.migrate.stainless.resources import Model
from specwire_codegen.migrate.subject import Subject
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.casing import snake
from specwire_codegen.openapi.identifiers import RESERVED_CLASSES

_USED = ("openapi_uri", "type", "to", "skip", "only")
_IGNORED = ("no_params_suffix", "param_model", "deprecated", "python_type_name", "terraform")
_SECTIONS = ("/components/schemas", "/definitions")


def read_models(models: Sequence[Model], subject: Subject, description: Description) -> Mapping[str, str]:
    """Add the class names of components to a description; return the pointer of each model by its path."""
    places: dict[str, str] = {}
    owners: dict[str, str] = {}
    for model in models:
        pointer = _pointer(model.node, subject)
        if pointer is None:
            continue
        place, _ = subject.followed(pointer)
        places[model.path] = place
        name = class_name(model.path.rpartition(".")[2], description.casing)
        if owners.get(name, place) != place or name in RESERVED_CLASSES:
            name = class_name("_".join(model.path.split(".")), description.casing)
        component = _component(place)
        if description.compat is not None:
            description.compat.types.setdefault(".".join((*_package(model), name)), component or name)
        if component is None:
            _entitle(place, name, subject, model.node)
        elif owners.get(name, place) != place:
            model.node.leave(f"{name} is already the name of another model", "choose a name in [models]")
        elif component in description.models:
            other = description.models[component].class_name
            if other != name:
                model.node.leave(f"{model.path} is the same schema as {other}", f"write {other} in its place")
        else:
            owners[name] = place
            description.models[component] = Named(name, model.node)
    return places


def _package(model: Model) -> list[str]:
    """Return the packages below `types` with the class of a model: the resources above its own."""
    return [snake(each) for each in model.path.split(".")[:-1]][:-1] if not model.shared else ["shared"]


def _pointer(node: Node, subject: Subject) -> str | None:
    """Return the pointer of the schema that a model names, or None if it is not in the document."""
    uri = node
    if isinstance(node.value, dict):
        node.only(_USED, _IGNORED)
        if node.value.get("type") == "alias":
            node.leave(f"{node.name} is another name of a model", "use that model")
            return None
        stated = node.get("openapi_uri")
        if stated is None:
            node.fail(f"the model {node.name} has no openapi_uri", "write the name of a component")
            return None
        uri = stated
    text = uri.text()
    if text is None:
        return None
    if text.startswith("#"):
        pointer = pointers.from_fragment(text)
        known = subject.get(pointer) is not None
    elif text.startswith("$"):
        hits = subject.find(text, uri)
        pointer, known = (hits[0], True) if len(hits) == 1 else ("", False)
    else:
        pointer = next((at for each in _SECTIONS if subject.get(at := pointers.join(each, text)) is not None), "")
        known = bool(pointer)
    if not known:
        uri.leave(f"the document has no schema {text!r}", "name its component in [models], unless it was removed")
        return None
    return pointer


def _component(pointer: str) -> str | None:
    parent, _, name = pointer.rpartition("/")
    return pointers.unescape(name) if parent in _SECTIONS else None


def _entitle(place: str, name: str, subject: Subject, node: Node) -> None:
    """Name a schema inside another by its title, which becomes the name of its component."""
    schema = subject.get(place)
    if isinstance(schema, dict) and schema.get("title") != name:
        subject.update(place, {"title": name}, node, f"The class {name}")
