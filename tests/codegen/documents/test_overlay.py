"""Overlays: exactly the stated changes, and an action without effect is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.document import Document
from specwire_codegen.documents.json_path import PathError, find
from specwire_codegen.documents.overlay import apply
from specwire_codegen.files.load import load, load_overlay

DOCUMENT = """
openapi: 3.2.0
info: {title: T, version: '1'}
tags:
  - {name: a}
  - {name: b}
  - {name: c}
paths:
  /items:
    get: {tags: [a], description: old}
  /others:
    delete: {tags: [b]}
"""


def applied(tmp_path: Path, actions: str) -> Document:
    """Return the document after an overlay of these actions."""
    source, overlay = tmp_path / "openapi.yaml", tmp_path / "overlay.yaml"
    source.write_text(DOCUMENT)
    overlay.write_text(f"overlay: 1.1.0\ninfo: {{title: o, version: '1'}}\nactions:\n{actions}")
    return apply(load(source), load_overlay(overlay))


@pytest.mark.parametrize(
    ("version", "supported"),
    [
        *((each, True) for each in ("1.0", "1.0.0", "1.0.1", "1.1.0", "1.2.0")),
        *((each, False) for each in ("2.0.0", "1.3.0", "1.10.0", "0.1.0", "1", "x", "1.0.0-rc1", "v1.0.0")),
    ],
)
def test_only_known_versions_of_overlays_are_read(tmp_path: Path, version: str, supported: bool) -> None:
    """The version of an overlay, given as text, is checked when it is read."""
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(f"overlay: {version!r}\ninfo: {{title: o, version: '1'}}\nactions: []\n")
    if supported:
        assert version == load_overlay(overlay).data["overlay"]
        return
    with pytest.raises(DiagnosticError, match=f"unsupported overlay version '{version}'") as raised:
        load_overlay(overlay)
    assert ["overlay-version"] == [each.code for each in raised.value.diagnostics]


def rejections(tmp_path: Path, actions: str) -> list[tuple[str, int | None, str]]:
    """Return code, overlay line and message of each reason why an overlay cannot be applied."""
    with pytest.raises(DiagnosticError) as raised:
        applied(tmp_path, actions)
    found = raised.value.diagnostics
    assert {str(tmp_path / "overlay.yaml")} == {each.location.file for each in found if each.location}
    return [(each.code, each.location.line if each.location else None, each.message) for each in found]


@pytest.mark.parametrize(
    ("actions", "path", "expected"),
    [
        (
            "  - target: $.paths['/items']\n    update: {get: {tags: [x], summary: s}, post: {}}\n",
            ("paths", "/items"),
            {"get": {"tags": ["a", "x"], "description": "old", "summary": "s"}, "post": {}},
        ),
        ("  - target: $.paths.*.get.description\n    update: new\n", ("paths", "/items", "get", "description"), "new"),
        ("  - target: $.paths.*.*.tags\n    update: x\n", ("paths", "/others", "delete", "tags"), ["b", "x"]),
        ("  - target: $.paths.*.*.tags\n    update: [x, y]\n", ("paths", "/others", "delete", "tags"), ["b", "x", "y"]),
        ("  - target: $.tags[?@.name != 'b']\n    remove: true\n", ("tags",), [{"name": "b"}]),
        (
            "  - target: $.paths['/items'].get.tags\n    remove: true\n",
            ("paths", "/items", "get"),
            {"description": "old"},
        ),
        (
            "  - target: $.paths\n    update: {/new: {}}\n"
            "  - target: $.paths['/new']\n    copy: $.paths['/items']\n"
            "  - target: $.paths['/items']\n    remove: true\n",
            ("paths",),
            {"/others": {"delete": {"tags": ["b"]}}, "/new": {"get": {"tags": ["a"], "description": "old"}}},
        ),
    ],
)
def test_actions_follow_the_specification(tmp_path: Path, actions: str, path: tuple[str, ...], expected: Any) -> None:
    """Objects merge, lists grow, primitives are replaced, copies are made, nodes are removed, in order."""
    value: Any = applied(tmp_path, actions).data
    for token in path:
        value = value[token]
    assert expected == value


def test_the_document_itself_is_not_changed(tmp_path: Path) -> None:
    """Applying an overlay returns a new document."""
    source, overlay = tmp_path / "openapi.yaml", tmp_path / "overlay.yaml"
    source.write_text(DOCUMENT)
    overlay.write_text(
        "overlay: 1.0.0\nactions:\n"
        "  - {target: $.info, update: {title: New}}\n"
        "  - {target: '$.tags[0]', remove: true}\n"
    )
    document = load(source)
    changed = apply(document, load_overlay(overlay))
    assert ("T", 3) == (document.data["info"]["title"], len(document.data["tags"]))
    assert ("New", 2) == (changed.data["info"]["title"], len(changed.data["tags"]))


def test_places_follow_what_was_changed(tmp_path: Path) -> None:
    """Values of the overlay are located in the overlay, moved items of a list at their origin."""
    actions = "  - target: $.info\n    update: {summary: s}\n  - target: $.tags[0]\n    remove: true\n"
    actions += "  - target: $.tags\n    update:\n      name: d\n"
    document = applied(tmp_path, actions)
    places = {
        p: document.locate(p) for p in ("/info/summary", "/info/title", "/tags/0/name", "/tags/1", "/tags/2/name")
    }
    overlay, source = "overlay.yaml", "openapi.yaml"
    expected = {
        "/info/summary": (overlay, 5),
        "/info/title": (source, 3),
        "/tags/0/name": (source, 6),
        "/tags/1": (source, 7),
        "/tags/2/name": (overlay, 10),
    }
    assert expected == {pointer: (Path(place.file).name, place.line) for pointer, place in places.items()}


def test_every_invalid_action_is_reported(tmp_path: Path) -> None:
    """Actions without a match, with syntax errors, or of the wrong type have their own lines."""
    actions = """
  - target: $.paths['/none']
    remove: true
  - target: $.paths['/items'].get
    update: text
  - target: $.[
    remove: true
  - target: $.info
  - target: $.info
    updates: {}
  - target: $.tags
    copy: $.tags[*]
  - target: $
    remove: true
  - update: {}
"""
    expected = [
        ("overlay-no-match", 5, "the target \"$.paths['/none']\" matches nothing"),
        (
            "overlay-incompatible",
            8,
            "the value 'text' cannot be merged with an object at #/paths/~1items/get",
        ),
        ("overlay-action", 11, "the action has nothing to do"),
        ("overlay-action", 13, "an action has no field 'updates'"),
        ("overlay-no-match", 15, "'$.tags[*]' matches 3 values; 'copy' needs exactly one"),
        ("overlay-incompatible", 16, "the whole document cannot be removed"),
        ("overlay-action", 18, "an action must be an object with a 'target'"),
    ]
    found = rejections(tmp_path, actions)
    assert ("overlay-path", 9) == found[2][:2]
    assert expected == found[:2] + found[3:]


def test_an_overlay_without_actions_is_an_error(tmp_path: Path) -> None:
    """It would have no effect."""
    assert [("overlay-actions", 3, "the overlay has no list of actions")] == rejections(tmp_path, "")


@pytest.mark.parametrize("between", [("$.tags", "$.tags"), ("$.tags", "$.more")])
def test_repeated_copies_are_bounded(tmp_path: Path, between: tuple[str, str]) -> None:
    """A list that is copied into itself doubles; a too large result is rejected."""
    one, other = between
    start = "  - {target: $, update: {more: [{name: x}]}}\n"
    doubling = f"  - {{target: {one}, copy: {other}}}\n  - {{target: {other}, copy: {one}}}\n"
    found = rejections(tmp_path, start + doubling * 24)
    assert {("too-many-values", "the overlay copies more than 20,000 values")} == {
        (code, text) for code, _, text in found
    }


@pytest.mark.parametrize("function", ["match", "search"])
def test_a_backtracking_pattern_is_stopped(tmp_path: Path, function: str) -> None:
    """After a second, and the message has the pattern."""
    actions = f"  - target: $.tags\n    update: {{name: {'a' * 60}!}}\n"
    actions += f'  - target: $.tags[?{function}(@.name, "(a|aa)+b")]\n    remove: true\n'
    (found,) = rejections(tmp_path, actions)
    assert "overlay-path" == found[0] and "takes too long" in found[2]


@pytest.mark.parametrize(
    ("function", "pattern", "kept"),
    [("match", "a|c", ["b"]), ("search", "b", ["a", "c"]), ("match", "[b-z]", ["a"]), ("search", ".", [])],
)
def test_patterns_select(tmp_path: Path, function: str, pattern: str, kept: list[str]) -> None:
    """`match` applies to the whole text, `search` to a part."""
    data = applied(tmp_path, f"  - target: $.tags[?{function}(@.name, '{pattern}')]\n    remove: true\n").data
    assert kept == [tag["name"] for tag in data["tags"]]


def test_a_path_that_visits_too_many_nodes_is_rejected(tmp_path: Path) -> None:
    """Several descents multiply."""
    many = ", ".join(f"k{number}: 1" for number in range(1100))
    actions = f"  - target: $.info\n    update: {{x-a: {{{many}}}}}\n"
    (found, *_) = rejections(tmp_path, f"{actions}  - target: $.info.*[?$..*[?@.x == 1]]\n    update: {{x-b: 1}}\n")
    assert "overlay-path" == found[0] and "visits more than 1,000,000 values" in found[2]


@pytest.mark.parametrize(
    "path", ["$..*..*..*", "$..*[?$..*[?@.x == 1]]", "$..*..*..*[?@.x == 1]", "$.paths.*[?$..[?@.x == 1]]"]
)
def test_every_visited_node_counts(path: str) -> None:
    """Also those without a match; descents and nested filters multiply them."""
    data = {"info": {"title": "a"}, "paths": {"/a": {"get": {}, "put": {}}}, "tags": [{"name": "a"}, {"name": "b"}]}
    with pytest.raises(PathError, match="visits more than 20 values"):
        find(path, data, max_nodes=20)
    assert isinstance(find(path, data), list)


def test_updates_of_many_targets_are_bounded(tmp_path: Path) -> None:
    """A large value for many targets is rejected before it is inserted."""
    more = ", ".join(f"k{number}: {{}}" for number in range(1000))
    large = ", ".join(f"v{number}: {number}" for number in range(1000))
    actions = f"  - {{target: $, update: {{more: {{{more}}}}}}}\n  - {{target: $.more.*, update: {{{large}}}}}\n"
    ((code, _, message),) = rejections(tmp_path, actions)
    assert ("too-many-values", "the overlay adds more than 500,000 values") == (code, message)


@pytest.mark.parametrize(
    ("version", "actions", "path", "expected"),
    [
        ("1.0.0", "{target: $, update: {license: MIT, info: {title: N}}}", ("info",), {"title": "N", "version": "1"}),
        ("1.0.0", "{target: $.servers, update: {url: b}}", ("servers",), [{"url": "a"}, {"url": "b"}]),
        ("1.0.0", "{target: '$.servers[0]', remove: true}", ("servers",), []),
        ("1.0.0", "{target: $.info.title, update: {x: 1}, remove: true}", ("info",), {"version": "1"}),
        ("1.1.0", "{target: $.info.title, copy: $.info, remove: true}", ("info",), {"version": "1"}),
        (
            "1.0.0",
            "{target: \"$.paths.*.get.responses[?@['x-hidden'] == true]\", remove: true}",
            ("paths", "/a", "get", "responses"),
            {"200": {"description": "ok"}},
        ),
        (
            "1.0.0",
            "{target: '$.paths.*[?@.operationId]', update: {tags: [x]}}",
            ("paths", "/a", "put"),
            {"operationId": "put", "tags": ["x"]},
        ),
        ("1.2.0", "{target: $.info, $ref: '#/components/actions/renamed~1twice'}", ("info", "title"), "R"),
        (
            "1.2",
            "{target: $.info.title, $ref: '#/components/actions/gone'}",
            ("info",),
            {"version": "1"},
        ),
    ],
)
def test_shapes_of_the_compliance_sets(
    tmp_path: Path, version: str, actions: str, path: tuple[str, ...], expected: Any
) -> None:
    """Removal takes precedence, a list takes one item, a filter selects, and actions may be reused."""
    source, overlay = tmp_path / "openapi.yaml", tmp_path / "overlay.yaml"
    source.write_text(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\nservers: [{url: a}]\npaths:\n  /a:\n"
        "    get: {responses: {'200': {description: ok}, '400': {description: no, x-hidden: true}}}\n"
        "    put: {operationId: put}\n"
    )
    overlay.write_text(
        f"overlay: {version}\n$self: https://a.test/o.yaml\ninfo: {{title: o, version: '1'}}\nactions: [{actions}]\n"
        "components: {actions: {renamed/twice: {fields: {update: {title: R}}}, gone: {fields: {remove: true}}}}\n"
    )
    value: Any = apply(load(source), load_overlay(overlay)).data
    for token in path:
        value = value[token]
    assert expected == value


def test_a_target_without_a_match_is_a_warning(tmp_path: Path) -> None:
    """The other actions are applied, as the specification demands; `--strict` refuses it."""
    document = applied(tmp_path, "  - {target: $.none, remove: true}\n  - {target: $.info, update: {title: N}}\n")
    assert "N" == document.data["info"]["title"]
    (found,) = document.findings
    assert ("warning", "overlay-no-match", 4) == (found.severity, found.code, found.location and found.location.line)


@pytest.mark.parametrize("ref", ["#/components/actions/none", "#/info", "other.yaml#/a", "5"])
def test_a_reusable_action_must_exist(tmp_path: Path, ref: str) -> None:
    """A reference leads to an action of the same overlay."""
    found = rejections(tmp_path, f"  - {{target: $.info, $ref: '{ref}'}}\n")
    assert [("overlay-action", 4, f"{ref!r} is not a reusable action")] == found
