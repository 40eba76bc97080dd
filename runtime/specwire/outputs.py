"""Structured outputs: the answer of a language model as an object of a class, for APIs with OpenAI's chat format.

::

    from specwire.outputs import parsed, response_format

    completion = client.chat.complete(
        model="mistral-small-latest", messages=messages, response_format=response_format(Cheese)
    )
    cheese = parsed(completion, Cheese)

The class is one of pydantic or msgspec, a dataclass, or a `TypedDict`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from specwire.errors import OutputError, OutputRefusedError, OutputTruncatedError

__all__ = ["parsed", "response_format"]

T = TypeVar("T")

_CUT = frozenset(("length", "max_tokens", "model_length"))
"""Reasons why a model stops before the end of its answer."""
_LONGEST_NAME = 64


def response_format(kind: type[Any], *, strict: bool = True) -> dict[str, Any]:
    """Return the argument `response_format` that asks for an object of a class.

    A `strict` schema requires all fields and no others, as OpenAI's models demand it.
    """
    described = kind.model_json_schema() if _is_pydantic(kind) else msgspec.json.schema(kind)
    schema = _with_root(described)
    if not schema.get("properties"):
        raise TypeError(f"{_name(kind)} does not describe an object: give a class with fields")
    name = re.sub(r"[^A-Za-z0-9_-]", "_", _name(kind))[:_LONGEST_NAME]
    whole = _strict(schema) if strict else schema
    return {"type": "json_schema", "json_schema": {"name": name, "schema": whole, "strict": strict}}


def parsed(completion: Any, kind: type[T]) -> T:
    """Return the first choice of a completion as an object of a class; raise `OutputError` if it is not one.

    The completion may also be that of `events.final()`, or a dictionary.
    """
    choices = _get(completion, "choices")
    if not choices:
        raise OutputError("the completion has no choices", completion=completion)
    message, reason = _get(choices[0], "message"), _get(choices[0], "finish_reason")
    if refusal := _get(message, "refusal"):
        raise OutputRefusedError(f"the model refused to answer: {refusal}", completion=completion)
    if reason == "content_filter":
        raise OutputRefusedError("a content filter withheld the answer", completion=completion)
    if reason in _CUT:
        advice = "allow more tokens, or ask for less"
        raise OutputTruncatedError(f"the answer is cut off ({reason}): {advice}", completion=completion)
    text = "".join(_texts(_get(message, "content")))
    if not text:
        raise OutputError(f"the answer has no text (finish_reason {reason})", completion=completion)
    try:
        decode: Any = getattr(kind, "model_validate_json", None)
        found: T = decode(text) if _is_pydantic(kind) else msgspec.json.decode(text, type=kind)
    except ValueError as problem:  # of pydantic, and of msgspec
        message = f"the answer is not an object of {_name(kind)}: {problem}"
        raise OutputError(message, completion=completion) from problem
    return found


def _is_pydantic(kind: type[Any]) -> bool:
    return callable(getattr(kind, "model_json_schema", None))


def _name(kind: type[Any]) -> str:
    return getattr(kind, "__name__", str(kind))


def _get(value: Any, name: str) -> Any:
    """Return a field of a model or a dictionary; None if it is absent."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _texts(content: Any) -> Iterator[str]:
    """Yield the texts of a message, whose content is text or parts; reasoning is left out."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Sequence):
        for part in content:
            if isinstance(text := _get(part, "text"), str):
                yield text


def _with_root(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema whose root is not a reference: OpenAI's models reject one there."""
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    definitions = schema.get("$defs", {})
    if name not in definitions:
        return dict(schema)
    return {**definitions[name], "$defs": definitions}


def _strict(schema: Any) -> Any:
    """Return a schema whose objects require all their properties and have no others, without defaults."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # nothing may be next to a reference
    whole = {name: _each(name, value) for name, value in schema.items() if name != "default"}
    if "properties" in whole:
        whole |= {"required": list(whole["properties"]), "additionalProperties": False}
    return whole


def _each(keyword: str, value: Any) -> Any:
    if keyword in ("properties", "$defs"):
        return {name: _strict(schema) for name, schema in value.items()}
    return value if keyword in ("enum", "const", "examples") else _strict(value)
