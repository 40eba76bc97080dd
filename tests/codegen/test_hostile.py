"""Hostile documents: whatever stands in one is refused with a message, or becomes data in a harmless client."""

from __future__ import annotations

import ast
import importlib
import os
import sys
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from specwire import WireModel
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.generate import build
from specwire_codegen.naming import RESERVED_CLIENTS
from specwire_codegen.project import single

from .hostility import (
    CANARY,
    HALF,
    RUN,
    TEXTS,
    Position,
    acts,
    base,
    is_named,
    is_prose,
    is_safe_path,
    positions,
    rendered,
    replaced,
    written,
)

BASE = base()
POSITIONS = tuple(positions(BASE))
PROSE = tuple(position for position in POSITIONS if is_prose(position))
OTHERS = tuple(position for position in POSITIONS if position not in PROSE and is_named(position))
"""The strings that somebody wrote, without prose and without the words of OpenAPI itself."""
CHUNKS = 8


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """What the client of the clean document does."""
    files = rendered(written(tmp_path_factory.mktemp("clean"), BASE))
    assert isinstance(files, dict)
    return acts(files)


def is_harmless(found: Mapping[str, str] | str, allowed: frozenset[str]) -> bool:
    """Whether a document was refused, or became a client that does nothing that the clean one does not."""
    return isinstance(found, str) or (acts(found) <= allowed and all(map(is_safe_path, found)))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_hostile_name_or_value_is_data(chunk: int, tmp_path: Path, allowed: frozenset[str]) -> None:
    """Whatever stands in the place of a name or a value, one after the other, nothing new is called or imported."""
    for number, position in list(enumerate(OTHERS))[chunk::CHUNKS]:
        found = rendered(written(tmp_path, replaced(BASE, position, TEXTS[number % len(TEXTS)])))
        assert is_harmless(found, allowed), position


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_prose_is_prose(text: str, tmp_path: Path, allowed: frozenset[str]) -> None:
    """Whatever all titles, summaries and descriptions say, it is a docstring that does not end early."""
    document = BASE
    for position in PROSE:
        document = replaced(document, position, text)
    found = rendered(written(tmp_path, document))
    assert isinstance(found, dict)
    assert is_harmless(found, allowed)


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(4))
def test_any_string_may_be_hostile(turn: int, tmp_path: Path, allowed: frozenset[str]) -> None:
    """Every string of the document in turn, the words of OpenAPI too, can hold any text."""
    for number, position in list(enumerate(POSITIONS))[turn::4]:
        found = rendered(written(tmp_path, replaced(BASE, position, TEXTS[(number * 7 + turn) % len(TEXTS)])))
        assert is_harmless(found, allowed), position


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(OTHERS), st.sampled_from(OTHERS), st.text(max_size=30) | st.sampled_from(TEXTS))
def test_two_hostile_strings_are_no_worse(
    tmp_path: Path, allowed: frozenset[str], one: Position, other: Position, text: str
) -> None:
    """The same text in two places collides with itself, and that is all."""
    document = replaced(replaced(BASE, one, text), other, text)
    assert is_harmless(rendered(written(tmp_path, document)), allowed)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(POSITIONS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x"]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "$ref", "type"]), inner),
        max_leaves=4,
    ),
)
def test_a_value_of_the_wrong_type_is_refused_or_mended(
    tmp_path: Path, allowed: frozenset[str], position: Position, value: Any
) -> None:
    """A number, a list or an object where a text or anything else should be is never a traceback."""
    path, _ = position
    assert is_harmless(rendered(written(tmp_path, replaced(BASE, (path, False), value))), allowed)


@pytest.mark.parametrize("position", OTHERS[:: len(OTHERS) // 12])
def test_half_a_character_is_refused(position: Position, tmp_path: Path) -> None:
    """A lone surrogate, which no file can hold, is an error."""
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
    (("components", "schemas", "Cat", "properties", "kind", "const"), False),
    (("info", "version"), False),
)
"""Strings that a client must send, or compare with what it gets."""


@pytest.mark.parametrize(
    "text", [f"/x '{RUN}; #", f'/y"); {RUN}; ("', "/z\\", f"/{{{{ {RUN} }}}}%s", "/\u202e\u2028\x07"]
)
@pytest.mark.parametrize("position", DATA)
def test_data_is_kept_to_the_letter(position: Position, text: str, tmp_path: Path) -> None:
    """What goes over the wire goes over it as it stands in the document."""
    found = rendered(written(tmp_path, replaced(BASE, position, text)))
    assert isinstance(found, dict)
    assert text in set(constants(found))


def constants(files: Mapping[str, str]) -> Iterator[object]:
    """Yield all constants of the code."""
    for name, source in files.items():
        for node in ast.walk(ast.parse(source)) if name.endswith(".py") else ():
            if isinstance(node, ast.Constant):
                yield node.value


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages can be imported from, which are forgotten afterwards; no canary sings there yet."""
    monkeypatch.delenv(CANARY, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for module in [module for module in sys.modules if module.partition(".")[0] == "sample"]:
        del sys.modules[module]


@pytest.mark.parametrize("text", [text for text in TEXTS if RUN in text and "\0" not in text][::2])
def test_nothing_runs_on_import(text: str, importable: Path) -> None:
    """A client full of hostile text can be imported, its annotations evaluated, and none of the text has been run."""
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


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    """Tags, operationIds and components that are paths become names of modules, all of them inside."""
    document = BASE
    for position in ((("paths", "/pets", "get", "tags", 0), False), (("paths", "/log", "get", "operationId"), False)):
        document = replaced(document, position, "../../../etc/passwd")
    built = build(single(written(tmp_path, document), "sample", tmp_path / "out"))
    assert "operations/etc_passwd.py" in built.files
    assert all(map(is_safe_path, built.files))
    assert ["spec.json"] == [path.name for path in tmp_path.iterdir()]


def test_a_message_does_not_steer_a_terminal(tmp_path: Path) -> None:
    """What a message quotes of a document is short, and without control characters."""
    text = "\x1b]0;owned\x07\x9b31m" + "x" * 10_000
    document = replaced(BASE, (("paths", "/pets/{petId}", "get", "x-specwire-polling", "status"), False), f"/{text}")
    with pytest.raises(SpecwireCodegenError) as raised:
        build(single(written(tmp_path, document), "sample", tmp_path / "out"))
    shown = str(raised.value)
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert len(shown) < 3000


def test_no_client_is_called_like_what_it_imports(tmp_path: Path) -> None:
    """A class of the runtime that the module of the clients needs is no name for a client."""
    found = rendered(written(tmp_path, BASE))
    assert isinstance(found, dict)
    modules = [source for name, source in found.items() if name == "client.py" or name.startswith("resources/")]
    nodes = [node for source in modules for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in nodes for alias in node.names if (node.module or "").startswith("specwire.")}
    assert {name for name in names if name[0].isupper()} <= RESERVED_CLIENTS


def test_the_fuzz_target_runs() -> None:
    """A few inputs of either kind pass."""
    target = importlib.import_module("fuzz.spec")
    for data in (b"", b"\x00openapi: 3.1.0\n", b"\x01\xff{", b" " + bytes(range(200)), b"~" * 100):
        target.one(data)
