"""Loading: every mistake of a text has a place and a message, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.documents.parse import parse
from specwire_codegen.files.access import Access, access
from specwire_codegen.files.load import load, load_overlay
from specwire_codegen.normalize import normalize
from specwire_codegen.openapi import pointer as pointers

MINIMAL = "openapi: 3.2.0\ninfo: {title: T, version: '1'}\npaths: {}\n"


def written(folder: Path, text: str | bytes, name: str = "openapi.yaml") -> Path:
    """Write a document and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def findings(path: Path | str, allowed: Access | None = None) -> list[tuple[str, int | None, str]]:
    """Return code, line and message of each reason why a document cannot be loaded."""
    with pytest.raises(DiagnosticError) as raised:
        normalize(load(path, allowed))
    found = raised.value.diagnostics
    return [(each.code, each.location.line if each.location else None, each.message) for each in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("2024-01-31", "2024-01-31"),
        ("0123", "0123"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("12", 12),
        ("-1.5", -1.5),
        ("0x1F", 31),
        ("true", True),
        ("~", None),
        ("''", ""),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    """Only JSON's literals are other types than strings."""
    data, _ = parse(f"a: {text}".encode(), "x.yaml")
    assert {"a": value} == data


def test_status_codes_become_strings() -> None:
    """Keys are strings as written."""
    data, _ = parse(b"200: a\ntrue: b\n1.0: c\nnull: d\n", "x.yaml")
    assert {"200": "a", "true": "b", "1.0": "c", "null": "d"} == data


def test_merge_keys_are_followed() -> None:
    """A YAML merge key adds the keys that the mapping lacks."""
    data, source = parse(b"a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n", "x.yaml")
    assert {"x": 1, "y": 3} == data["b"]
    assert (1, 8) == (source.locate("/b/x").line, source.locate("/b/x").column)


@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_places_are_found_in_yaml_and_json(name: str) -> None:
    """A member is located at its key, an element at its value, a missing one at its nearest ancestor."""
    text = '{\n  "a": {\n    "b/c": [10,\n      20]\n  }\n}\n'
    _, source = parse(text.encode(), name)
    places = {pointer: source.locate(pointer) for pointer in ("", "/a", "/a/b~1c", "/a/b~1c/1", "/a/b~1c/7", "/a/z/y")}
    expected = {"": (1, 1), "/a": (2, 3), "/a/b~1c": (3, 5), "/a/b~1c/1": (4, 7), "/a/b~1c/7": (3, 5), "/a/z/y": (2, 3)}
    assert expected == {pointer: (place.line, place.column) for pointer, place in places.items()}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_are_detected(tmp_path: Path, encoding: str) -> None:
    """UTF-8 needs no byte order mark, UTF-16 does."""
    path = written(tmp_path, MINIMAL.replace("T", "Größe").encode(encoding))
    assert "Größe" == load(path).data["info"]["title"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("duplicate-key", 3, "the key 'a' is defined twice; first on line 1")),
        ('{"a": 1,\n "a": 2}', ("duplicate-key", 2, "the key 'a' is defined twice; first on line 1")),
        ("a: [1\n", ("broken-yaml", 2, "while parsing a flow sequence did not find expected ',' or ']'")),
        (
            "a:\n\t- 1\n",
            ("broken-yaml", 2, "while scanning for the next token found character that cannot start any token"),
        ),
        ("a: *b\n", ("unknown-alias", 1, "the alias '*b' has no anchor '&b' before it")),
        ("a: &a [*a]\n", ("recursive-alias", 1, "'*a' is inside '&a'")),
        ("a: !Ref b\n", ("unknown-tag", 1, "the tag '!Ref' has no meaning in an OpenAPI document")),
        ("a: 1\n---\nb: 2\n", ("several-documents", 2, "a second YAML document starts here")),
        ("[a]: 1\n", ("complex-key", 1, "a key must be a scalar")),
        ("- a\n", ("not-an-object", 1, "the document holds a list, not an object")),
        ("just text", ("not-an-object", 1, "the document holds a string, not an object")),
        ("info: {}\n", ("no-version", 1, "the document has no 'openapi' key")),
        ("openapi: 4.0.0\n", ("unsupported-version", 1, "openapi version '4.0.0' is not supported")),
        ("a: 1\nopenapi: 2\n", ("unsupported-version", 2, "openapi version 2 is not supported")),
        ("  \n", ("empty-file", None, "the file is empty")),
        (b"a: \xff\n", ("not-utf8", 1, "byte 3 is not UTF-8")),
        ("[" * 300, ("too-deep", 1, "values are nested deeper than 200 levels")),
        (" {a: NaN\n}", ("no-version", 1, "the document has no 'openapi' key")),
    ],
)
def test_every_syntax_error_has_code_line_and_message(
    tmp_path: Path, text: str | bytes, expected: tuple[str, int | None, str]
) -> None:
    """Every mistake of a text has a code, a line and a message that a person understands."""
    assert [expected] == findings(written(tmp_path, text))


