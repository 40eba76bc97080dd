"""Classes: datamodel-code-generator gets no text of a document, and its classes equal those of the IR."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
import datamodel_code_generator
import pytest
from specwire_codegen.classes import direct, structs, typed_dicts
from specwire_codegen.classes.emitter import EMITTER, KEPT, Emitter, emitter_version
from specwire_codegen.classes.tree import printed
from specwire_codegen.config import default_config
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.load import load
from specwire_codegen.ir import Field, ListOf, Literals, MapOf, ModelRef, Nullable, ObjectModel, Primitive, Tag, UnionOf
from specwire_codegen.lower import lower
from specwire_codegen.normalize import normalize

from tests.codegen.hostile.document import base, written
from tools import emitted_classes

OURS = re.compile(r"C\d*|f\d+|T\d+|#/components/schemas/T\d+|slots")
"""Identifiers of the outlines; all other strings are keywords of OpenAPI, parts of templates or formats."""
WORDS = frozenset(
    "openapi 3.1.0 info title models version 1 paths components schemas type object properties required string integer "
    "number boolean null array items anyOf additionalProperties $ref format date-time date time duration uuid binary "
    "decimal x-python-import module name base tagged renamed secret functional members form documented "
    "WireModel OpenModel required optional additional constant".split()
) | {"required renamed", "optional renamed", "constant renamed"}


@pytest.fixture
def emitter() -> Emitter:
    """Emitter without kept classes, which calls datamodel-code-generator for each."""
    return Emitter(None)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from strings(key)
            yield from strings(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def test_the_emitter_gets_no_text_of_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emitter: Emitter
) -> None:
    """Its schemas and template data consist of the generator's identifiers."""
    seen: set[str] = set()
    real = datamodel_code_generator.generate

    def generate(document: dict[str, Any], **options: Any) -> Any:
        seen.update(strings(document), strings(options["extra_template_data"]))
        return real(document, **options)

    monkeypatch.setattr(datamodel_code_generator, "generate", generate)
    document = load(written(tmp_path, base()))
    document = type(document)(normalize(document).data, document.file, document.places)
    models = lower(document, default_config("sample"), "sample").models
    classes = [each for each in models if isinstance(each, ObjectModel)]
    assert structs(classes, emitter) == structs(classes)
    assert typed_dicts(classes, emitter) == typed_dicts(classes)
    assert {"C0", "f0", "T0"} <= seen
    assert set() == {text for text in seen if text not in WORDS and not OURS.fullmatch(text)}


def model(*fields: Field, name: str = "Pet", tag: Tag | None = None) -> ObjectModel:
    return ObjectModel(name, fields, tag=tag)


SLOTS = "C C0 T0 f0 name key value text class_name class_text doc tag_key tag_value secrets".split()


@pytest.mark.parametrize("word", SLOTS)
def test_a_slot_name_in_a_document_is_text(word: str, emitter: Emitter) -> None:
    """A document that uses the names of slots gets them back unchanged."""
    kind = UnionOf((Literals((word, f"{word}'")), ListOf(MapOf(ModelRef(word))), Primitive("int")))
    doc = f"{word} {word}."
    fields = (Field(word, word, Nullable(kind), True, doc), Field("b", "B", Primitive("date"), False, doc))
    made = ObjectModel(word, fields, doc, Tag("kind", word, word))
    struct = ast.parse(structs([made], emitter)[0]).body[0]
    assert isinstance(struct, ast.ClassDef)
    assert word == struct.name
    assert doc == ast.get_docstring(struct)
    texts = [ast.unparse(statement) for statement in struct.body[1:]]
    expected = f"""{word}: Literal['{word}', "{word}'"] | list[dict[str, {word}]] | int | None"""
    assert [f"kind: Literal['{word}'] = _constant('{word}', '{word}')", expected, f"'{doc}'"] == texts[:3]
    assert "b: date | Unset = _field(default=UNSET, name='B')" == texts[3]
    keys = ast.parse(typed_dicts([made], emitter)[0]).body[0]
    assert isinstance(keys, ast.ClassDef)
    assert f"{word}Dict" == keys.name


