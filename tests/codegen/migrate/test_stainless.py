"""`specwire new --from stainless.yml`: what each key of the configuration becomes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from specwire_codegen.diagnostics import DiagnosticError, SpecwireCodegenError
from specwire_codegen.documents.yaml_text import YamlReader
from specwire_codegen.ir import Cursor, EventStream, ObjectModel, Offset, PageNumber, Style

from tests.codegen.migrate.migrating import DOCUMENT, HERE, Migrated, migrated
from tests.sampling import sampled
from tests.support.command_line import Specwire, specwire

__all__ = ["specwire"]

CONFIG = HERE / "stainless.yml"
START = "resources: {tanks: {methods: {list: get /v1/tanks}}}\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """The configuration of the aquarium, which has every kind of key."""
    return migrated(CONFIG, tmp_path_factory.mktemp("aquarium"))


def test_everything_is_carried_over(whole: Migrated) -> None:
    """Nothing is left for the reader."""
    assert [] == whole.left


def test_resources_become_methods(whole: Migrated) -> None:
    """Shorthand and object form, subresources, the client itself, aliases, and parts for other languages."""
    assert whole.methods == {
        "GET /v1/health": ["health"],
        "POST /v1/tanks": ["tanks.create"],
        "GET /v1/tanks": ["tanks.list"],
        "GET /v1/tanks/{tank_id}": ["tanks.retrieve", "tanks.get"],
        "DELETE /v1/tanks/{tank_id}": ["tanks.delete", "tanks.drain_fast"],
        "GET /v1/tanks/{tank_id}/fish": ["tanks.fish.list"],
        "GET /v1/shoals": ["tanks.shoals.list"],
        "GET /v1/feeds": ["tanks.feeds.list"],
        "POST /v1/watch": ["tanks.watch.create", "tanks.watch.create_stream"],
    }


def test_other_operations_are_omitted(whole: Migrated) -> None:
    """Those that the configuration leaves unspecified, and those that it does not name."""
    omitted = {route for route, names in whole.client["operations"].items() if names is False}
    assert {"POST /v1/internal", "GET /v1/other"} == omitted


def test_models_become_class_names(whole: Migrated) -> None:
    """Components by name or reference; a schema inside another gets its name as a title."""
    assert {"TankV2": "Tank"} == whole.client["models"]
    assert {"Tank", "TankSize", "Fish", "SightEvent"} <= {model.name for model in whole.api.models}


def test_the_client_is_named_after_the_organization(whole: Migrated) -> None:
    """In the spelling of the configuration; variables have its prefix."""
    wanted = {"class": "SeaAI", "key": "SEA_KEY", "base_url": "SEA_AI_BASE_URL"}
    assert wanted == whole.client["client"]
    assert {"tank_v2": "TankV2", "sea": "Sea"} == whole.client["casing"]


def test_pages_follow_their_schemes(whole: Migrated) -> None:
    """A list has the scheme that its parameters and its response fit."""
    pages = {".".join(one.method): one.pagination for one in whole.api.operations if one.pagination is not None}
    assert {"tanks.list", "tanks.fish.list", "tanks.shoals.list", "tanks.feeds.list"} == pages.keys()
    match [pages[f"tanks.{name}list"] for name in ("", "fish.", "shoals.", "feeds.")]:
        case [Cursor() as cursor, PageNumber() as number, Cursor() as last, Offset() as offset]:
            assert (cursor.cursor, cursor.next, cursor.more) == ("after", ("last_id",), ("has_more",))
            assert (number.first, number.size, number.pages) == (0, "page_size", ("meta", "pages"))
            assert (last.next, last.last) == (None, ("name",))
            assert (offset.size, offset.total) == ("take", ("total",))
        case others:
            pytest.fail(f"{others}")


def test_nothing_else_is_inferred(whole: Migrated) -> None:
    """The configuration is all that counts."""
    assert {"streams": False, "pages": False, "waits": False, "downloads": False} == whole.client["infer"]


def test_streams_have_their_events(whole: Migrated) -> None:
    """With the switch, the end of the stream and the errors."""
    (stream,) = (one for one in whole.api.operations if isinstance(one.payload, EventStream))
    assert "SightEvent" in str(stream.payload) and "[DONE]" in str(stream.payload) and "error" in str(stream.payload)
    (stated,) = (each["update"]["content"] for each in whole.actions if "content" in each.get("update", {}))
    switch = {"field": "stream", "value": True}
    assert switch == stated["text/event-stream"]["x-specwire-stream"]["switch"]


def test_the_client_is_called_like_the_published_one(whole: Migrated) -> None:
    """Arguments with their variables, classes by their modules, names of pages."""
    assert whole.client["compat"] == {
        "style": "stainless",
        "timeout": 20,
        "headers_env": "SEA_AI_CUSTOM_HEADERS",
        "arguments": {
            "api_key": {"scheme": "Key", "env": "SEA_KEY", "required": False},
            "site": {"header": "X-Site", "env": "SEA_SITE", "required": False},
        },
        "types": {"shared.Fish": "Fish", "Tank": "TankV2", "TankSize": "TankSize", "SightEvent": "SightEvent"},
        "pages": {
            "tanks": "ByCursor",
            "fish": "ByPage",
            "shoals": "ByItem",
            "feeds": "ByOffset",
        },
    }
    assert whole.api.retry is not None and "Idempotency-Key" == whole.api.retry.idempotency_header


def test_the_document_is_corrected_by_the_overlay(whole: Migrated) -> None:
    """Transforms, servers, security, and the form of queries."""
    tank = next(one for one in whole.api.models if isinstance(one, ObjectModel) and one.name == "NewTank")
    assert [("volume", "int")] == [(one.name, getattr(one.type, "name", "")) for one in tank.fields]
    assert any(one.name == "Fish" and "age" in str(one) for one in whole.api.models)
    listing = next(one for one in whole.api.operations if one.method == ("tanks", "list"))
    forms = {each.wire_name: each.style for each in listing.parameters}
    assert (Style("form", False), Style("deepObject", True)) == (forms["kinds"], forms["filter"])
    assert "https://api.aquarium.test" == whole.api.base_url
    assert whole.api.security is not None and "x-key" in str(whole.api.security) and not whole.api.security.required


def test_examples_reach_the_document(whole: Migrated) -> None:
    """The arguments of the first calls are examples of the body."""
    assert any(action.get("update") == {"example": {"volume": 12}} for action in whole.actions)


def test_deprecated_methods_are_marked(whole: Migrated) -> None:
    """If all methods of an operation are deprecated."""
    assert ["tanks.delete"] == [".".join(one.method) for one in whole.api.operations if one.deprecated]


def test_the_files_are_the_same_again(whole: Migrated, tmp_path: Path) -> None:
    """Byte for byte."""
    again = migrated(CONFIG, tmp_path)
    for name in ("client.toml", "overlay.yaml"):
        first, second = (each.root / "specs/sea" / name for each in (whole, again))
        assert first.read_bytes() == second.read_bytes()


def test_a_provider_is_not_replaced(tmp_path: Path) -> None:
    """Its files may have been edited."""
    migrated(START, tmp_path)
    with pytest.raises(SpecwireCodegenError, match="already exists"):
        migrated(START, tmp_path)


LEFT = [
    ("resources: {a: {methods: {list: get /v1/none}}}", "1:27: a.list is left out", "did you mean"),
    ("resources: {a: {methods: {x: {type: webhook_unwrap}}}}", "methods of the type 'webhook_unwrap'", "by hand"),
    ("resources: {a: {models: {x: Tank}}}", "the document has no schema 'Tank'", "[models]"),
    (
        "resources: {a: {methods: {x: {endpoint: get /v1/tanks, paginted: false}}}}",
        "'paginted' is unknown",
        "'paginated'",
    ),
    (
        "resources: {a: {methods: {x: {endpoint: get /v1/tanks, unwrap_response: rows}}}}",
        "the response has no field to unwrap",
        "unwrap_response",
    ),
    (
        "resources: {a: {methods: {x: {endpoint: get /v1/tanks, positional_params: [rows]}}}}",
        "the operation has no argument 'rows'",
        "names of the document",
    ),
    (
        "resources: {a: {methods: {w: {endpoint: post /v1/watch, body_param_name: x, "
        "streaming: {param_discriminator: stream}}}}}",
        "the body of a stream is not one argument",
        "pass its fields",
    ),
    (f"{START}resorces: {{}}", "2:1: the key 'resorces' is unknown", "did you mean 'resources'?"),
    (f"{START}errors: {{message_property: m}}", "2:1: errors is not carried over", "compare them"),
    (
        f"{START}openapi: {{transforms: [{{command: update, args: {{target: $.nowhere, value: 1}}}}]}}",
        "the path '$.nowhere' matches nothing",
        "ignore this if",
    ),
    (
        f"{START}openapi: {{transforms: [{{command: shuffle, args: {{target: $.info}}}}]}}",
        "the command 'shuffle' is unknown",
        "overlay.yaml",
    ),
    (
        f"{START}openapi: {{transforms: [{{command: remove, args: {{target: '$.paths[?(@property == 1)]'}}}}]}}",
        "'@property' is not supported",
        "overlay.yaml",
    ),
    (
        f"{START}client_settings: {{default_timeout: soon}}",
        "the timeout 'soon' is not carried over",
        "timeout= to the client",
    ),
    (
        f"{START}client_settings: {{default_retries: {{max_delay_seconds: 3}}}}",
        "max_delay_seconds of default_retries is not carried over",
        "max_retries= to the client",
    ),
    (
        f"{START}client_settings: {{opts: {{timeout: {{type: string, send_in_header: X-T}}}}}}",
        "timeout is an argument of every client",
        "default_headers",
    ),
    (
        "resources: {a: {methods: {x: {type: alias, to: y}, y: {type: alias, to: x}}}}",
        "the alias leads to",
        "name a method",
    ),
    (
        f"{START}client_settings: {{default_headers: {{x: [1]}}}}",
        "the header x is not carried over",
        "default_headers= to the client",
    ),
    (
        f"{START}client_settings: {{opts: {{key: {{type: string, auth: {{security_scheme: Lost}}}}}}}}",
        "the document has no security scheme 'Lost'",
        "headers= to the client",
    ),
    (
        f"{START}client_settings: {{opts: {{site: {{type: string, send_as_path_param: site}}}}}}",
        "site is not an argument of the client",
        "where you call the methods",
    ),
    (
        f"{START}streaming: {{on_event: [{{event_type: [fault], handle: error}}]}}",
        "events fault are not raised",
        "check their type",
    ),
    (
        "resources: {a: {methods: {list: {endpoint: get /v1/tanks, paginated: by_magic}}}}",
        "there is no pagination scheme 'by_magic'",
        "x-specwire-pagination",
    ),
    (
        "resources: {a: {methods: {w: {endpoint: post /v1/watch, streaming: {param_discriminator: live}}}}}",
        "the operation has no field 'live'",
        "overlay.yaml",
    ),
    (f"{START}query_settings: {{array_format: indices}}", "array_format 'indices'", "by hand"),
    (f"{START}unspecified_endpoints: [get /v2]", "the document has no operation 'get /v2'", "ignore this if"),
]


@pytest.mark.parametrize(("config", "message", "help"), LEFT, ids=lambda each: each[:40])
def test_what_is_not_carried_over_has_a_place_and_a_help(config: str, message: str, help: str, tmp_path: Path) -> None:
    """The rest of the configuration is carried over."""
    left = migrated(config, tmp_path).left
    assert any(message in each and help in each and "stainless.yml:" in each for each in left), left


WRONG = [
    ("resources: []", "error[bad-config] stainless.yml:1:1: resources must be an object, got a list"),
    ("resources: {a: {methods: {list: 7}}}", "list must be a string, got a number"),
    ("resources: {a: {methods: {list: {}}}}", "the method list has no endpoint"),
    (f"{START}pagination: [{{name: x, type: magic}}]", "the type 'magic' of x is not a kind of pagination"),
    (
        f"{START}client_settings: {{opts: {{key: {{read_env: 'A-B'}}}}}}",
        "'A-B' is not a name for an environment variable",
    ),
    (f"{START}environments: {{production: 7}}", "production must be a string, got a number"),
    ("organization: {name: x}", "the configuration has no resources"),
    ("a: &a [*a]\nresources: {}", "is inside"),
    ("- resources", "the configuration is not an object"),
    ("openapi: 3.1.0", "error[unknown-config] stainless.yml:1:1: this is a document"),
    ("services: {}", "not a configuration of a known generator"),
]


@pytest.mark.parametrize(("config", "message"), WRONG, ids=lambda each: each[:40])
def test_a_wrong_configuration_is_refused(config: str, message: str, tmp_path: Path) -> None:
    """With its place; nothing is written."""
    with pytest.raises(DiagnosticError, match="stainless.yml:1|stainless.yml:2") as raised:
        migrated(config, tmp_path)
    assert message in str(raised.value).replace(f"{tmp_path}/", "")
    assert not (tmp_path / "specs").exists()


def test_the_command_reports_what_it_leaves(
    specwire: Specwire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, and the files that it writes on stdout."""
    monkeypatch.chdir(tmp_path)
    Path("stainless.yml").write_text("resources: {a: {methods: {list: get /v1/none}}}")
    code, out, err = specwire("new", "sea", "--spec", str(DOCUMENT), "--from", "stainless.yml")
    assert 0 == code and "wrote specs/sea/client.toml" in out
    assert "warning[config-not-carried] stainless.yml:1:27" in err
    code, _, err = specwire("new", "sky", "--spec", str(DOCUMENT), "--from", "nowhere.yml")
    assert 1 == code and "nowhere.yml" in err


