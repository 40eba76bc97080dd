"""Hostile documents: each is rejected with a message, or becomes data in a harmless client."""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from specwire import WireModel
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.generate import build
from specwire_codegen.openapi.identifiers import RESERVED_CLIENTS
from specwire_codegen.project import single
from specwire_codegen.python_source import clean, same_words

from tests.codegen.hostile.document import (
    BASE,
    CANARY,
    HALF,
    POSITIONS,
    RUN,
    TEXTS,
    VALUES,
    Position,
    is_harmless,
    is_named,
    is_prose,
    is_safe_path,
    rendered,
    replaced,
    shape,
    with_values,
    written,
)
from tests.codegen.hostile.vocabulary import vocabulary
from tests.sampling import sampled

PROSE = tuple(position for position in POSITIONS if is_prose(position))
OTHERS = tuple(position for position in POSITIONS if position not in PROSE and is_named(position))
"""Strings of authors, without prose and without keywords of OpenAPI."""
HOSTILE = (*TEXTS, *vocabulary())


def keys_of(value: Any) -> set[str]:
    """Return the keys of a document, at any depth."""
    match value:
        case dict():
            return {*value, *(key for each in value.values() for key in keys_of(each))}
        case list():
            return {key for each in value for key in keys_of(each)}
        case _:
            return set()


KEYS = keys_of(BASE)
SEEN = tuple(
    text for text in HOSTILE if clean(text) and len(text) < 1000 and not any(same_words(text, key) for key in KEYS)
)
"""Texts that prose does not drop, and that do not repeat the name of what they describe."""
TURNS = 64
TEXTS_PER_TURN = 4


@pytest.mark.parametrize("turn", sampled(range(TURNS), 3))
def test_a_hostile_name_or_value_is_data(turn: int, tmp_path: Path) -> None:
    """With any text as a name or value, the client passes the audit.

    Over all turns each position has its turn, and each text several positions.
    """
    for number, position in list(enumerate(OTHERS))[turn::TURNS]:
        for more in range(TEXTS_PER_TURN):
            text = HOSTILE[(number * 97 + more * 191 + turn) % len(HOSTILE)]
            assert is_harmless(rendered(written(tmp_path, replaced(BASE, position, text)))), (position, text)


@pytest.mark.parametrize("turn", sampled(range(TURNS), 3))
def test_hostile_values_change_constants_only(turn: int, tmp_path: Path) -> None:
    """Hostile texts and the generator's own words in all values give the same syntax as harmless words.

    Over all turns each value has each text once.
    """
    twin = rendered(written(tmp_path, with_values(f"word{number}" for number in range(len(VALUES)))))
    assert isinstance(twin, dict)
    for turned in range(turn, len(SEEN), TURNS):
        texts = [SEEN[(number + turned) % len(SEEN)] for number in range(len(VALUES))]
        found = rendered(written(tmp_path, with_values(texts)))
        assert isinstance(found, dict)
        assert is_harmless(found)
        assert shape(found) == shape(twin)


def test_the_generator_s_words_are_collected() -> None:
    """The vocabulary has the slots of the classes, names in templates, prefixes and reserved words."""
    wanted = {
        "C",
        "T0",
        "f0",
        "f1",
        "class_name",
        "tag_value",
        "doc",
        "_field",
        "_Union",
        "models.",
        "inputs.",
    }
    assert wanted | {"UNSET", "x-specwire-additional-properties", "Unset", "kw_only"} <= set(vocabulary())


@pytest.mark.parametrize("text", sampled(TEXTS, 8))
def test_hostile_prose_is_a_docstring(text: str, tmp_path: Path) -> None:
    """Titles, summaries and descriptions never end a docstring early."""
    document = BASE
    for position in PROSE:
        document = replaced(document, position, text)
    found = rendered(written(tmp_path, document))
    assert isinstance(found, dict)
    assert is_harmless(found)


@pytest.mark.parametrize("turn", sampled(range(TURNS), 2))
def test_any_string_may_be_hostile(turn: int, tmp_path: Path) -> None:
    """Every string of the document, keywords of OpenAPI included, can have any text."""
    for number, position in list(enumerate(POSITIONS))[turn::TURNS]:
        text = TEXTS[(number * 7 + turn) % len(TEXTS)]
        assert is_harmless(rendered(written(tmp_path, replaced(BASE, position, text)))), position


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(OTHERS), st.sampled_from(OTHERS), st.text(max_size=30) | st.sampled_from(TEXTS))
def test_two_equal_hostile_strings_are_harmless(tmp_path: Path, one: Position, other: Position, text: str) -> None:
    """The same text in two places collides with itself only."""
    document = replaced(replaced(BASE, one, text), other, text)
    assert is_harmless(rendered(written(tmp_path, document)))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(POSITIONS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x"]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "$ref", "type"]), inner),
        max_leaves=4,
    ),
)
def test_a_value_of_the_wrong_type_is_rejected_or_repaired(tmp_path: Path, position: Position, value: Any) -> None:
    """A number, list or object instead of another type never causes a traceback."""
    path, _ = position
    assert is_harmless(rendered(written(tmp_path, replaced(BASE, (path, False), value))))