def test_a_broken_json_file_is_reported_as_json(tmp_path: Path) -> None:
    """Even if it might be YAML."""
    path = written(tmp_path, '{"a": 1,\n "b": }', "x.json")
    assert [("broken-json", 2, "Expecting value")] == findings(path)
    path = written(tmp_path, '{"a": NaN}', "y.json")
    assert [("not-json", None, "NaN is not a JSON number")] == findings(path)
    path = written(tmp_path, '{"a": "\\ud800"}', "z.json")
    assert [("broken-json", None, "a string has an incomplete surrogate pair")] == findings(path)


def test_alias_bombs_are_rejected(tmp_path: Path) -> None:
    """Aliases cannot expand a small text to a huge document."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 8)]
    found = findings(written(tmp_path, "\n".join(lines)))
    assert [("too-many-values", 5, "aliases expand the document by more than 20,000 values")] == found


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    """A missing file, a folder and a device have their own errors."""
    assert [("no-such-file", None, "the file does not exist")] == findings(tmp_path / "missing.yaml")
    assert [("is-a-directory", None, "this is a directory, not a document")] == findings(tmp_path)
    assert [("not-a-file", None, "this is not a regular file")] == findings("/dev/null")
    assert "not-readable" == findings("a\0b")[0][0]


def test_remote_documents_are_fetched_only_with_permission() -> None:
    """Other schemes than http and https are rejected."""
    address = "https://example.invalid/openapi.yaml"
    expected = [("remote-not-allowed", None, "remote documents are not fetched by default")]
    assert expected == findings(address)
    found = findings("ftp://example.invalid/openapi.yaml", access(hosts=["example.invalid"]))
    assert [("unknown-scheme", None, "only http and https URLs can be fetched")] == found


def test_a_file_url_is_a_path(tmp_path: Path) -> None:
    """It names a file of this machine."""
    assert "T" == load(written(tmp_path, MINIMAL).as_uri()).data["info"]["title"]


def test_addresses_are_shown_without_secrets() -> None:
    """No message has user, password or query of an address."""
    with pytest.raises(DiagnosticError) as raised:
        load("https://me:secret@example.invalid/openapi.yaml?token=secret")
    assert "https://example.invalid/openapi.yaml" in str(raised.value)
    assert "secret" not in str(raised.value)


@given(st.binary(max_size=60), st.sampled_from(["x.yaml", "x.json"]))
def test_any_bytes_give_a_value_or_a_diagnostic(raw: bytes, name: str) -> None:
    """For any text."""
    try:
        parse(raw, name)
    except DiagnosticError as problem:
        assert str(problem).startswith("error[")


def test_the_file_is_named_as_the_user_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places have the given path, not a resolved one."""
    written(tmp_path, MINIMAL)
    monkeypatch.chdir(tmp_path)
    assert "openapi.yaml:2:8" == str(load("openapi.yaml").locate("/info/title"))


def test_an_overlay_is_not_a_document(tmp_path: Path) -> None:
    """Overlays load as overlays only, with an explanation otherwise."""
    path = written(tmp_path, "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: []\n")
    assert "1.0.0" == load_overlay(path).data["overlay"]
    with pytest.raises(DiagnosticError, match="this is an overlay"):
        load(path)
    with pytest.raises(DiagnosticError, match="has no 'overlay' version"):
        load_overlay(written(tmp_path, MINIMAL, "a.yaml"))


REFERRING = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /pets: {$ref: 'paths/pets.yaml'}
components:
  schemas:
    Pet: {type: string}
"""
PETS = """
get:
  responses:
    200:
      description: ok
      content:
        application/json:
          schema: {$ref: '../common.yaml#/components/schemas/Pet'}
"""
COMMON = """
components:
  schemas:
    Pet:
      type: object
      properties:
        owner: {$ref: '#/components/schemas/Owner'}
        root: {$ref: 'openapi.yaml#/components/schemas/Pet'}
    Owner: {type: object, properties: {name: {type: strin}}}
