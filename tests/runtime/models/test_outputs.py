"""Structured outputs: schemas of classes, and answers as their objects."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

import msgspec
import pydantic
import pytest
from specwire import SpecwireError
from specwire.errors import OutputError, OutputRefusedError, OutputTruncatedError
from specwire.outputs import parsed, response_format
from specwire_clients.aitre import models as aitre
from specwire_clients.mistral import models as mistral


class Place(pydantic.BaseModel):
    country: str
    region: str | None = None


class PydanticCheese(pydantic.BaseModel):
    name: str
    place: Place
    milk: Literal["cow", "goat"] = "cow"
    tags: list[str] = []


class PlaceStruct(msgspec.Struct):
    country: str
    region: str | None = None


class StructCheese(msgspec.Struct):
    name: str
    place: PlaceStruct
    milk: Literal["cow", "goat"] = "cow"
    tags: list[str] = []


@dataclass
class DataCheese:
    name: str
    place: PlaceStruct
    milk: Literal["cow", "goat"] = "cow"
    tags: list[str] = field(default_factory=list)


class DictCheese(TypedDict):
    name: str
    place: PlaceStruct
    milk: Literal["cow", "goat"]
    tags: list[str]


KINDS: list[type[Any]] = [PydanticCheese, StructCheese, DataCheese, DictCheese]
ANSWER = {"name": "Comté", "place": {"country": "France", "region": None}, "milk": "cow", "tags": ["hard"]}


def completion(content: object, reason: str = "stop", **message: object) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": content, **message}}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_becomes_an_object_of_any_kind_of_class(kind: type[Any]) -> None:
    found = parsed(completion(json.dumps(ANSWER)), kind)
    assert msgspec.to_builtins(found.model_dump() if isinstance(found, pydantic.BaseModel) else found) == ANSWER
    usage = {"usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
    for model in (mistral.ChatCompletionResponse, aitre.ChatCompletion):
        assert parsed(model.from_dict({**completion(json.dumps(ANSWER)), **usage}), kind) == found


@pytest.mark.parametrize("kind", KINDS)
def test_a_strict_schema_requires_all_fields_and_no_others(kind: type[Any]) -> None:
    found = response_format(kind)["json_schema"]
    assert (found["name"], found["strict"], found["schema"]["type"]) == (kind.__name__, True, "object")
    objects = [each for each in _schemas(found["schema"]) if "properties" in each]
    assert len({tuple(each["properties"]) for each in objects}) == 2
    for each in objects:
        assert each["additionalProperties"] is False and each["required"] == list(each["properties"])
    assert not any("default" in each for each in _schemas(found["schema"]))
    assert all(list(each) == ["$ref"] for each in _schemas(found["schema"]) if "$ref" in each)


def test_a_lenient_schema_is_that_of_the_class() -> None:
    found = response_format(PydanticCheese, strict=False)["json_schema"]
    assert (found["schema"], found["strict"]) == (PydanticCheese.model_json_schema(), False)


def test_names_of_fields_are_not_keywords() -> None:
    """A field may be called as a keyword of JSON Schema is."""
    kind = msgspec.defstruct("Odd[int]", [("default", int), ("properties", str), ("enum", str), ("required", bool)])
    found = response_format(kind)["json_schema"]
    assert found["name"] == "Odd_int_"
    assert list(found["schema"]["properties"]) == ["default", "properties", "enum", "required"]


@pytest.mark.parametrize("kind", [str, list[int], dict])
def test_a_class_without_fields_is_refused(kind: type[Any]) -> None:
    with pytest.raises(TypeError, match="give a class with fields"):
        response_format(kind)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (completion(None, refusal="I can't."), OutputRefusedError, "refused to answer: I can't."),
        (completion("", "content_filter"), OutputRefusedError, "content filter"),
        (completion('{"name": "Com', "length"), OutputTruncatedError, "cut off (length): allow more tokens"),
        (completion('{"name": "Com', "model_length"), OutputTruncatedError, "cut off (model_length)"),
        (completion(None, "tool_calls"), OutputError, "no text (finish_reason tool_calls)"),
        (completion("Sorry, no."), OutputError, "is not an object of"),
        (completion('{"name": 1}'), OutputError, "is not an object of"),
        ({"choices": []}, OutputError, "no choices"),
        ({}, OutputError, "no choices"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_completion_without_an_object_is_an_error(
    answer: dict[str, Any], error: type[OutputError], message: str, kind: type[Any]
) -> None:
    with pytest.raises(SpecwireError) as raised:
        parsed(answer, kind)
    assert type(raised.value) is error and message in str(raised.value)
    assert isinstance(raised.value, OutputError) and raised.value.completion is answer
    assert pickle.loads(pickle.dumps(raised.value)).completion == answer


def test_parts_of_a_content_are_joined_without_reasoning() -> None:
    text = json.dumps(ANSWER)
    reasoning = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    parts = [reasoning, *({"type": "text", "text": half} for half in (text[:9], text[9:]))]
    assert parsed(completion(parts), StructCheese).name == "Comté"


def _schemas(schema: Any) -> list[dict[str, Any]]:
    """Return all schemas within a schema."""
    if isinstance(schema, list):
        return [each for item in schema for each in _schemas(item)]
    if not isinstance(schema, dict):
        return []
    named = [each for key in ("properties", "$defs") for each in schema.get(key, {}).values()]
    others = [each for key, each in schema.items() if key not in ("properties", "$defs", "enum")]
    return [schema, *(found for each in (*named, *others) for found in _schemas(each))]
