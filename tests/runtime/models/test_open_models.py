"""Open models: objects with more properties than their document names."""

from __future__ import annotations

import copy
import pickle
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias
from urllib.parse import unquote

import msgspec
import pytest
from msgspec import field
from specwire import UNSET, Unset, WireModel, from_dict, to_dict, unknown_fields
from specwire._codec import arrays
from specwire._codec.codec import decoder, encode
from specwire._codec.drift import decode
from specwire._models.additional_properties import keep, reaches_open
from specwire._operations.request import MultipartBody, with_additional
from specwire._serialization.parameters import encode_headers, encode_query
from specwire.support import ADDITIONAL, FormBody, OpenModel, Style, given, json_body, multipart_body, union
from specwire_codegen import ir

from tests.support.caller import Caller
from tests.support.sample import Thing
from tests.support.server import Server, reply


class Leaf(WireModel, kw_only=True):
    """Closed: other properties are dropped."""

    size: int | Unset = UNSET


class Label(OpenModel, tag_field="kind", tag="label", kw_only=True):
    """Open, and a variant of a union."""

    kind: ClassVar[Literal["label"]] = "label"
    text: str
    additional_properties: dict[str, int | Label] = field(default={}, name=ADDITIONAL)


class Free(OpenModel, kw_only=True):
    """Open, and chosen by structure; the document has a property with the field's name."""

    additional_properties: str
    vectors: list[float] | Unset = UNSET
    additional_properties_: dict[str, Any] = field(default={}, name=ADDITIONAL)


class Box(WireModel, kw_only=True):
    """Open models in every position."""

    label: Label | Unset = UNSET
    labels: list[Label] | Unset = UNSET
    by_name: dict[str, Label] | Unset = UNSET
    either: Either | Unset = UNSET


if TYPE_CHECKING:
    Either: TypeAlias = Free | Leaf
else:
    Either = union(__name__, "Either", lambda: (Free, Leaf))
Rings: Any = union(__name__, "Rings", lambda: (Leaf, GenericAlias(list, Rings)))

RAW: dict[str, Any] = {
    "label": {"kind": "label", "text": "a", "x": 1, "deep": {"kind": "label", "text": "b", "y": 2}},
    "labels": [{"kind": "label", "text": "c"}, {"kind": "label", "text": "d", "z": 3}],
    "by_name": {"e": {"kind": "label", "text": "f", "w": 4}},
    "either": {"additional_properties": "g", "v": [None, {"deep": True}]},
}


def box() -> Box:
    """Model of `RAW`."""
    return Box(
        label=Label(text="a", additional_properties={"x": 1, "deep": Label(text="b", additional_properties={"y": 2})}),
        labels=[Label(text="c"), Label(text="d", additional_properties={"z": 3})],
        by_name={"e": Label(text="f", additional_properties={"w": 4})},
        either=Free(additional_properties="g", additional_properties_={"v": [None, {"deep": True}]}),
    )


def test_additional_properties_are_typed() -> None:
    """Wherever the model is; values that are models are decoded."""
    data = msgspec.json.encode(RAW)
    assert (box(), ()) == decode(data, Box)
    assert box() == from_dict(Box, RAW)
    assert box() == keep(decode(data, Box)[0], data)


def test_additional_properties_are_encoded_next_to_named_ones() -> None:
    """That holds for encoding, `to_dict` and request bodies."""
    assert RAW == to_dict(box()) == msgspec.json.decode(encode(box()))
    body = json_body({"boxes": [box()], ADDITIONAL: {"more": Label(text="h", additional_properties={"i": 1})}})
    assert body is not None
    assert {"boxes": [RAW], "more": {"kind": "label", "text": "h", "i": 1}} == msgspec.json.decode(encode(body.value))


def test_a_model_without_additional_properties_encodes_none() -> None:
    """No empty object is encoded for them."""
    assert b'{"kind":"label","text":"c"}' == encode(Label(text="c"))
    assert Label(text="c").additional_properties is not Label(text="c").additional_properties


def test_additional_properties_are_part_of_the_model() -> None:
    """They are compared, copied, pickled and shown with it, and none is unknown."""
    one = box()
    assert one == copy.deepcopy(one) == pickle.loads(pickle.dumps(one))
    assert one.label != Label(text="a")
    assert "Label(text='d', additional_properties={'z': 3})" in repr(one)
    assert isinstance(one.label, Label)
    assert {} == unknown_fields(keep(one.label, b'{"kind": "label", "text": "a", "x": 1}'))