@pytest.mark.parametrize("position", OTHERS[:: len(OTHERS) // 12])
def test_a_lone_surrogate_is_rejected(position: Position, tmp_path: Path) -> None:
    """No file can contain it."""
    found = rendered(written(tmp_path, replaced(BASE, position, f"x{HALF}")))
    assert isinstance(found, str)
    assert "error[broken-json]" in found


DATA: tuple[Position, ...] = (
    (("paths", "/log"), True),
    (("paths", "/pets", "get", "parameters", 2, "name"), False),
    (("paths", "/pets", "get", "parameters", 2, "schema", "enum", 0), False),
    (
        ("paths", "/pets/{petId}", "put", "requestBody", "content", "application/x-www-form-urlencoded")
        + ("schema", "properties", "name"),
        True,
    ),
    (
        ("paths", "/pets/{petId}/photo.{ext}", "post", "requestBody", "content", "multipart/form-data")
        + ("schema", "properties", "note"),
        True,
    ),
    (
        (
            "paths",
            "/chat",
            "post",
            "responses",
            "200",
            "content",
            "text/event-stream",
            "x-specwire-stream",
            "terminator",
        ),
        False,
    ),
    (("paths", "/pets/{petId}", "get", "x-specwire-polling", "success", 0), False),
    (("components", "schemas", "Mood", "enum", 0), False),
    (("components", "schemas", "Pet", "allOf", 1, "properties", "class", "const"), False),
    (("info", "version"), False),
)
"""Strings that a client must send, or compare with what it receives."""


@pytest.mark.parametrize(
    "text", [f"/x '{RUN}; #", f'/y"); {RUN}; ("', "/z\\", f"/{{{{ {RUN} }}}}%s", "/\u202e\u2028\x07", "/f0_key", "/T0"]
)
def test_data_is_sent_unchanged(text: str, tmp_path: Path) -> None:
    """Wire values are exactly those of the document."""
    document = BASE
    for number, position in enumerate(DATA):
        document = replaced(document, position, f"{text}{number}")
    found = rendered(written(tmp_path, document))
    assert isinstance(found, dict)
    path, *others = (f"{text}{number}" for number in range(len(DATA)))
    assert {as_sent(path), *others} <= set(constants(found))


def as_sent(path: str) -> str:
    """Return a path without its fragment, with invalid URL characters percent-encoded."""
    return re.sub(r"[\x00-\x1f\x7f\\]", lambda found: quote(found[0]), path.partition("#")[0])


def constants(files: Mapping[str, str]) -> Iterator[object]:
    """Yield all constants of the code."""
    for name, source in files.items():
        for node in ast.walk(ast.parse(source)) if name.endswith(".py") else ():
            if isinstance(node, ast.Constant):
                yield node.value


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder from which packages can be imported during a test; the canary is not set yet."""
    monkeypatch.delenv(CANARY, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    _forget_sample()
    yield tmp_path
    _forget_sample()


def _forget_sample() -> None:
    """Remove the generated package from the imported modules; other tests have one of the same name."""
    for module in [module for module in sys.modules if module.partition(".")[0] == "sample"]:
        del sys.modules[module]


@pytest.mark.parametrize("text", sampled([text for text in TEXTS if RUN in text and "\0" not in text], 3))
def test_importing_a_hostile_client_executes_no_text(text: str, importable: Path) -> None:
    """It can be imported and its annotations evaluated."""
    document = BASE
    for position in (*PROSE, *DATA):
        document = replaced(document, position, f"/{text}".replace("{", "<"))
    built = build(single(written(importable, document), "sample", importable))
    for name, source in built.files.items():
        path = importable / "sample" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    importlib.invalidate_caches()
    for name in sorted(built.files):
        if name.endswith(".py"):
            module = importlib.import_module(f"sample/{name[:-3]}".replace("/", ".").removesuffix(".__init__"))
            for kind in vars(module).values():
                if isinstance(kind, type) and issubclass(kind, WireModel):
                    typing.get_type_hints(kind)
    assert CANARY not in os.environ


def test_no_name_leaves_the_output_folder(tmp_path: Path) -> None:
    """Tags, operationIds and components that are paths become module names inside it."""
    document = BASE
    for position in ((("paths", "/pets", "get", "tags", 0), False), (("paths", "/log", "get", "operationId"), False)):
        document = replaced(document, position, "../../../etc/passwd")
    built = build(single(written(tmp_path, document), "sample", tmp_path / "out"))
    assert any(name.startswith("operations/") for name in built.files)
    assert all(map(is_safe_path, built.files))
    assert ["spec.json"] == [path.name for path in tmp_path.iterdir()]


def test_messages_have_no_control_characters(tmp_path: Path) -> None:
    """Quotes of a document are short."""
    text = "\x1b]0;owned\x07\x9b31m" + "x" * 10_000
    document = replaced(BASE, (("paths", "/pets/{petId}", "get", "x-specwire-polling", "status"), False), f"/{text}")
    with pytest.raises(SpecwireCodegenError) as raised:
        build(single(written(tmp_path, document), "sample", tmp_path / "out"))
    shown = str(raised.value)
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert len(shown) < 3000


def test_no_client_has_the_name_of_an_import(tmp_path: Path) -> None:
    """Classes of the runtime that the client module imports are not names of clients."""
    found = rendered(written(tmp_path, BASE))
    assert isinstance(found, dict)
    modules = [source for name, source in found.items() if name == "client.py" or name.startswith("resources/")]
    nodes = [node for source in modules for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    runtime = [node for node in nodes if (node.module or "").startswith("specwire.")]
    names = {alias.asname or alias.name for node in runtime for alias in node.names}
    assert {name for name in names if name[0].isupper()} <= RESERVED_CLIENTS


def test_the_fuzz_target_runs() -> None:
    """A few inputs of either kind pass."""
    target = importlib.import_module("fuzz.spec")
    for data in (b"", b"\x00openapi: 3.1.0\n", b"\x01\xff{", b" " + bytes(range(200)), b"~" * 100):
        target.one(data)
