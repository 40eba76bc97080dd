"""Drift: a response that differs from its document loses nothing, and every difference is reported."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st
from specwire import UNSET, Drift, DriftWarning, Unknown, WireModel, from_dict, to_dict
from specwire._codec.codec import encode
from specwire._codec.drift import decode, report
from specwire.errors import DecodeError
from specwire.support import IntText, Unset, tolerate, union

from tests.support.caller import Caller
from tests.support.sample import Cat, Dog, Image, Secret, Text, Thing
from tests.support.server import Server, reply

DRIFTS: list[tuple[str, Any, str, str, str]] = [
    ("unknown enum value", {"state": "odd"}, "$.state", "one of 'new', 'old'", "string 'odd'"),
    ("long enum value", {"state": "x" * 50}, "$.state", "one of 'new', 'old'", "string"),
    ("unknown variant", {"part": {"type": "video", "s": 1}}, "$.part", "Text or Image", "object with type='video'"),
    ("variant without a tag", {"part": {"s": 1}}, "$.part", "Text or Image", "object with type=None"),
    ("no variant fits", {"pet": {"moo": 1}}, "$.pet", "Pet", "object"),
    ("no object where variants are", {"pet": 7}, "$.pet", "Pet", "integer"),
    ("no object where tagged variants are", {"part": "x"}, "$.part", "Text or Image", "string"),
    ("number for a string", {"tags": ["a", 5]}, "$.tags[1]", "string", "integer"),
    ("string for a number", {"size": "3"}, "$.size", "integer or null", "string"),
    ("fraction for an integer", {"size": 1.5}, "$.size", "integer or null", "number"),
    ("string for a boolean", {"ready": "yes"}, "$.ready", "boolean", "string"),
    ("null where there is none", {"tags": None}, "$.tags", "array", "null"),
    ("null in a list", {"tags": [None]}, "$.tags[0]", "string", "null"),
    ("object for a list", {"tags": {"a": 1}}, "$.tags", "array", "object"),
    ("list for an object", {"child": []}, "$.child", "Thing or null", "array"),
    ("list for a map", {"notes": []}, "$.notes", "object", "array"),
    ("bad date", {"made": "yesterday"}, "$.made", "date-time", "string"),
    ("bad UUID", {"code": "x"}, "$.code", "uuid or null", "string"),
    ("drift in a child", {"child": {"id": 1}}, "$.child.id", "string", "integer"),
    ("drift in a map", {"notes": {"a": {"id": "1", "state": "x"}}}, "$.notes.a.state",
     "one of 'new', 'old'", "string 'x'"),
    ("drift in a list of variants", {"parts": [{"type": "text", "text": "a"}, {"type": "image", "url": 1}]},
     "$.parts[1].url", "string", "integer"),
    ("unknown variant in a list", {"parts": [{"type": "new"}]}, "$.parts[0]", "Text or Image",
     "object with type='new'"),
]  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", *Thing.__struct_fields__, "type", "text", "purr"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(("raw", "path", "expected", "got"), [case[1:] for case in DRIFTS], ids=[c[0] for c in DRIFTS])
def test_a_value_that_differs_is_kept_and_reported(raw: dict[str, Any], path: str, expected: str, got: str) -> None:
    """It is kept as received, sent back unchanged, and reported with place, expected type and actual type."""
    sent = {"id": "1", **raw}
    value, drifts = decode(json.dumps(sent).encode(), Thing)
    assert [Drift(path, expected, got)] == list(drifts)
    assert type(value) is Thing
    assert "1" == value.id
    assert sent == to_dict(value)


def test_a_missing_field_is_reported_and_unset() -> None:
    """The rest of the model is there."""
    value, drifts = decode(b'{"size": 3}', Thing)
    assert [Drift("$.id", "string", "nothing")] == list(drifts)
    assert value.id is UNSET
    assert {"size": 3} == to_dict(value)


def test_drift_does_not_affect_other_fields() -> None:
    """Dates, variants and nested models elsewhere are typed."""
    raw = {
        "id": 5,
        "made": "2026-01-02T03:04:05Z",
        "code": "12345678-1234-5678-1234-567812345678",
        "weight": 2,
        "size": 4.0,
        "part": {"type": "image", "url": "u"},
        "pet": {"bark": "woof"},
        "child": {"id": "c", "pet": {"purr": "prr"}},
    }
    value, drifts = decode(json.dumps(raw).encode(), Thing)
    assert ["$.id"] == [drift.path for drift in drifts]
    assert datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) == value.made
    assert UUID("12345678-1234-5678-1234-567812345678") == value.code
    assert (2.0, 4) == (value.weight, value.size)
    assert (Image(url="u"), Dog(bark="woof"), Cat(purr="prr")) == (value.part, value.pet, value.child.pet)


def test_drift_in_a_nullable_map_does_not_affect_other_values() -> None:
    """In a map of nullable values, the other values are typed."""
    value, drifts = decode(b'{"a": {"id": "1"}, "b": null}', dict[str, Thing] | None)
    assert {"a": Thing(id="1"), "b": None} == value
    assert ["$.b"] == [drift.path for drift in drifts]


def test_a_response_as_documented_is_not_reported() -> None:
    """Unknown keys are not drift."""
    assert (Thing(id="1", size=None), ()) == decode(b'{"id": "1", "size": null, "brand_new": 1}', Thing)


def test_an_unknown_variant_is_a_mapping_with_attributes() -> None:
    """It has its keys as attributes, and lists the known variants."""
    value, _ = decode(b'{"id": "1", "part": {"type": "video", "seconds": 3}}', Thing)
    part = value.part
    assert type(part) is Unknown
    assert ("video", 3, 3) == (part.type, part.seconds, part["seconds"])
    assert "Unknown({'type': 'video', 'seconds': 3})" == repr(part)
    with pytest.raises(AttributeError, match=r"the server didn't send 'minutes'; it sent 'type', 'seconds'$"):
        assert part.minutes


def test_untagged_variants_are_chosen_by_required_keys() -> None:
    """The fast and the tolerant decoder agree."""
    raw = {"id": "1", "pet": {"bark": "woof", "loud": True}}
    assert Dog(bark="woof", loud=True) == decode(json.dumps(raw).encode(), Thing)[0].pet
    assert Dog(bark="woof", loud=True) == tolerate(raw, Thing)[0].pet
    assert Text(text="a") == from_dict(Thing, {"id": "1", "part": {"type": "text", "text": "a"}}).part


@given(raw=JSON)
@settings(max_examples=150, deadline=None)
def test_any_json_is_decoded_and_nothing_is_lost(raw: Any) -> None:
    """Any JSON decodes to a value, and the fields that the model knows encode unchanged."""
    value, drifts = decode(json.dumps(raw).encode(), Thing)
    if not isinstance(raw, dict):
        assert raw == value
        assert [Drift("$", "Thing", drifts[0].got)] == list(drifts)
        return
    back = to_dict(value)
    for name in ("state", "tags", "extra", "ready", "size"):
        assert (name in raw, raw.get(name)) == (name in back, back.get(name))


@given(raw=st.fixed_dictionaries({"id": st.text()}, optional={"size": st.none() | st.integers(-9, 9)}))
def test_both_decoders_agree(raw: dict[str, Any]) -> None:
    """The tolerant decoder returns the same value as the fast one if nothing differs."""
    assert decode(json.dumps(raw).encode(), Thing) == tolerate(raw, Thing)


DRIFTED = {"id": "1", "state": "odd", "tags": [1]}


def test_drift_warns_once_per_response_at_the_caller_s_line(caller: Caller, client: Any, server: Server) -> None:
    """By default the warning names the operation and the places."""
    server.play(reply(DRIFTED))
    with pytest.warns(DriftWarning) as caught:
        thing = caller.run(client.things.get("1"))
    assert ("odd", [1]) == (thing.state, thing.tags)
    assert (
        "get_thing differs from its document: $.state: expected one of 'new', 'old', got string 'odd'; "
        "$.tags[0]: expected string, got integer"
    ) == str(caught[0].message)
    assert 1 == len(caught)
    assert caller.file_of_call(__file__) == caught[0].filename


def test_on_drift_ignore_does_not_warn(caller: Caller, client: Any, server: Server) -> None:
    """The response still lists the drift."""
    server.play(reply(DRIFTED))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        response = caller.run(client.with_options(on_drift="ignore").things.get.raw("1"))
    assert ["$.state", "$.tags[0]"] == [drift.path for drift in response.drift]
    assert "odd" == response.parsed.state


def test_on_drift_raise_raises(caller: Caller, client: Any, server: Server) -> None:
    """The `DecodeError` keeps the response and lists a few places in one line."""
    server.play(reply({"id": "1", "tags": list(range(9))}))
    with pytest.raises(DecodeError) as caught:
        caller.run(client.things.get.with_options(on_drift="raise")("1"))
    text = str(caught.value)
    assert text.startswith(
        "get_thing: the response differs from the document: $.tags[0]: expected string, got integer; "
    )
    assert text.endswith("; and 4 more")
    assert caught.value.response is not None
    assert {"id": "1", "tags": list(range(9))} == json.loads(caught.value.response.content)


def test_on_drift_may_be_a_function(caller: Caller, server: Server) -> None:
    """It gets all places at once."""
    notified: list[Sequence[Drift]] = []
    server.play(reply(DRIFTED))
    caller.run(caller.client(on_drift=notified.append).things.get("1"))
    assert [["$.state", "$.tags[0]"]] == [[drift.path for drift in drifts] for drifts in notified]


def test_a_long_list_of_drifts_is_cut() -> None:
    """A warning lists five places and counts the rest."""
    drifts = [Drift(f"$[{number}]", "string", "null") for number in range(7)]
    with pytest.warns(DriftWarning, match=r"\$\[4\]: expected string, got null; and 2 more$"):
        report(drifts, "warn", "here")


def test_unset_is_false_and_not_shown() -> None:
    """`UNSET` is false; a model's repr shows what is set, with secrets masked; null differs from unset."""
    assert not UNSET
    assert "Thing(id='1', size=None)" == repr(Thing(id="1", size=None))
    assert "Secret(name='a', password='***')" == repr(Secret(name="a", password="hidden"))
    assert "Secret(name='a')" == repr(Secret(name="a"))
    assert "hidden" not in repr([Secret(name="a", password="hidden")])