def test_values_of_another_type_are_drift() -> None:
    """They are reported with their path, and kept as received, in order."""
    value, drifts = decode(b'{"label": {"kind": "label", "text": "a", "z": 1, "x": "y", "b": 2}}', Box)
    assert ["$.label.x: expected integer or Label, got string"] == list(map(str, drifts))
    assert [("z", 1), ("x", "y"), ("b", 2)] == list(value.label.additional_properties.items())


def test_deep_nesting_takes_linear_time() -> None:
    """Each value is converted once, however many open models contain it."""
    raw: Any = {"kind": "label", "text": "leaf"}
    for _ in range(300):
        raw = {"kind": "label", "text": "t", "in": raw}
    assert raw == to_dict(from_dict(Label, raw))


def test_a_named_property_takes_precedence_over_an_additional_one() -> None:
    """In request bodies and in models."""
    assert {"a": 1, "b": 2} == with_additional({"a": 1, ADDITIONAL: {"b": 2, "a": 3}})
    assert {"kind": "label", "text": "t"} == to_dict(Label(text="t", additional_properties={"text": 1}))


def test_forms_accept_additional_properties() -> None:
    """Forms and multipart bodies have them as fields, files included."""
    form = FormBody(given({"a": "1", ADDITIONAL: UNSET}))
    assert {"a": "1"} == with_additional(form.fields)
    body: MultipartBody = multipart_body(fields={"a": "1", ADDITIONAL: {"b": 2}}, files={ADDITIONAL: {"c": b"x"}})
    assert ["a", "b", "c"] == [part.name for part in body.parts]


def test_parameters_accept_additional_properties() -> None:
    """In every style, next to the named properties."""
    label = Label(text="a", additional_properties={"b": 1})
    styles = {"deep": Style("deepObject", True), "json": Style(content_json=True)}
    query = encode_query({"flat": label, "deep": label, "json": label}, styles)
    assert "kind=label&text=a&b=1&deep%5Bkind%5D=label&deep%5Btext%5D=a&deep%5Bb%5D=1" == query.partition("&json=")[0]
    assert {"kind": "label", "text": "a", "b": 1} == msgspec.json.decode(unquote(query.partition("&json=")[2]))
    assert {"h": "kind,label,text,a,b,1"} == encode_headers({"h": label})


def test_the_option_arrays_ignores_additional_properties() -> None:
    """Lists of numbers in the named properties are arrays."""
    value, drifts = arrays.decode(b'{"additional_properties": "", "vectors": [1, 2.5], "more": [1]}', Free)
    assert not drifts
    assert [1, 2.5] == list(value.vectors)
    assert {"more": [1]} == value.additional_properties_


def test_a_call_sends_and_receives_additional_properties(caller: Caller, server: Server) -> None:
    """Through a client and a socket."""
    server.play(reply({"id": "1"}))
    caller.run(caller.client().things.make(name="x", part=Label(text="a", additional_properties={"b": 1})))
    assert {"name": "x", "part": {"kind": "label", "text": "a", "b": 1}} == server.received[0].json


def test_types_without_open_models_use_the_plain_decoder() -> None:
    """It is msgspec's own."""
    assert decoder(Thing).decode.__self__.__class__ is msgspec.json.Decoder  # type: ignore[attr-defined]  # a method
    assert not hasattr(decoder(Box).decode, "__self__")


def test_recursive_types_are_inspected_once() -> None:
    """A union may be one of its own variants."""
    assert not reaches_open(Rings)


def test_generator_and_runtime_use_the_same_field_name() -> None:
    """The generator does not import the runtime, so both define it."""
    assert ADDITIONAL == ir.ADDITIONAL


@pytest.mark.parametrize("body", [{"label": 1}, {"label": {"kind": "label", "text": 1, "x": "y"}}])
def test_any_additional_property_is_kept(body: dict[str, Any]) -> None:
    """Open models hide no drift and lose no value."""
    value, drifts = decode(msgspec.json.encode(body), Box)
    assert drifts
    assert body == to_dict(value)
