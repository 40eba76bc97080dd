"""Tags of unions: constants of their variants, for every style, depth and mapping.

One document holds every combination of a style and a form of union, each with names of its own.
"""

from __future__ import annotations

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import httpx2
import pytest
from specwire import Unknown
from specwire_codegen.generate import build
from specwire_codegen.project import single

from tests.support.paths import ROOT

Json = dict[str, Any]
STYLES = ("const", "enum", "string", "undeclared")
FORMS = (
    "flat",
    "flat mapped",
    "nested",
    "nested mapped",
    "two levels",
    "two levels mapped",
    "three levels",
    "three levels mapped",
    "named base",
)
COMBINATIONS = list(itertools.product(STYLES, FORMS))
BASED = [combination for combination in COMBINATIONS if "level" in combination[1] or "base" in combination[1]]


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def prefix(style: str, form: str) -> str:
    return f"{style} {form}".title().replace(" ", "")


def tag(style: str, value: str) -> Json:
    """Return the properties that declare a tag in a style."""
    stated = {"const": {"const": value}, "enum": {"type": "string", "enum": [value]}, "string": {"type": "string"}}
    return {"properties": {"tag": stated[style]}, "required": ["tag"]} if style in stated else {}


def value_of(style: str, form: str, name: str) -> str:
    """Return the value of a variant: from the mapping, or else its name."""
    return name.lower() if "mapped" in form or "base" in form or style in ("const", "enum") else name


def schemas_of(style: str, form: str) -> Json:
    """Return the components of one combination: the union `...Union` of the variants `...One`, `...Two`, `...Three`."""
    name = prefix(style, form)
    one, two, three, union, inner = (f"{name}{each}" for each in ("One", "Two", "Three", "Union", "Inner"))
    variants = (one, two, three)

    def own(variant: str) -> Json:
        stated = tag(style, value_of(style, form, variant))
        extra = {variant[-3:].lower(): {"type": "integer"}}
        return {"type": "object", **stated, "properties": {**stated.get("properties", {}), **extra}}

    discriminator: Json = {"propertyName": "tag"}
    if "mapped" in form or "base" in form:
        discriminator["mapping"] = {each.lower(): ref(each)["$ref"] for each in variants}
    if form.startswith("flat"):
        return {
            union: {"oneOf": [ref(each) for each in variants], "discriminator": discriminator},
            **{each: own(each) for each in variants},
        }
    if form.startswith("nested"):
        first: Json = {"propertyName": "tag"}
        if "mapped" in form:
            first["mapping"] = {each.lower(): ref(each)["$ref"] for each in (one, two)}
            discriminator["mapping"] = {three.lower(): ref(three)["$ref"]}
        return {
            union: {"oneOf": [ref(inner), ref(three)], "discriminator": discriminator},
            inner: {"oneOf": [ref(one), ref(two)], "discriminator": first},
            **{each: own(each) for each in variants},
        }
    if "base" in form:
        discriminator["mapping"][union.lower()] = ref(union)["$ref"]
    below = two if "three" in form else union
    base: Json = {"type": "object", "properties": {"common": {"type": "string"}}, "discriminator": discriminator}
    return {
        union: base
        if style == "undeclared"
        else {**base, "properties": {**base["properties"], "tag": {"type": "string"}}},
        one: {"allOf": [ref(union), own(one)]},
        two: {"allOf": [ref(union), {} if "three" in form else own(two)]},
        three: {"allOf": [ref(below), own(three)]},
    }