def test_names_that_a_client_needs_are_renamed(tmp_path: Path) -> None:
    """And those that two methods, or a method and a resource, would share."""
    found = migrated(
        """
resources:
  $client: {methods: {close: get /v1/health, tanks: get /v1/other}}
  tanks:
    methods: {list: get /v1/tanks, "L i s t": get /v1/feeds, import: get /v1/shoals}
    models: {any: Fish, tank: TankV2}
  endpoint: {methods: {list: get /v1/tanks}}
""",
        tmp_path,
    )
    names = {route: several for route, several in found.client["operations"].items() if several is not False}
    assert names == {
        "GET /v1/health": "close_",
        "GET /v1/other": "tanks_",
        "GET /v1/tanks": ["tanks.list", "endpoint_.list"],
        "GET /v1/feeds": "tanks.l_i_s_t",
        "GET /v1/shoals": "tanks.import_",
    }
    assert 3 == len([each for each in found.left if "the client needs the name" in each])
    assert {"Fish": "TanksAny", "TankV2": "Tank"} == found.client["models"]
    assert found.api.operations


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value in a configuration."""
    yield at
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from places(each, (*at, key))


WHOLE: Any = YamlReader("stainless.yml").read(CONFIG.read_text("utf-8"))[0]
OTHERS: list[Any] = [None, True, 7, 1.5, "", "x", "$", "#/components", [], ["x"], [[]], {}, {"x": {}}, "\x00'\"\n]]>"]
CASES = [(place, value) for place in places(WHOLE) if place for value in OTHERS]


@pytest.mark.parametrize(("place", "value"), sampled(CASES, 30))
def test_any_value_in_any_place_ends_in_files_or_errors(
    place: tuple[str | int, ...], value: Any, tmp_path: Path
) -> None:
    """A configuration is hostile input: no exception but ours, and files that can be read."""
    config = copy.deepcopy(WHOLE)
    holder = config
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    try:
        found = migrated(yaml.safe_dump(config), tmp_path)
    except SpecwireCodegenError as problem:
        assert str(problem)
    else:
        assert found.api.operations
