"""Additions of web frameworks to operationIds: absent from class names and summaries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from specwire_codegen.generate import build
from specwire_codegen.openapi.words import split_controller, without_route
from specwire_codegen.project import Target

HEAD = 'openapi: 3.1.0\ninfo: {title: Zoo, version: "1"}\nservers: [{url: "https://z.example"}]\npaths:\n'


def written(folder: Path, routes: list[tuple[str, str, str]]) -> dict[str, str]:
    """Return the files of a client whose operations return inline objects."""
    text = HEAD
    for index, (method, path, name) in enumerate(routes):
        parameters = "[{name: id, in: path, required: true, schema: {type: string}}]" if "{" in path else "[]"
        schema = f"{{type: object, required: [n{index}], properties: {{n{index}: {{type: integer}}}}}}"
        text += f"  {path}:\n    {method}:\n      operationId: {name}\n      parameters: {parameters}\n"
        text += f"      responses: {{'200': {{description: d, content: {{application/json: {{schema: {schema}}}}}}}}}\n"
    source = folder / "zoo.yaml"
    source.write_text(text, "utf-8")
    return dict(build(Target("zoo", source, folder / "out", folder / "client.toml")).files)


def classes(files: dict[str, str]) -> list[str]:
    """Return the names of the models."""
    return re.findall(r"^class (\w+)", files["models/__init__.py"], re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("read_cage_cages__id__get", "read_cage"),
        ("read_cage_cages__id__put", "read_cage_cages__id__put"),
        ("_cages__id__get", "_cages__id__get"),
        ("readCage", "readCage"),
    ],
)
def test_the_route_of_fastapi_is_removed(name: str, plain: str) -> None:
    """Only the exact route and method, and never the whole name."""
    assert plain == without_route(name, "get", "/cages/{id}")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CagesController_findAll", ("Cages", "findAll")),
        ("CagesController.findAll", ("Cages", "findAll")),
        ("Controller_findAll", ("", "findAll")),
        ("startController", ("", "startController")),
        ("CagesController_", ("", "CagesController_")),
    ],
)
def test_a_controller_is_split_off(name: str, parts: tuple[str, str]) -> None:
    """Only in front of the name of a method."""
    assert parts == split_controller(name)


def test_class_names_have_no_route_and_no_controller(tmp_path: Path) -> None:
    """They are as short as if the author had chosen the operationId."""
    routes = [("get", "/cages/{id}", "read_cage_cages__id__get"), ("get", "/keepers", "KeepersController_findAll")]
    assert ["KeepersFindAllResponse", "ReadCageResponse"] == classes(written(tmp_path, routes))


def test_class_names_that_would_clash_stay_as_they_are(tmp_path: Path) -> None:
    """Two functions of FastAPI may have one name: their routes tell them apart."""
    routes = [("get", "/cages/{id}", "read_cages__id__get"), ("get", "/keepers/{id}", "read_keepers__id__get")]
    assert ["ReadCagesIdGetResponse", "ReadKeepersIdGetResponse"] == classes(written(tmp_path, routes))


@pytest.mark.parametrize(
    ("method", "path", "name", "summary"),
    [
        ("get", "/keepers", "KeepersController_findAll", "Find all keepers."),
        ("get", "/keepers/{id}", "KeepersController_findOne", "Find one keeper."),
        ("post", "/keepers/{id}/pause", "KeepersController_pause", "Pause keeper."),
        ("get", "/keepers/{id}/photo", "KeepersController_downloadPhoto", "Download photo."),
        ("get", "/keepers", "read_keepers_keepers_get", "Read keepers."),
    ],
)
def test_a_summary_from_an_operation_id_is_a_sentence(
    method: str, path: str, name: str, summary: str, tmp_path: Path
) -> None:
    """It says what the method does, not where it is in the server's code."""
    files = written(tmp_path, [(method, path, name), ("get", "/cages", "CagesController_findAll")])
    assert f'"""{summary}"""' in "".join(text for file, text in files.items() if file.startswith("resources/"))


def test_a_controller_is_the_tag_of_an_operation_without_tags(tmp_path: Path) -> None:
    """NestJS sets no tags by itself."""
    routes = [("get", "/keepers", "KeepersController_findAll"), ("get", "/cages", "CagesController_findAll")]
    assert {"resources/keepers.py", "resources/cages.py"} <= written(tmp_path, routes).keys()