def test_models_convert_to_dicts_and_back() -> None:
    """`to_dict` gives wire names without what is unset; `from_dict` reads them, strictly."""
    made = datetime(2026, 1, 2, tzinfo=UTC)
    thing = Thing(id="1", part=Text(text="a"), child=Thing(id="2", pet=Cat(purr="p")), made=made)
    raw = to_dict(thing)
    expected = {
        "id": "1",
        "part": {"type": "text", "text": "a"},
        "child": {"id": "2", "pet": {"purr": "p"}},
        "made": "2026-01-02T00:00:00Z",
    }
    assert expected == raw
    assert thing == from_dict(Thing, raw)
    with pytest.raises(ValueError, match=r"\$\.id"):
        from_dict(Thing, {"id": 1})


def test_a_lone_surrogate_is_drift_of_its_field() -> None:
    """It is reported like any other text in place of a date or a UUID."""
    value, drifts = tolerate({"id": "1", "made": "\ud800", "code": "\udfff"}, Thing)
    assert ("\ud800", "\udfff") == (value.made, value.code)
    assert ["$.made", "$.code"] == [drift.path for drift in drifts]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (list[int] | dict[str, int], [1, "a"]),
        (union(__name__, "TWO_LISTS", lambda: (list[int], list[bool])), [None]),
        (union(__name__, "TWO_MAPS", lambda: (dict[str, int], dict[str, bool])), {"a": None}),
    ],
)
def test_the_first_of_equally_drifted_containers_is_chosen(kind: Any, raw: Any) -> None:
    """It is reported once."""
    value, drifts = decode(json.dumps(raw).encode(), kind)
    assert raw == value
    assert 1 == len(drifts)


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (union(__name__, "FEWER_IN_LISTS", lambda: (list[int], list[bool])), [True, None, False], "$[1]"),
        (union(__name__, "FEWER_IN_MAPS", lambda: (dict[str, int], dict[str, bool])), {"a": True, "b": None}, "$.b"),
    ],
)
def test_the_container_with_the_least_drift_is_chosen(kind: Any, raw: Any, expected: str) -> None:
    """Only its drift is reported."""
    value, drifts = decode(json.dumps(raw).encode(), kind)
    assert raw == value
    assert [(expected, "boolean")] == [(drift.path, drift.expected) for drift in drifts]


