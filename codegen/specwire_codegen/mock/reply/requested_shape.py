"""Response shape requested by the client: number of items, vector length, JSON schema, format."""

import base64
import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.failures import MockError
from specwire_codegen.mock.document.operations import MediaType
from specwire_codegen.mock.document.validation import Validators
from specwire_codegen.mock.values.sampling import Sampler

FORMATS: Final = ("response_format", "output_format", "format")
"""Request fields with the format of the response."""
COUNTS: Final = ("n", "num_images", "number_of_images", "num_outputs", "candidate_count")
INPUTS: Final = ("input", "inputs", "texts")
LENGTHS: Final = ("dimensions", "output_dimension", "output_dimensionality")
MOST: Final = 1000
"""Maximum number of items, and of numbers in a vector, in an extended response."""
COUNTED: Final = ("data", "choices", "images", "results", "outputs", "embeddings", "generations")
"""Response lists whose length the request sets."""
PAIRED: Final = ("data", "results", "embeddings")
"""Response lists with one item for each input."""
SUBTITLES: Final = {
    "srt": "1\n00:00:00,000 --> 00:00:01,000\nspecwire mock content\n",
    "vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nspecwire mock content\n",
}

Fits = Callable[[Any], bool]


def wanted_format(fields: Mapping[str, Any]) -> str | None:
    """Return the response format that a request names."""
    return next((fields[name] for name in FORMATS if isinstance(fields.get(name), str)), None)


def example_of_format(media: MediaType, fields: Mapping[str, Any]) -> str | None:
    """Return the name of the example for the requested format: `verbose` matches `verbose_json`."""
    wanted = wanted_format(fields)
    names = sorted((one.name for one in media.examples if one.name), key=len, reverse=True)
    return None if wanted is None else next((name for name in names if wanted.startswith(name)), None)


def granted(value: Any, fields: Mapping[str, Any], fits: Fits) -> Any:
    """Return a response with the requested number of items and vector length, as far as the result is valid."""
    if not isinstance(value, dict):
        return value
    for changed in (_counted, _sized, _encoded, _structured):
        candidate = changed(value, fields)
        value = candidate if candidate != value and fits(candidate) else value
    return value


def spoken(events: Sequence[Any], fields: Mapping[str, Any]) -> list[Any]:
    """Return the data of a stream's events, with the requested text in the first event that has text."""
    text = _text(fields)
    if text is None:
        return list(events)
    found = []
    for data in events:
        changed = _with_text(data, "delta", text)
        text = "" if changed != data else text
        found.append(changed)
    return found


def _counted(value: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    count = _whole(fields, COUNTS)
    names: Sequence[str] = COUNTED
    if count is None:
        names = PAIRED
        given = next((fields[name] for name in INPUTS if name in fields), None)
        if isinstance(given, str):
            count = 1
        elif isinstance(given, list) and given and all(isinstance(each, str | list) for each in given):
            count = len(given)
    name = next((name for name in names if isinstance(value.get(name), list) and value[name]), None)
    if name is None or count is None:
        return value
    items = value[name]
    row = [items[index % len(items)] for index in range(min(count, MOST))]
    return {**value, name: [_numbered(item, index) for index, item in enumerate(row)]}


def _numbered(item: Any, index: int) -> Any:
    return {**item, "index": index} if isinstance(item, dict) and isinstance(item.get("index"), int) else item


def _sized(value: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    length = _whole(fields, LENGTHS)
    if length is None:
        return value
    return _vectors(value, lambda vector: [vector[index % len(vector)] for index in range(min(length, MOST * 10))])


def _encoded(value: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    if fields.get("encoding_format") != "base64":
        return value
    return _vectors(value, lambda vector: base64.b64encode(array("f", vector).tobytes()).decode())


def _vectors(value: dict[str, Any], change: Callable[[list[float]], Any]) -> dict[str, Any]:
    """Return a response with the vectors of its paired items changed."""
    changed = dict(value)
    for name in PAIRED:
        if isinstance(value.get(name), list):
            changed[name] = [_vector(item, change) for item in value[name]]
    return changed


def _vector(item: Any, change: Callable[[list[float]], Any]) -> Any:
    if isinstance(item, dict):
        return {key: change(each) if _is_vector(each) else each for key, each in item.items()}
    return change(item) if _is_vector(item) else item


def _is_vector(value: Any) -> bool:
    numbers = isinstance(value, list) and value and all(isinstance(each, int | float) for each in value)
    return bool(numbers) and any(isinstance(each, float) for each in value)


def _structured(value: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    text = _text(fields)
    return value if text is None else _with_text(value, "message", text)


def _with_text(value: Any, part: str, text: str) -> Any:
    """Return a response or event whose choices have the text as the content of a part."""
    if not isinstance(value, dict) or not isinstance(value.get("choices"), list):
        return value
    choices = []
    for choice in value["choices"]:
        message = choice.get(part) if isinstance(choice, dict) else None
        if isinstance(message, dict) and isinstance(message.get("content"), str) and message["content"]:
            choice = {**choice, part: {**message, "content": text}}
        choices.append(choice)
    return {**value, "choices": choices}


def _text(fields: Mapping[str, Any]) -> str | None:
    """Return the JSON text that the request asks for, or None if it asks for none or its schema is invalid."""
    schema = next(_schemas(fields), None)
    if schema is None:
        return None
    definitions = {**schema.get("definitions", {}), **schema.get("$defs", {})}
    components = {"schemas": {**definitions, "": schema}}
    document = Document(_relocated({"components": components, "paths": {}}))
    root: Schema = {"$ref": "#/components/schemas/"}
    try:
        return json.dumps(Sampler(document, Validators(document, "response")).draw(root))
    except (MockError, TypeError, ValueError, ArithmeticError):
        return None


def _schemas(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    wanted = fields.get("response_format")
    if not isinstance(wanted, dict):
        return
    if wanted.get("type") == "json_object":
        yield {"type": "object"}
    described = wanted.get("json_schema")
    for name in ("schema", "schema_definition"):
        if isinstance(described, dict) and isinstance(described.get(name), dict):
            yield described[name]


def _relocated(node: Any) -> Any:
    """Return a schema with its references to definitions changed to the new components."""
    if isinstance(node, list):
        return [_relocated(each) for each in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _relocated(each) for key, each in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = reference.removeprefix("#/$defs/").removeprefix("#/definitions/").removeprefix("#")
        moved["$ref"] = f"#/components/schemas/{name}"
    return moved


def _whole(fields: Mapping[str, Any], names: Sequence[str]) -> int | None:
    found = next((fields[name] for name in names if name in fields), None)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None