def document() -> Json:
    schemas: Json = {}
    paths: Json = {}
    for style, form in COMBINATIONS:
        name = prefix(style, form)
        schemas.update(schemas_of(style, form))
        content = {"content": {"application/json": {"schema": ref(f"{name}Union")}}}
        post = {"operationId": f"send{name}", "tags": ["all"], "requestBody": {"required": True, **content}}
        paths[f"/{name}"] = {"post": {**post, "responses": {"200": {"description": "ok", **content}}}}
    info = {"title": "T", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Package of the document."""
    folder = tmp_path_factory.mktemp("tags")
    (folder / "spec.json").write_text(json.dumps(document()), "utf-8")
    built = build(single(folder / "spec.json", "tagged", folder / "tagged"))
    for path, text in built.files.items():
        (folder / "tagged" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tagged" / path).write_text(text, "utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("tagged")
    sys.path.remove(str(folder))
    for module in [name for name in sys.modules if name.partition(".")[0] == "tagged"]:
        del sys.modules[module]


def played(package: Any, name: str, response: Json, body: Any) -> tuple[Any, Json, list[Any]]:
    """Return the result of a call with this response, the body that it sends, and the reported drift."""
    sent: list[bytes] = []
    drifts: list[Any] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return httpx2.Response(200, json=response)

    http = httpx2.Client(transport=httpx2.MockTransport(handle))
    client = package.Tagged(base_url="https://api.test", http_client=http, on_drift=drifts.extend)
    methods = {method.replace("_", ""): method for method in dir(type(client.all))}
    value = getattr(client.all, methods[f"send{name}".lower()])(body=body)
    return value, json.loads(sent[0]), drifts


@pytest.mark.parametrize(("style", "form"), COMBINATIONS)
def test_a_variant_is_made_without_its_tag_and_sent_with_it(package: Any, style: str, form: str) -> None:
    """The tag is the value of the mapping, its type is a literal, it may be given, and it selects the variant."""
    for each in ("One", "Two", "Three"):
        name = f"{prefix(style, form)}{each}"
        kind, value = getattr(package.models, name), value_of(style, form, name)
        if "three" in form and each == "Two" and "mapped" not in form:
            value = name
        assert value == kind().tag == kind(tag=value).tag
        annotation = get_type_hints(kind).get("tag", Literal[value])
        assert (Literal, (value,)) == (get_origin(annotation), get_args(annotation))
        response = {"tag": value}
        got, sent, drifts = played(package, prefix(style, form), response, kind())
        assert (kind, value, []) == (type(got), got.tag, drifts)
        assert response == sent


@pytest.mark.parametrize(("style", "form"), COMBINATIONS)
def test_an_unknown_tag_is_reported(package: Any, style: str, form: str) -> None:
    """The value is the base if the mapping names it, else unknown, and complete."""
    name = prefix(style, form)
    response = {"tag": "unheard", "common": "c", "new": 1}
    got, sent, drifts = played(package, name, response, getattr(package.models, f"{name}One")())
    assert 1 == len(drifts)
    if "base" in form:
        assert f"{name}UnionBase" == type(got).__name__
        specwire = importlib.import_module("specwire")
        assert {"new": 1} == specwire.unknown_fields(got)
        assert ("unheard", "c") == (got.tag, got.common)
    else:
        assert Unknown(response) == got
        assert isinstance(got, Unknown)


@pytest.mark.parametrize(("style", "form"), BASED)
def test_the_base_matches_its_own_name(package: Any, style: str, form: str) -> None:
    """With drift only if no mapping names it."""
    name = prefix(style, form)
    kind = getattr(package.models, f"{name}UnionBase")
    named = "base" in form
    value = f"{name}Union".lower() if named else f"{name}Union"
    got, sent, drifts = played(package, name, {"tag": value, "common": "c"}, kind(common="c"))
    assert (kind, value, "c") == (type(got), got.tag, got.common)
    assert named == (not drifts)
    assert {"tag": value, "common": "c"} == sent


@pytest.mark.slow
def test_type_checkers_accept_no_tag_and_reject_a_wrong_one(package: Any, tmp_path: Path) -> None:
    """For each variant."""
    lines = ["from tagged import Tagged, models", "client = Tagged(base_url='https://api.test')"]
    wrong = []
    for style, form in COMBINATIONS:
        for each in ("One", "Three"):
            name = f"{prefix(style, form)}{each}"
            lines += [f"models.{name}()", f"models.{name}(tag={value_of(style, form, name)!r})"]
            lines.append(f"models.{name}(tag='wrong')")
            wrong.append(len(lines))
    (tmp_path / "use.py").write_text("\n".join(lines) + "\n", "utf-8")
    folder = Path(package.__file__).parents[1]
    environment = {"MYPYPATH": f"{folder}:{ROOT / 'runtime'}"}
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path / "c")]
    done = subprocess.run(
        [*command, "use.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    found = [int(line.split(":")[1]) for line in done.stdout.splitlines() if line.startswith("use.py:")]
    assert wrong == found, done.stdout + done.stderr
