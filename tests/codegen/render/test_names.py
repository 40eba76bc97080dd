"""Names that a module uses: those that its tree has, found in its text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from specwire_codegen import generate
from specwire_codegen.project import Target
from specwire_codegen.render.names import names_used

from tests.support.paths import ROOT

CASES = sorted((ROOT / "tests" / "cases" / "positive").glob("*/spec.*"))


def in_tree(text: str) -> set[str]:
    """Return the names that a module reads and does not define at its top level."""
    tree = ast.parse(text)
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    return {*_read(tree)} - defined


def _read(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                yield name
            case ast.AnnAssign(annotation=ast.Name("TypeAlias"), value=ast.Constant(value=str(text))):
                yield from _read(ast.parse(text))
            case ast.Call(func=ast.Name("TypedDict"), args=[_, ast.Dict(values=annotations)]):
                for each in annotations:
                    yield from _read(ast.parse(ast.literal_eval(each)))
            case _:
                continue


class Rendered(Exception):
    """Raised with the modules of a client before they are formatted."""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_every_name_of_a_module_is_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(files: Mapping[str, str], _folder: Path | None) -> None:
        raise Rendered(files)

    monkeypatch.setattr(generate, "formatted", stop)
    with pytest.raises(Rendered) as caught:
        generate.build(Target("sample", path, path.parent / "sample", path.with_name("client.toml")))
    modules = {name: text for name, text in caught.value.args[0].items() if name.endswith(".py")}
    assert modules
    for name, text in modules.items():
        assert in_tree(text) <= names_used(text), name


def test_words_of_texts_and_fields_are_no_names() -> None:
    text = r'''"""Date of `UUID`, "time"."""

class Stop(WireModel):
    """A \"stop\" \"\"\" Any."""

    date: datetime | Unset = _field(default=UNSET, name="Decimal \" Any")
    models: dict[str, Stop]

Later: TypeAlias = "list[Literal[\"Mapping\"]] | Early"
Odd = TypedDict("Odd", {"UUID \" time": "NotRequired[models.Stop]"})
'''
    used = names_used(text)
    assert used >= {"WireModel", "datetime", "Unset", "_field", "UNSET", "Literal", "Early", "NotRequired", "models."}
    assert used.isdisjoint({"date", "UUID", "Decimal", "time", "Any", "Mapping", "Stop"})
