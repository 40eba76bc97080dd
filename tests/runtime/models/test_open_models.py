"""Promises for objects that may have more properties than those their document names."""

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
    """Closed: what else comes is dropped."""

    size: int | Unset = UNSET


class Label(OpenModel, tag_field="kind", tag="label", kw_only=True):
    """Open, and a variant of a union."""

    kind: ClassVar[Literal["label"]] = "label"
    text: str
    additional_properties: dict[str, int | Label] = field(default={}, name=ADDITIONAL)


class Free(OpenModel, kw_only=True):
    """Open, and told from others by its structure; the document has a property of the field's name."""

    additional_properties: str
    vectors: list[float] | Unset = UNSET
    additional_properties_: dict[str, Any] = field(default={}, name=ADDITIONAL)


class Box(WireModel, kw_only=True):
    """Holds open ones in every way."""

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
    """What `RAW` says."""
    return Box(
        label=Label(text="a", additional_properties={"x": 1, "deep": Label(text="b", additional_properties={"y": 2})}),
        labels=[Label(text="c"), Label(text="d", additional_properties={"z": 3})],
        by_name={"e": Label(text="f", additional_properties={"w": 4})},
        either=Free(additional_properties="g", additional_properties_={"v": [None, {"deep": True}]}),
    )


def test_what_the_document_does_not_name_is_typed() -> None:
    """Wherever the model stands; values that are models themselves are decoded as such."""
    data = msgspec.json.encode(RAW)
    assert (box(), ()) == decode(data, Box)
    assert box() == from_dict(Box, RAW)
    assert box() == keep(decode(data, Box)[0], data)


def test_it_goes_back_to_where_it_came_from() -> None:
    """Encoding, `to_dict` and a request's body put them beside the properties that the document names."""
    assert RAW == to_dict(box()) == msgspec.json.decode(encode(box()))
    body = json_body({"boxes": [box()], ADDITIONAL: {"more": Label(text="h", additional_properties={"i": 1})}})
    assert body is not None
    assert {"boxes": [RAW], "more": {"kind": "label", "text": "h", "i": 1}} == msgspec.json.decode(encode(body.value))


def test_a_model_without_any_is_encoded_as_it_is() -> None:
    """There is nothing in the place of what is not there."""
    assert b'{"kind":"label","text":"c"}' == encode(Label(text="c"))
    assert Label(text="c").additional_properties is not Label(text="c").additional_properties


def test_it_is_of_the_model() -> None:
    """Compared, copied, pickled and shown with it; nothing of it is unknown."""
    one = box()
    assert one == copy.deepcopy(one) == pickle.loads(pickle.dumps(one))
    assert one.label != Label(text="a")
    assert "Label(text='d', additional_properties={'z': 3})" in repr(one)
    assert isinstance(one.label, Label)
    assert {} == unknown_fields(keep(one.label, b'{"kind": "label", "text": "a", "x": 1}'))


def test_values_of_another_type_are_drift() -> None:
    """Told with their path, kept as they came, in the order in which they came."""
    value, drifts = decode(b'{"label": {"kind": "label", "text": "a", "z": 1, "x": "y", "b": 2}}', Box)
    assert ["$.label.x: expected integer or Label, got string"] == list(map(str, drifts))
    assert [("z", 1), ("x", "y"), ("b", 2)] == list(value.label.additional_properties.items())


def test_deep_nesting_takes_its_time_once() -> None:
    """Each value is converted once, however many open models are around it."""
    raw: Any = {"kind": "label", "text": "leaf"}
    for _ in range(300):
        raw = {"kind": "label", "text": "t", "in": raw}
    assert raw == to_dict(from_dict(Label, raw))


def test_a_document_that_names_a_property_like_another_field() -> None:
    """What is named has precedence over what is not, in a body as in a model."""
    assert {"a": 1, "b": 2} == with_additional({"a": 1, ADDITIONAL: {"b": 2, "a": 3}})
    assert {"kind": "label", "text": "t"} == to_dict(Label(text="t", additional_properties={"text": 1}))


def test_forms_take_them_as_fields() -> None:
    """Forms and multipart bodies have them beside their other fields; files too."""
    form = FormBody(given({"a": "1", ADDITIONAL: UNSET}))
    assert {"a": "1"} == with_additional(form.fields)
    body: MultipartBody = multipart_body(fields={"a": "1", ADDITIONAL: {"b": 2}}, files={ADDITIONAL: {"c": b"x"}})
    assert ["a", "b", "c"] == [part.name for part in body.parts]


def test_parameters_take_them_as_fields() -> None:
    """In every style, beside the properties that the document names."""
    label = Label(text="a", additional_properties={"b": 1})
    styles = {"deep": Style("deepObject", True), "json": Style(content_json=True)}
    query = encode_query({"flat": label, "deep": label, "json": label}, styles)
    assert "kind=label&text=a&b=1&deep%5Bkind%5D=label&deep%5Btext%5D=a&deep%5Bb%5D=1" == query.partition("&json=")[0]
    assert {"kind": "label", "text": "a", "b": 1} == msgspec.json.decode(unquote(query.partition("&json=")[2]))
    assert {"h": "kind,label,text,a,b,1"} == encode_headers({"h": label})


def test_lists_of_numbers_beside_them() -> None:
    """The option `arrays` leaves them as they are."""
    value, drifts = arrays.decode(b'{"additional_properties": "", "vectors": [1, 2.5], "more": [1]}', Free)
    assert not drifts
    assert [1, 2.5] == list(value.vectors)
    assert {"more": [1]} == value.additional_properties_


def test_a_call_sends_and_receives_them(caller: Caller, server: Server) -> None:
    """Through a client, on a socket."""
    server.play(reply({"id": "1"}))
    caller.run(caller.client().things.make(name="x", part=Label(text="a", additional_properties={"b": 1})))
    assert {"name": "x", "part": {"kind": "label", "text": "a", "b": 1}} == server.received[0].json


def test_other_models_are_decoded_at_no_cost() -> None:
    """The decoder of a type that reaches no open model is msgspec's own."""
    assert decoder(Thing).decode.__self__.__class__ is msgspec.json.Decoder  # type: ignore[attr-defined]  # a method
    assert not hasattr(decoder(Box).decode, "__self__")


def test_types_that_are_made_of_themselves_are_looked_at_once() -> None:
    """A union may be one of its own variants."""
    assert not reaches_open(Rings)


def test_the_generator_and_the_runtime_mean_the_same_field() -> None:
    """The generator does not import the runtime, so that both say the name."""
    assert ADDITIONAL == ir.ADDITIONAL


@pytest.mark.parametrize("body", [{"label": 1}, {"label": {"kind": "label", "text": 1, "x": "y"}}])
def test_whatever_comes_is_kept(body: dict[str, Any]) -> None:
    """Open models hide no drift and lose no value."""
    value, drifts = decode(msgspec.json.encode(body), Box)
    assert drifts
    assert body == to_dict(value)