"""


def test_other_files_are_bundled_under_free_names(tmp_path: Path) -> None:
    """References to other files become components with names that the document does not use."""
    written(tmp_path, PETS, "paths/pets.yaml")
    written(tmp_path, COMMON, "common.yaml")
    document = load(written(tmp_path, REFERRING))
    schemas = document.data["components"]["schemas"]
    assert ["Pet", "common_Pet", "Owner"] == list(schemas)
    expected = {
        "owner": {"$ref": "#/components/schemas/Owner"},
        "root": {"$ref": "#/components/schemas/Pet"},
    }
    assert expected == schemas["common_Pet"]["properties"]
    response = document.data["paths"]["/pets"]["get"]["responses"]["200"]
    assert {"$ref": "#/components/schemas/common_Pet"} == response["content"]["application/json"]["schema"]
    assert str(tmp_path / "paths/pets.yaml") == document.locate("/paths/~1pets/get/responses").file
    place = document.locate("/components/schemas/Owner/properties/name/type")
    assert (str(tmp_path / "common.yaml"), 9) == (place.file, place.line)


def test_unresolved_references_are_reported_together(tmp_path: Path) -> None:
    """All that a call needs, with their places."""
    used = "get: {operationId: getA, responses: {'200': {description: A., content: {application/json: {schema: {$ref: "
    text = REFERRING.replace(
        "components:",
        "".join(
            f"  /{name}: {{{used.replace('getA', f'get{name}')}'#/components/schemas/{name}'}}}}}}}}}}}}}}\n"
            for name in "ABC"
        )
        + "components:",
    )
    text += "    A: {$ref: 'missing.yaml'}\n    B: {$ref: '/etc/passwd'}\n    C: {$ref: 'https://h.invalid/x'}\n"
    text += "    Unused: {$ref: 'missing-too.yaml'}\n"
    written(tmp_path, PETS.replace("Pet'", "Nothing'"), "paths/pets.yaml")
    written(tmp_path, COMMON, "common.yaml")
    found = sorted(findings(written(tmp_path, text)), key=lambda each: each[2])
    tried = tmp_path / "missing.yaml"
    rule = "leads out of the folder of the document, its repository and the working directory"
    why = "is remote, and remote documents are not fetched by default; treated as any value"
    assert [
        ("unresolved-ref", 8, "'../common.yaml#/components/schemas/Nothing' does not exist"),
        ("ref-not-allowed", 13, f"'/etc/passwd' {rule}"),
        ("ref-not-allowed", 14, f"'https://h.invalid/x' {why}"),
        ("unresolved-ref", 12, f"'missing.yaml' cannot be followed: the file {tried} does not exist"),
    ] == found


@given(st.lists(st.text(max_size=5), max_size=4))
def test_pointers_round_trip(tokens: list[str]) -> None:
    """Any tokens survive."""
    assert tuple(tokens) == pointers.split(pointers.join("", *tokens))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text().filter(lambda key: not key.startswith("x-\0")), each),
    )
)
def test_json_values_survive_loading(value: object) -> None:
    """JSON is loaded unchanged, except for rejected keys."""
    text = json.dumps({"value": value}, ensure_ascii=True)
    assert {"value": value} == parse(text.encode(), "x.json")[0]


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  b: 1\n\t\n  c: 2\n",
        "a:\n  b: 1\n  \t  \n  c: 2\n",
        "a:\n  b: 1\n\t# x\n  c: 2\n",
        "a:\n  b: 1\n  \t# x\n  c: 2\n",
        "a:\r\n  b: 1\r\n\t\r\n  c: 2\r\n\t\r\n",
        "\t\n\t# x\na: {b: 1, c: 2}\n\t",
    ],
)
def test_tabs_on_blank_lines_are_accepted(text: str) -> None:
    """Also before a comment."""
    assert {"a": {"b": 1, "c": 2}} == parse(text.encode(), "x.yaml")[0]


def test_tabs_of_a_text_are_kept() -> None:
    """A tab in a text is kept; one in an indent is an error."""
    assert {"a": "x\n\t# y\n", "b": 1} == parse(b"a: |\n  x\n  \t# y\nb: 1\n", "x.yaml")[0]
    with pytest.raises(DiagnosticError, match="replace the tab"):
        parse(b"a:\n  b: 1\n\t\nc:\n\td: 1\n", "x.yaml")


@pytest.mark.parametrize("tag", ["!include", "!ref", "!Import"])
def test_a_tag_that_includes_a_file_has_advice(tag: str) -> None:
    """Write a reference instead of another tool's tag."""
    with pytest.raises(DiagnosticError, match=r"write `\$ref: Pet\.yaml`"):
        parse(f"a: {tag} Pet.yaml\n".encode(), "x.yaml")
