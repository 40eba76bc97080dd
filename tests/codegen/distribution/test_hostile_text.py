"""Hostile text in a distribution: metadata, workflow, README, changelog and tests hold it as text, wherever it stands."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt
from specwire_codegen.config import default_config
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.distribution import metadata
from specwire_codegen.distribution.calls import calls
from specwire_codegen.distribution.texts import Facts, texts
from specwire_codegen.files.load import load
from specwire_codegen.lower import lower
from specwire_codegen.normalize import normalize
from specwire_codegen.render import render

from tests.codegen.hostile.document import BASE, CANARY, POSITIONS, RUN, TEXTS, replaced, written
from tests.sampling import sampled

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://evil.test/track.png)",
    "<https://evil.test>",
    "# Heading\n\n- item\n\n---\n\n> quote",
    "```\n</code>\n~~~",
    "${{ secrets.TOKEN }}",
    '"\n[project.scripts]\nx = "os:abort',
    "\x1b]0;title\x07 \u202eright",
)
TURNS = 128


def distribution(spec: Path) -> dict[str, str] | None:
    """Return the texts of the distribution of a document, with its `api.md`; None if it is rejected."""
    try:
        document = load(spec)
        normalized = normalize(document)
        api = lower(type(document)(normalized.data, document.file, document.places), default_config("sample"), "sample")
        name = metadata.distribution_name(api.title)
        facts = Facts(
            name=name,
            package="sample",
            packages=("sample",),
            version=metadata.document_version(api.version),
            api=api,
            calls=tuple(calls(api, normalized.data)),
            backend="hatchling",
            vendored=False,
            license=None,
            documentation=None,
        )
        return {**texts(facts), "api.md": render(api, spec.name)["api.md"]}
    except SpecwireCodegenError:
        return None


def calls_in(source: str) -> Iterator[str]:
    """Yield the names of the functions that a module calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


class _Reader(MarkdownIt):
    """A reader that follows links of any scheme, as some do."""

    def validateLink(self, url: str) -> bool:
        return True


def links_and_markup(text: str) -> tuple[set[str], list[str]]:
    """Return the targets of links and images, and the raw HTML, of a Markdown text."""
    targets, raw = set[str](), list[str]()
    for block in _Reader("commonmark").parse(text):
        for token in (block, *(block.children or ())):
            if token.type in ("html_block", "html_inline") and not token.content.startswith("<!--"):
                raw.append(token.content)
            targets |= {str(token.attrs[key]) for key in ("href", "src") if key in token.attrs}
    return targets, raw


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The texts without hostile text."""
    found = distribution(written(tmp_path_factory.mktemp("plain"), BASE))
    assert found is not None
    return found


@pytest.mark.parametrize("turn", sampled(range(TURNS), 2))
def test_text_anywhere_in_a_document_stays_text(turn: int, tmp_path: Path, plain: dict[str, str]) -> None:
    """Over all turns each position has its turn, and each text several positions."""
    hostile = (*MARKUP, *TEXTS)
    for number, position in list(enumerate(POSITIONS))[turn::TURNS]:
        found = distribution(written(tmp_path, replaced(BASE, position, hostile[(number + turn) % len(hostile)])))
        if found is not None:
            check(found, plain)
    assert CANARY not in os.environ


@pytest.mark.parametrize("text", [*MARKUP, *TEXTS], ids=lambda text: ascii(text)[:40])
def test_any_title_version_and_description_stay_text(text: str, tmp_path: Path, plain: dict[str, str]) -> None:
    document = BASE
    for key in ("title", "version", "description"):
        document = replaced(document, (("info", key), False), text)
    found = distribution(written(tmp_path, document))
    if found is not None:
        check(found, plain)


def check(found: dict[str, str], plain: dict[str, str]) -> None:
    """Check all texts of a distribution against one without hostile text."""
    project, expected = (tomllib.loads(each["pyproject.toml"]) for each in (found, plain))
    for table in (project, expected):
        for key in ("name", "version", "description"):
            assert isinstance(table["project"].pop(key), str)
    assert project == expected
    assert yaml.safe_load(found[".github/workflows/ci.yml"]) == yaml.safe_load(plain[".github/workflows/ci.yml"])
    for name, text in found.items():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066]", text), name
        if name.endswith(".py"):
            assert "__import__" not in calls_in(text)
        if name.endswith(".md"):
            targets, raw = links_and_markup(text)
            assert raw == [] and all(re.fullmatch(r"[\w./#-]+|https://[\w./-]+", each) for each in targets), (
                raw,
                targets,
            )
            assert not any("evil" in each for each in targets)
        if name == "README.md":
            for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
                assert "__import__" not in calls_in(block)


def test_the_check_sees_what_it_looks_for(plain: dict[str, str]) -> None:
    """Each kind of injection fails it."""
    check(plain, plain)
    for name, more in (
        ("README.md", "<script>"),
        ("README.md", "[x](javascript:y)"),
        ("README.md", f"```python\n{RUN}\n```\n"),
        ("tests/test_calls.py", f"\n{RUN}\n"),
        ("pyproject.toml", '\n[project.scripts]\nx = "os:abort"\n'),
        (".github/workflows/ci.yml", "\nx: 1\n"),
        ("README.md", "\x1b"),
    ):
        with pytest.raises(AssertionError):
            check({**plain, name: f"{plain[name]}\n{more}"}, plain)
