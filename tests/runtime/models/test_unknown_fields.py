"""Fields that a document does not name: dropped by default, kept by an option."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest
from specwire import to_dict, unknown_fields
from specwire._codec.drift import decode
from specwire._models.additional_properties import _kept, keep

from tests.support.caller import Caller
from tests.support.sample import Cat, Chunk, Image, Text, Thing
from tests.support.server import DONE, Server, reply, stream

RAW: dict[str, Any] = {
    "id": "1",
    "new": {"deep": [1]},
    "part": {"type": "image", "url": "u", "alt": "a"},
    "parts": [{"type": "text", "text": "t"}, {"type": "text", "text": "t", "lang": "en"}],
    "pet": {"purr": "p", "age": 3},
    "notes": {"a": {"id": "2", "seen": None}},
    "child": {"id": "3", "child": {"id": "4", "x": "y"}},
}


def test_a_client_with_the_option_keeps_unknown_fields(caller: Caller, server: Server) -> None:
    """They are kept in the model, in lists, maps, nested models and variants of both kinds of union."""
    server.play(reply(RAW))
    thing = caller.run(caller.client(keep_unknown=True).things.get("1"))
    assert {"new": {"deep": [1]}} == unknown_fields(thing)
    assert isinstance(thing.part, Image)
    assert {"alt": "a"} == unknown_fields(thing.part)
    assert [{}, {"lang": "en"}] == [unknown_fields(part) for part in thing.parts]
    assert isinstance(thing.pet, Cat)
    assert {"age": 3} == unknown_fields(thing.pet)
    assert {"seen": None} == unknown_fields(thing.notes["a"])
    assert {} == unknown_fields(thing.child)
    assert {"x": "y"} == unknown_fields(thing.child.child)
    assert RAW == to_dict(thing)


def test_a_client_drops_unknown_fields_by_default(caller: Caller, client: Any, server: Server) -> None:
    """The models are equal either way; a single method can keep them."""
    server.play(reply(RAW), reply(RAW))
    thing = caller.run(client.things.get("1"))
    assert {} == unknown_fields(thing)
    kept = caller.run(client.things.get.with_options(keep_unknown=True)("1"))
    assert thing == kept
    assert {"new": {"deep": [1]}} == unknown_fields(kept)


def test_events_keep_unknown_fields(caller: Caller, server: Server) -> None:
    """Each event has its own."""
    server.play(stream({"text": "a", "thought": "hm"}, {"text": "b"}, {"text": "c", "state": "odd", "n": 1}, DONE))
    with pytest.warns(UserWarning, match="odd"):
        events = caller.list(caller.client(keep_unknown=True).talks.stream())
    assert ["a", "b", "c"] == [event.text for event in events]
    assert [{"thought": "hm"}, {}, {"n": 1}] == [unknown_fields(event) for event in events]


def test_unknown_fields_are_sent_back(caller: Caller, server: Server) -> None:
    """A received model in a request is sent with its unknown fields."""
    server.play(reply(RAW), reply({"id": "1"}), reply({"id": "1"}))
    client = caller.client(keep_unknown=True)
    thing = caller.run(client.things.get("1"))
    caller.run(client.things.make(name="x", part=thing.part))
    assert {"name": "x", "part": {"type": "image", "url": "u", "alt": "a"}} == server.received[1].json
    caller.run(client.with_options(keep_unknown=False).things.make(name="x", part=thing.part))
    assert {"name": "x", "part": {"type": "image", "url": "u"}} == server.received[2].json


def test_unknown_fields_live_as_long_as_their_model() -> None:
    """A model still rejects a misspelt attribute."""
    before = len(_kept)
    chunk = keep(Chunk(text="a"), b'{"text": "a", "more": 1}')
    assert {"more": 1} == unknown_fields(chunk)
    assert before + 1 == len(_kept)
    with pytest.raises(AttributeError, match="txet"):
        chunk.txet = "b"  # type: ignore[attr-defined]  # that is the point
    del chunk
    gc.collect()
    assert before == len(_kept)


def test_a_field_that_was_set_later_is_not_overwritten() -> None:
    """`to_dict` prefers the model's own value."""
    text = keep(Text(text="a"), b'{"type": "text", "text": "a", "lang": "en"}')
    text.text = "b"
    assert {"type": "text", "text": "b", "lang": "en"} == to_dict(text)


def test_drifted_responses_keep_unknown_fields() -> None:
    """Raw values in a model are as received; the models around them keep theirs."""
    raw = {"id": 7, "odd": 1, "part": {"type": "film", "s": 1}}
    data = json.dumps(raw).encode()
    thing = keep(decode(data, Thing)[0], data)
    assert {"odd": 1} == unknown_fields(thing)
    assert {"type": "film", "s": 1} == thing.part
