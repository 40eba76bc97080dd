"""Kinds of arguments, and their values from text."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from specwire import FileInput, Unset
from specwire_codegen.call.argument import Argument, Kind, argument_of
from specwire_codegen.diagnostics import SpecwireCodegenError


def _argument(annotation: Any, name: str = "x") -> Argument:
    made = argument_of(name, annotation, required=False, doc="", positional=False)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("annotation", "kind", "repeated"),
    [
        (str, Kind.TEXT, False),
        (str | None | Unset, Kind.TEXT, False),
        (UUID | str, Kind.TEXT, False),
        (Literal["a", "b"], Kind.TEXT, False),
        (Literal["a"] | str, Kind.TEXT, False),
        (Literal[1, 2], Kind.JSON, False),
        (int | Unset, Kind.INTEGER, False),
        (float | int, Kind.NUMBER, False),
        (int | str, Kind.INTEGER, False),
        (bool | Unset, Kind.BOOLEAN, False),
        (FileInput, Kind.FILE, False),
        (Sequence[FileInput], Kind.FILE, True),
        (FileInput | Sequence[FileInput], Kind.FILE, True),
        (bytes, Kind.BYTES, False),
        (Sequence[str], Kind.TEXT, True),
        (str | Sequence[str], Kind.TEXT, True),
        (Sequence[int], Kind.INTEGER, True),
        (Sequence[Mapping[str, Any]], Kind.JSON, True),
        (Mapping[str, Any], Kind.JSON, False),
        (bool | Mapping[str, Any], Kind.JSON, False),
        (Any, Kind.JSON, False),
    ],
)
def test_the_type_of_a_parameter_gives_the_kind(annotation: Any, kind: Kind, repeated: bool) -> None:
    made = _argument(annotation)
    assert (made.kind, made.repeated) == (kind, repeated)


def test_a_callback_is_no_argument() -> None:
    assert argument_of("on_progress", Callable[[int], object] | None, required=False, doc="", positional=False) is None


@pytest.mark.parametrize(
    ("annotation", "texts", "value"),
    [
        (str, ["-1"], "-1"),
        (str, ["@@home"], "@home"),
        (int, ["-7"], -7),
        (int | str, ["auto"], "auto"),
        (float, ["3"], 3),
        (float, ["0.5"], 0.5),
        (bool, ["true"], True),
        (bool, ["False"], False),
        (bytes, ["abc"], b"abc"),
        (Mapping[str, Any], ['{"a": 1}'], {"a": 1}),
        (str | Mapping[str, Any], ["auto"], "auto"),
        (str | Mapping[str, Any], ['{"a": 1}'], {"a": 1}),
        (str | Sequence[str], ["one"], ["one"]),
        (str | Sequence[str], ["[one"], ["[one"]),
        (Sequence[str], ["a", "b"], ["a", "b"]),
        (Sequence[str], ['["a", "b"]'], ["a", "b"]),
        (Sequence[int], ["1", "2"], [1, 2]),
        (Sequence[Mapping[str, Any]], ['{"a": 1}', "{}"], [{"a": 1}, {}]),
        (Sequence[Mapping[str, Any]], ['[{"a": 1}]'], [{"a": 1}]),
        (FileInput, ["a.png"], Path("a.png")),
        (FileInput, ["@a.png"], Path("a.png")),
        (Sequence[FileInput], ["a.png", "b.png"], [Path("a.png"), Path("b.png")]),
        (FileInput | Sequence[FileInput], ["a.png", "b.png"], [Path("a.png"), Path("b.png")]),
        (FileInput | str, ["https://example.com/a"], "https://example.com/a"),
        (FileInput | str, ["@a.png"], Path("a.png")),
        (FileInput | Mapping[str, Any] | None, ['{"id": "1"}'], {"id": "1"}),
        (FileInput | Mapping[str, Any] | None, ["@a.png"], Path("a.png")),
    ],
)
def test_text_becomes_the_value(annotation: Any, texts: list[str], value: Any) -> None:
    made = _argument(annotation).values(texts)
    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    ("annotation", "texts", "message"),
    [
        (int, ["1.5"], r"--max-size is '1.5': write an integer"),
        (float, ["many"], r"--max-size is 'many': write a number"),
        (bool, ["yes"], r"--max-size is 'yes': write true or false"),
        (Mapping[str, Any], ["{a: 1}"], r"--max-size is not JSON at line 1, column 2: .*--max-size @FILE"),
        (str, ["a", "b"], r"--max-size is given 2 times: give it once"),
    ],
)
def test_other_text_is_refused_by_the_name_of_the_option(annotation: Any, texts: list[str], message: str) -> None:
    with pytest.raises(SpecwireCodegenError, match=message):
        _argument(annotation, "max_size").values(texts)


def test_text_comes_from_files_and_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prompt.txt").write_text("\ufeffHello", "utf-8")
    (tmp_path / "raw.bin").write_bytes(b"\xff\0")
    assert _argument(str).values([f"@{tmp_path}/prompt.txt"]) == "Hello"
    assert _argument(bytes).values([f"@{tmp_path}/raw.bin"]) == b"\xff\0"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))
    assert _argument(Mapping[str, Any]).values(["@-"]) == {"a": 1}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"content")))
    assert _argument(FileInput).values(["-"]) == b"content"
    with pytest.raises(SpecwireCodegenError, match=r"raw.bin is not text in UTF-8"):
        _argument(str).values([f"@{tmp_path}/raw.bin"])


@pytest.mark.parametrize("name", ["from_", "max_tokens", "_", "größe"])
def test_options_are_spelled_with_hyphens(name: str) -> None:
    option = _argument(str, name).option
    assert option.startswith("--")
    assert len(option) > 2
    assert "_" not in option.strip("_") or name == "_"
    assert os.path.sep not in option
