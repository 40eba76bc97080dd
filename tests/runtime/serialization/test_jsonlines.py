"""Request bodies of JSON Lines and JSON text sequences."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from specwire import Request
from specwire._operations.request import JsonLinesBody
from specwire.support import BinaryBody, JsonPayload, Operation, lines_body

from tests.support.caller import KEY, Caller
from tests.support.sample import AsyncSample, Cat, Thing
from tests.support.server import Server, reply

OPERATION = Operation(id="bulk", method="PUT", path="/bulk", returns=JsonPayload(Thing))
ITEMS: list[Any] = [{"id": "1"}, Cat(purr="p"), [1, None], "é"]
LINES = '{"id":"1"}\n{"purr":"p"}\n[1,null]\n"é"\n'.encode()


def request(body: Any, *framing: Any) -> Request[Thing]:
    """Return a call with a body."""
    return Request(OPERATION, body=lines_body(body, "application/jsonl", *framing))


@pytest.mark.parametrize("make", [list, tuple, iter, lambda items: (item for item in items)])
def test_values_are_sent_one_per_line(caller: Caller, client: Any, server: Server, make: Callable[[Any], Any]) -> None:
    """They may come from any iterable."""
    server.play(reply({"id": "1"}))
    assert "1" == caller.run(client.send(request(make(ITEMS)))).id
    assert LINES == server.received[0].body
    assert "application/jsonl" == server.received[0].headers["content-type"]


def test_a_sequence_has_separators(caller: Caller, client: Any, server: Server) -> None:
    """RFC 7464: a record separator before each value, a line feed after it."""
    server.play(reply({"id": "1"}))
    caller.run(client.send(request([1, 2], "json-seq")))
    assert b"\x1e1\n\x1e2\n" == server.received[0].body


def test_values_may_come_asynchronously(server: Server) -> None:
    """An asynchronous client sends each when it is available."""
    server.play(reply({"id": "1"}))

    async def items() -> AsyncIterator[Any]:
        for item in ITEMS:
            yield item

    async def main() -> None:
        async with AsyncSample(KEY, base_url=server.url) as client:
            await client.send(request(items()))

    asyncio.run(main())
    assert LINES == server.received[0].body


def test_a_file_of_lines_is_sent_as_it_is(tmp_path: Path) -> None:
    """Bytes, paths, open files and tuples with a name are not values."""
    path = tmp_path / "lines.jsonl"
    path.write_bytes(LINES)
    for file in (LINES, path, io.BytesIO(LINES), ("lines.jsonl", LINES), (None, LINES, "application/x-ndjson")):
        assert isinstance(lines_body(file, "application/jsonl"), BinaryBody)
    assert isinstance(lines_body([LINES], "application/jsonl"), JsonLinesBody)


def test_a_list_can_be_sent_again_and_an_iterator_cannot(caller: Caller, server: Server) -> None:
    """The values of an iterator are gone; the error states it, and no partial body is sent."""
    server.play(reply({}, status=503), reply({"id": "1"}), reply({}, status=503), reply({"id": "1"}))
    client = caller.client()
    caller.run(client.send(request(ITEMS)))
    assert [LINES, LINES] == [one.body for one in server.received]
    with pytest.raises(Exception, match="503|cannot be"):
        caller.run(client.send(request(iter(ITEMS))))
    assert 3 == len(server.received)


def test_memory_is_constant(caller: Caller, client: Any, server: Server) -> None:
    """Values are encoded while they are sent."""
    server.play(reply({"id": "1"}))
    alive: list[int] = []
    made = 0

    class Value(dict[str, str]):
        def __del__(self) -> None:
            nonlocal made
            made -= 1

    def items() -> Iterator[Any]:
        nonlocal made
        for _ in range(1500):
            made += 1
            alive.append(made)
            yield Value(id="x" * 500)

    caller.run(client.send(request(items())))
    assert 1500 * len('{"id":""}\n' + "x" * 500) == len(server.received[0].body)
    assert max(alive) < 10


def test_a_value_without_a_json_form_is_rejected(caller: Caller, client: Any, server: Server) -> None:
    """Nothing is sent if the values are available."""
    with pytest.raises(ValueError, match="no JSON form"):
        caller.run(client.send(request([object()])))
    assert [] == server.received