class Sizes(WireModel, kw_only=True):
    text: IntText | Unset = UNSET
    number: int | None | Unset = UNSET
    either: int | str | Unset = UNSET
    texts: list[IntText] | Unset = UNSET


@pytest.mark.parametrize(
    ("sent", "value", "drifts"),
    [
        ({"text": "9007199254740993"}, 9007199254740993, []),
        ({"text": "-1"}, -1, []),
        ({"texts": ["1", "2"]}, [1, 2], []),
        ({"text": 5}, 5, ["$.text: expected integer as a string, got integer"]),
        ({"text": "007"}, "007", ["$.text: expected integer as a string, got string"]),
        ({"text": ""}, "", ["$.text: expected integer as a string, got string"]),
        ({"text": None}, None, ["$.text: expected integer as a string, got null"]),
        ({"texts": ["1", "x"]}, [1, "x"], ["$.texts[1]: expected integer as a string, got string"]),
        ({"number": "12"}, 12, ["$.number: expected integer or null, got string"]),
        ({"number": "1.5"}, "1.5", ["$.number: expected integer or null, got string"]),
        ({"number": "x"}, "x", ["$.number: expected integer or null, got string"]),
        ({"either": "12"}, "12", []),
    ],
)
def test_integers_in_strings_are_integers_and_are_encoded_as_they_came(
    sent: dict[str, Any], value: Any, drifts: list[str]
) -> None:
    """A string of digits is an integer if the document declares that form; for a plain integer it is drift."""
    found, reported = decode(json.dumps(sent).encode(), Sizes)
    (name,) = sent
    assert (value, drifts) == (getattr(found, name), list(map(str, reported)))
    assert isinstance(getattr(found, name), type(value))
    assert sent == to_dict(found)
    assert json.dumps(sent).replace(" ", "").encode() == encode(found)


