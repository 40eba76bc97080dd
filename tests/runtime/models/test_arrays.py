"""The option `arrays`: lists of numbers are decoded as `array.array`."""

from __future__ import annotations

import base64
import json
import struct
import tracemalloc
from array import array
from typing import Any

import pytest
from specwire import UNSET, Request, Unset, WireModel, to_dict
from specwire._codec import arrays, drift
from specwire.support import JsonPayload, Operation

from tests.support.caller import Caller
from tests.support.server import Server, reply


class Vector(WireModel, kw_only=True):
    """A vector."""

    embedding: list[float] | str | Unset = UNSET
    index: int


class Vectors(WireModel, kw_only=True):
    """Vectors and other fields."""

    data: list[Vector]
    mean: list[float] | None = None
    by_name: dict[str, Vector] | Unset = UNSET
    sizes: list[int] | Unset = UNSET
    label: str | Unset = UNSET
    parent: Vectors | Unset = UNSET


EMBED: Request[Vectors] = Request(Operation(id="embed", method="GET", path="/embed", returns=JsonPayload(Vectors)))
FLOATS = (1.0, -2.5, 0.25)
CODED = base64.b64encode(struct.pack("<3f", *FLOATS)).decode()


def test_lists_of_numbers_are_arrays(caller: Caller, client: Any, server: Server) -> None:
    """In lists, in maps and alone, from JSON and from base64; everything else is decoded as usual."""
    body = {
        "data": [{"embedding": [1, -2.5, 0.25], "index": 0}, {"embedding": CODED, "index": 1}, {"index": 2}],
        "mean": [],
        "by_name": {"a": {"embedding": [3], "index": 3}},
        "sizes": [1, 2],
        "label": "AAAA",
    }
    server.play(reply(body), reply(body))
    plain = caller.run(client._session.perform(EMBED)).parsed
    found: Any = caller.run(client._session.changed({"arrays": True}).perform(EMBED)).parsed
    assert Vectors in type(found).__mro__
    assert [array("d", FLOATS), array("f", FLOATS), UNSET] == [each.embedding for each in found.data]
    assert array("d") == found.mean
    assert array("d", [3]) == found.by_name["a"].embedding
    assert [1, 2] == found.sizes
    assert "AAAA" == found.label
    assert "d" == memoryview(found.data[0].embedding).format
    assert to_dict(plain) | {"data": ...} == to_dict(found) | {"data": ...}
    assert repr(found).startswith("Vectors(data=[Vector(embedding=array('d', [1.0")


@pytest.mark.parametrize("embedding", [["a"], [1, None], {"a": 1}, "no base64!", "AAA=", 7, None, [[1.0]]])
def test_drifted_values_are_decoded_as_without_arrays(embedding: Any) -> None:
    """The value and the drift are the same as without the option."""
    data = json.dumps({"data": [{"embedding": embedding, "index": 0}]}).encode()
    assert drift.decode(data, Vectors) == arrays.decode(data, Vectors)


def test_models_without_lists_of_numbers_are_unchanged() -> None:
    """No other class is made for them."""
    data = b'{"index": 1}'

    class Plain(WireModel, kw_only=True):
        index: int

    assert Plain is type(arrays.decode(data, Plain)[0])
    assert ([1.0], ()) == arrays.decode(b"[1]", list[float])


def test_arrays_need_little_memory() -> None:
    """At most one vector exists as Python floats, which take three times the memory."""
    vector = [index / 7 for index in range(1000)]
    data = json.dumps({"data": [{"embedding": vector, "index": index} for index in range(200)]}).encode()
    arrays.decode(data, Vectors)
    tracemalloc.start()
    try:
        found = arrays.decode(data, Vectors)[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert vector == found.data[-1].embedding.tolist()
    assert peak < 200 * 1000 * 8 + len(data) * 0.2
