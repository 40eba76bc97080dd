"""Scripts of calls for each server with expected results, for both kinds of client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from decimal import Decimal
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from specwire.errors import AuthenticationError, BadRequestError, ConflictError, NotFoundError, UnprocessableEntityError

Script: TypeAlias = Generator[Callable[[], Any], Any, None]
FILE = ("cover.png", b"\x89PNG", "image/png")


def fastapi(client: Any) -> Script:
    """Books: unions, files, forms, events and bare responses."""
    book = yield lambda: client.books.create(title="Emma", tags=["old", "love"], pages=474)
    assert (book.id, book.title, book.genre, book.pages) == (1, "Emma", "novel", 474)
    assert book.added == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    for title in ("Howl", "Odes", "Dune", "Kim"):
        yield partial(client.books.create, title=title, genre="poetry", pages=None, tags=["old"])
    assert [each.title for each in (yield lambda: client.books.list(tag=["old", "love"]))] == ["Emma"]
    assert [each.id for each in (yield lambda: client.books.list(genre="poetry", offset=1))] == [3, 4]
    book = yield lambda: client.books.retrieve(2)
    assert (book.title, book.pages, book.tags) == ("Howl", None, ["old"])
    book = yield lambda: client.books.update(2, title="Howl!")
    assert (book.title, book.genre, book.tags) == ("Howl!", "novel", [])
    assert (yield lambda: client.books.delete(5)) is None
    with pytest.raises(NotFoundError, match="there is no book 5"):
        yield lambda: client.books.delete(5)
    with pytest.raises(UnprocessableEntityError, match=r"title.*at least 1 character"):
        yield lambda: client.books.create(title="")
    edition = yield lambda: client.books.editions.create(1, body={"kind": "audio", "minutes": 90})
    assert (edition.kind, edition.minutes) == ("audio", 90)
    edition = yield lambda: client.books.editions.create(1, body={"kind": "paper", "weight": 0.5})
    assert (edition.kind, edition.weight) == ("paper", 0.5)
    cover = yield lambda: client.books.cover.update(1, image=FILE, caption="Front")
    assert cover == {"name": "cover.png", "type": "image/png", "size": 4, "caption": "Front"}
    assert (yield lambda: client.scans.create(scans=[b"a", b"bc"])) == [1, 2]
    assert (yield lambda: client.books.text(1)) == "Emma\nThe end.\n"
    assert (yield lambda: client.exports.books.list()).startswith("id,title\n1,Emma\n")
    assert (yield lambda: client.pages.retrieve("a/b c")) == "a/b c"
    assert (yield lambda: client.news.retrieve(count=2)) == 'data: {"number": 0}\n\ndata: {"number": 1}\n\n'
    assert (yield lambda: client.session.sign_in(username="ada", password="secret"))["access_token"] == "token-of-ada"
    with pytest.raises(BadRequestError, match="wrong password"):
        yield lambda: client.session.sign_in(username="ada", password="guess")
    assert (yield lambda: client.session.read_me()) == {"name": "ada"}
    number = UUID(int=7)
    order = yield lambda: client.orders.retrieve(number, day=dt.date(2026, 2, 3), x_trace=["a"])
    assert order == {"id": str(number), "day": "2026-02-03", "trace": "a"}
    assert (yield lambda: client.orders.either(value="x", body={"a": 1.5})) == {"a": 1.5}
    assert (yield lambda: client.orders.either()) is None


def litestar(client: Any) -> Script:
    """Tasks: msgspec models, text, forms, files and events without a declared shape."""
    task = yield lambda: client.tasks.create(title="Sow", due=dt.date(2026, 3, 1), labels=["garden"])
    assert (task.id, task.due, task.labels, task.done) == (1, dt.date(2026, 3, 1), ["garden"], False)
    yield lambda: client.tasks.create(title="Reap")
    assert (yield lambda: client.tasks.done.update(1)).done is True
    assert [each.id for each in (yield lambda: client.tasks.list(done=False))] == [2]
    assert [each.id for each in (yield lambda: client.tasks.list(label=["garden"]))] == [1]
    assert (yield lambda: client.tasks.retrieve(2)).title == "Reap"
    assert (yield lambda: client.tasks.delete(2)) is None
    with pytest.raises(NotFoundError, match="there is no task 2"):
        yield lambda: client.tasks.retrieve(2)
    with pytest.raises(BadRequestError, match=r"title|Validation failed for POST /tasks"):
        yield lambda: client.tasks.create(title=None)
    assert (yield lambda: client.greeting(name="Ada")) == "Hello, Ada"
    assert (yield lambda: client.attachments.create(file=("n.txt", b"hi"))) == {"name": "n.txt", "content": "hi"}
    assert (yield lambda: client.feedback(body={"stars": "5"})) == {"stars": "5"}
    assert (yield lambda: client.ticks.list()) is not None
    assert (yield lambda: client.picture()) == b"\x89PNG\r\n\x1a\n"


def flask_smorest(client: Any) -> Script:
    """Plants: marshmallow schemas, pages, errors by field, a file and text."""
    plant = yield lambda: client.plants.create(name="Oak", height=20.5, kind="tree")
    assert (plant.id, plant.name, plant.height, plant.kind) == (1, "Oak", 20.5, "tree")
    for name in ("Mint", "Sage", "Rue", "Dill"):
        yield partial(client.plants.create, name=name, kind="herb", height=None)
    assert [each.name for each in (yield lambda: client.plants.list(kind="herb", page=2))] == ["Rue", "Dill"]
    assert [each.id for each in (yield lambda: client.plants.list(ids=[1, 3]))] == [1, 3]
    assert (yield lambda: client.plants.retrieve(2)).height is None
    assert (yield lambda: client.plants.update(2, name="Basil")).name == "Basil"
    assert (yield lambda: client.plants.delete(5)) is None
    with pytest.raises(NotFoundError, match="there is no plant 5"):
        yield lambda: client.plants.retrieve(5)
    with pytest.raises(UnprocessableEntityError, match=r"json\.name: Shorter than minimum length 1"):
        yield lambda: client.plants.create(name="")
    photo = yield lambda: client.plants.photo(1, photo=FILE)
    assert (photo.size, photo.name) == (4, "cover.png")
    assert (yield lambda: client.plants.labels.list()) == "Oak\nBasil\nSage\nRue"


def django_ninja(client: Any) -> Script:
    """Trips: a status for each answer, pages with a count, a bearer token, a form with a file."""
    trip = yield lambda: client.trips.create(to="Rome", start=dt.date(2026, 5, 1), seats=2)
    assert (trip.id, trip.start, trip.notes) == (1, dt.date(2026, 5, 1), None)
    with pytest.raises(ConflictError, match="there is such a trip"):
        yield lambda: client.trips.create(to="Rome", start=dt.date(2026, 5, 1))
    yield lambda: client.trips.create(to="Oslo", start="2026-06-01", notes="Coat")
    page = yield lambda: client.trips.list(seats=[1, 2], limit=1)
    assert (page.count, [each.to for each in page.items]) == (2, ["Rome"])
    assert (yield lambda: client.trips.list(to="Oslo")).items[0].notes == "Coat"
    assert (yield lambda: client.trips.retrieve(2)).to == "Oslo"
    with pytest.raises(NotFoundError, match="there is no trip 9"):
        yield lambda: client.trips.retrieve(9)
    assert (yield lambda: client.trips.ticket(1, ticket=FILE, seat=4)) == {
        "name": "cover.png",
        "size": 4,
        "seat": 4,
    }
    assert (yield lambda: client.trips.delete(2)) is None
    with pytest.raises(UnprocessableEntityError, match="start"):
        yield lambda: client.trips.create(to="Rome", start="soon")
    assert (yield lambda: client.users.me()) == {"name": "ada"}
    assert (yield lambda: client.exports.calendar()) == "BEGIN:VCALENDAR\nEND:VCALENDAR\n"


def drf_spectacular(client: Any) -> Script:
    """Songs: split components, choices that may be blank or null, decimals, pages with URLs and a PDF."""
    song = yield lambda: client.songs.create(title="Air", seconds=90, price=Decimal("1.50"), mood="glad")
    assert (song.id, song.seconds, song.price, song.mood) == (1, 90, Decimal("1.50"), "glad")
    song = yield lambda: client.songs.create(title="Rest", seconds=None, mood="")
    assert (song.seconds, song.mood) == (None, "")
    yield lambda: client.songs.create(title="Gigue", mood=None)
    page = yield lambda: client.songs.list(mood=["glad", ""])
    assert (page.count, [each.title for each in page.results]) == (2, ["Air", "Rest"])
    assert [each.title for each in (yield lambda: client.songs.list(page=2)).results] == ["Gigue"]
    assert (yield lambda: client.songs.retrieve(3)).mood is None
    assert (yield lambda: client.songs.update(3, title="Jig")).title == "Jig"
    assert (yield lambda: client.songs.partial_update(3, seconds=5)).seconds == 5
    assert (yield lambda: client.songs.delete(3)) is None
    with pytest.raises(NotFoundError, match="there is no song 3"):
        yield lambda: client.songs.retrieve(3)
    with pytest.raises(BadRequestError, match=r"mood: .loud. is not a valid choice"):
        yield lambda: client.songs.create(title="X", mood="loud")
    assert (yield lambda: client.songs.cover(1, image=FILE)).size == 4
    assert (yield lambda: client.songs.sheet(1)) == b"%PDF-1.7"
    assert "/api/songs/" in (yield lambda: client.openapi_json.retrieve(format="json"))["paths"]


def fastify(client: Any) -> Script:
    """Rooms: schemas named by counters, a default response without a body, text, a form and a key."""
    room = yield lambda: client.rooms.create(name="Blue", beds=2, view=None)
    assert (type(room).__name__, room.id, room.beds, room.view) == ("Room", 1, 2, None)
    for beds in (1, 1, 3):
        yield partial(client.rooms.create, name="Red", beds=beds, view="sea")
    page = yield lambda: client.rooms.list(beds=[1, 3], limit=5)
    assert (page.total, [each.id for each in page.rooms]) == (3, [2, 3])
    assert [each.id for each in (yield lambda: client.rooms.list(offset=3)).rooms] == [4]
    assert (yield lambda: client.rooms.retrieve(1)).name == "Blue"
    assert (yield lambda: client.rooms.delete(4)) is None
    with pytest.raises(NotFoundError, match="there is no room 4"):
        yield lambda: client.rooms.retrieve(4)
    with pytest.raises(BadRequestError, match="must NOT have fewer than 1 characters"):
        yield lambda: client.rooms.create(name="")
    assert (yield lambda: client.status.retrieve()) == {"up": True, "rooms": 3}
    assert (yield lambda: client.motd.retrieve()) == "Sleep well."
    plan = yield lambda: client.plans.create(plan=b"walls", floor=2)
    assert (plan.size, plan.floor) == (5, 2)
    assert (yield lambda: client.secret.retrieve()).word == "swordfish"
    with pytest.raises(AuthenticationError, match="wrong key"):
        yield lambda: client.secret.retrieve.with_options(headers={"x-key": "bad"})()


def hono(client: Any) -> Script:
    """Cars: coerced parameters, a cursor, server-sent events, a form with a file and a bearer token."""
    car = yield lambda: client.cars.create(
        make="Volvo", fuel="petrol", seats=None, sold=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    assert (car.id, car.fuel, car.seats) == (1, "petrol", None)
    for make in ("Fiat", "Seat", "Audi"):
        yield partial(client.cars.create, make=make, fuel="electric")
    page = yield lambda: client.cars.list(fuel="electric", limit=2)
    assert ([each.make for each in page.items], page.next_cursor) == (["Fiat", "Seat"], "3")
    assert [each.make for each in (yield lambda: client.cars.list(cursor="3")).items] == ["Audi"]
    assert (yield lambda: client.cars.retrieve(2)).make == "Fiat"
    with pytest.raises(NotFoundError, match="no such car"):
        yield lambda: client.cars.retrieve(9)
    with pytest.raises(BadRequestError, match="fuel"):
        yield lambda: client.cars.create(make="Saab", fuel="coal")
    assert (yield lambda: client.cars.delete(2)) is None
    assert [each.lap for each in (yield lambda: client.races.list())] == [1, 2, 3]
    photo = yield lambda: client.photos.create(photo=FILE, title="Side")
    assert (photo.name, photo.size, photo.title) == ("cover.png", 4, "Side")
    assert (yield lambda: client.manuals.retrieve()) == "Drive on the right."
    assert (yield lambda: client.users.get_me()).name == "ada"


def elysia(client: Any) -> Script:
    """Notes: three media types for each body, scalars as text, records, wildcards and undeclared answers."""
    note = yield lambda: client.notes.create(text="Buy milk", stars=3)
    assert (note.id, note.text, note.stars) == (1, "Buy milk", 3)
    assert (yield lambda: client.notes.create(text="Sleep", stars=None)).stars is None
    assert [each.id for each in (yield lambda: client.notes.list(word="milk"))] == [1]
    assert (yield lambda: client.notes.retrieve(2)).text == "Sleep"
    with pytest.raises(NotFoundError, match="there is no note 9"):
        yield lambda: client.notes.retrieve(9)
    with pytest.raises(UnprocessableEntityError):
        yield lambda: client.notes.create(text="")
    assert (yield lambda: client.notes.delete(2)) is None
    assert (yield lambda: client.totals.count_notes()) == 1
    assert (yield lambda: client.scores.list()) == {"a": 1.5, "b": 2.0}
    assert (yield lambda: client.about.retrieve()) == {"made": "with Elysia"}
    assert (yield lambda: client.files.retrieve("b.txt")) == "file b.txt"
    stored = yield lambda: client.files.create(file=FILE, note="x")
    assert (stored.size, stored.name, stored.note) == (4, "cover.png", "x")


def nest(client: Any) -> Script:
    """Cats: ids made of controller and method, numbers, undeclared answers and a file."""
    cat = yield lambda: client.cats.create(name="Tom", age=3)
    assert (cat.id, cat.name, cat.age) == (1, "Tom", 3)
    yield lambda: client.cats.create(name="Kit")
    assert [each.name for each in (yield lambda: client.cats.list(name=["Tom", "Kit"]))] == ["Tom", "Kit"]
    assert [each.id for each in (yield lambda: client.cats.list(name=["Kit"]))] == [2]
    assert (yield lambda: client.cats.retrieve(2)).name == "Kit"
    with pytest.raises(NotFoundError, match="there is no cat 9"):
        yield lambda: client.cats.retrieve(9)
    with pytest.raises(BadRequestError, match="name must be longer than or equal to 1 characters"):
        yield lambda: client.cats.create(name="")
    assert (yield lambda: client.cats.update(2, name="Kitty", age=1)).name == "Kitty"
    photo = yield lambda: client.cats.photo(1, photo=FILE)
    assert (photo.name, photo.size) == ("cover.png", 4)
    assert (yield lambda: client.cats.count()) == {"cats": 2}
    assert (yield lambda: client.cats.delete(2)) is None


SCRIPTS: dict[str, Callable[[Any], Script]] = {
    each.__name__.replace("_", "-"): each
    for each in (fastapi, litestar, flask_smorest, django_ninja, drf_spectacular, fastify, hono, elysia, nest)
}
KEYS = {"fastapi": "token-of-ada", "django-ninja": "good", "fastify": "good", "hono": "good"}
"""Key of the servers that require one."""