PAIRS: list[tuple[str, Any, Any, list[Drift]]] = [
    ("as declared", ["a", 1], ("a", 1), []),
    ("another type", [1, "a"], (1, "a"), [Drift("$[0]", "string", "integer"), Drift("$[1]", "integer", "string")]),
    ("one more", ["a", 1, {"b": 2}], ["a", 1, {"b": 2}], [Drift("$", "array of 2", "array of 3")]),
    ("one less", ["a"], ["a"], [Drift("$", "array of 2", "array of 1")]),
    ("no array", {"a": 1}, {"a": 1}, [Drift("$", "array of 2", "object")]),
]


@pytest.mark.parametrize(("raw", "value", "drifts"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS])
def test_an_array_with_a_type_per_position_is_a_tuple(raw: Any, value: Any, drifts: list[Drift]) -> None:
    """One of another length is the received list, and loses nothing."""
    assert (value, tuple(drifts)) == decode(json.dumps(raw).encode(), tuple[str, int])


def test_models_in_an_array_with_a_type_per_position() -> None:
    """They are decoded whatever else is in the array, also if the array is one variant of a union."""
    thing = {"id": "1", "tags": "x"}
    value, drifts = decode(json.dumps(["a", thing]).encode(), str | tuple[str, Thing] | None)

    assert ("a", "1") == (value[0], value[1].id)
    assert (Drift("$[1].tags", "array", "string"),) == tuple(drifts)