@pytest.mark.parametrize("doc", ["", " ", "Pet", "pet.", "`Pet`"])
def test_a_docstring_does_not_repeat_a_name(doc: str) -> None:
    """A class or field that is described by its name has no docstring; an empty class has `pass`."""
    field = attrs.evolve(Field("pet", "pet", Primitive("int"), True), doc=doc)
    for (text,) in (structs([ObjectModel("Pet", (field,), doc)]), typed_dicts([ObjectModel("Pet", (field,), doc)])):
        assert '"""' not in text
    for (text,) in (structs([ObjectModel("Pet", (), doc)]), typed_dicts([ObjectModel("Pet", (), doc)])):
        assert text.endswith(":\n    pass")
    assert '"""Pet of a shop."""' in structs([ObjectModel("Pet", (), "Pet of a shop.")])[0]


def test_classes_that_differ_from_the_ir_are_an_error(monkeypatch: pytest.MonkeyPatch, emitter: Emitter) -> None:
    """If datamodel-code-generator and the printer of the IR disagree, nothing is generated."""
    made = model(Field("a", "a", Primitive("int"), True))
    real = datamodel_code_generator.generate
    monkeypatch.setattr(datamodel_code_generator, "generate", lambda *a, **b: str(real(*a, **b)).replace("int", "str"))
    with pytest.raises(SpecwireCodegenError, match="internal error: the class Pet differs"):
        structs([made], emitter)


def test_a_missing_or_additional_class_is_an_error(monkeypatch: pytest.MonkeyPatch, emitter: Emitter) -> None:
    """Exactly the requested classes must be returned."""
    monkeypatch.setattr(datamodel_code_generator, "generate", lambda *_, **__: "class Other: pass\n")
    with pytest.raises(SpecwireCodegenError, match="returned other classes than requested"):
        structs([model(Field("a", "a", Primitive("int"), True))], emitter)


@pytest.mark.parametrize(
    "source",
    [
        "class C0(WireModel):\n    a: int = print()\n    b = 1",
        "class C0(WireModel):\n    def a(self): ...",
        "class C0(WireModel):\n    a: 'text'",
        "class C0(WireModel):\n    a: Literal['x']",
        "class C0(WireModel):\n    'doc'",
        "@final\nclass C0(WireModel):\n    doc",
        "C0 = [1]",
        "import os",
    ],
)
def test_only_the_syntax_of_a_class_is_printed(source: str) -> None:
    """A tree with a text, a function or anything else that no outline has is rejected."""
    with pytest.raises(SpecwireCodegenError, match="which is not part of a class"):
        printed(ast.parse(source).body[0], {"class_name": "Pet"})


def test_a_field_called_like_a_type_keeps_its_name(emitter: Emitter) -> None:
    """Inside the class the type has another name, because a class body is a scope."""
    made = model(
        Field("list", "list", ListOf(Primitive("date")), False), Field("date", "date", Primitive("date"), False)
    )
    (source,) = structs([made], emitter)
    assert direct.struct(made) == source
    assert "list: _list[_date] | Unset = UNSET" in source
    assert "date: _date | Unset = UNSET" in source


def test_kept_classes_are_what_the_emitter_returns() -> None:
    """The file that saves importing datamodel-code-generator holds its output; heads and members are those of today."""
    assert emitted_classes.text() == KEPT.read_text("utf-8"), "run: python tools/emitted_classes.py"


def test_the_version_of_the_emitter_is_that_of_its_metadata() -> None:
    assert emitter_version() == version(EMITTER)


def test_kept_classes_of_another_version_do_not_count(tmp_path: Path) -> None:
    """They are used only with the version of datamodel-code-generator that returned them."""
    assert Emitter().kept["struct"]
    other = tmp_path / "emitted.json"
    other.write_text(KEPT.read_text("utf-8").replace(version(EMITTER), "0.0.0", 1), "utf-8")
    assert {} == Emitter(other).kept
