"""Generated modules read as if written by a person: layout, facts, constants, and shared parts."""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from specwire_codegen.generate import build
from specwire_codegen.project import Target

from tests.support.paths import ROOT

GENERATED = sorted((ROOT / "generated" / "specwire_clients").rglob("*.py"))
CASES = sorted((ROOT / "tests" / "cases" / "positive").glob("*/expected/**/*.py"))

HEAD = 'openapi: 3.1.0\ninfo: {title: Cinema API, version: "1"}\nservers: [{url: "https://c.example"}]\n'
SHARED = f"""{HEAD}
paths:
  /movies:
    get:
      operationId: listMovies
      tags: [movies]
      parameters:
      - {{name: ids, in: query, explode: false, schema: {{type: array, items: {{type: string}}}}}}
      responses: &responses
        "200": {{description: d, content: {{application/json: {{schema: {{type: string}}}}}}}}
        default: {{description: d, content: {{application/json: {{schema: {{$ref: "#/components/schemas/Error"}}}}}}}}
        5XX: {{description: d, content: {{application/json: {{schema: {{type: integer}}}}}}}}
        "404": {{description: d, content: {{application/json: {{schema: {{type: boolean}}}}}}}}
        4xx: {{description: d, content: {{application/json: {{schema: {{type: integer}}}}}}}}
    post:
      operationId: createMovie
      tags: [movies]
      parameters:
      - {{name: tags, in: query, explode: false, schema: {{type: array, items: {{type: string}}}}}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [title, year]
              properties: {{slug: {{type: string}}, title: {{type: string}}, by: {{type: string}}, year: {{}}}}
      responses: *responses
components:
  schemas:
    Error: {{type: object, properties: {{message: {{type: string}}}}}}
"""
STREAMED = f"""{HEAD}
paths:
  /talks/{{id}}:
    post:
      operationId: talk
      tags: [talks]
      summary: Talk.
      parameters:
      - {{name: id, in: path, required: true, schema: {{type: string}}}}
      - {{name: lang, in: query, schema: {{type: string}}}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [text]
              properties: {{text: {{type: string, description: What to say.}}, stream: {{type: boolean}}}}
      responses:
        "200":
          description: d
          content:
            application/json: {{schema: {{type: string}}}}
            text/event-stream:
              schema: {{type: string}}
              x-specwire-stream: {{switch: {{field: stream, value: true}}}}
"""


DESCRIBED = f"""{HEAD}
paths:
  /movies:
    get:
      operationId: getMovies
      summary: getMovies
      tags: [cinema]
      responses:
        "200": {{description: d, content: {{application/json: {{schema: {{$ref: "#/components/schemas/Movie"}}}}}}}}
    post:
      operationId: postMovies
      tags: [cinema]
      description: |
        Adds a movie. It may take long.

        One of these is needed:
        - `title`
        - `slug`

        ```json
        {{"title": "Alien"}}
        ```
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                title: {{type: string, description: title}}
                status: {{$ref: "#/components/schemas/Status"}}
      responses: {{"200": {{description: ok}}}}
components:
  schemas:
    Status: {{description: "Where the movie is in its life.\\n\\nMore.", type: string, enum: [planned, running]}}
    Other: {{description: Another one., anyOf: [{{$ref: "#/components/schemas/Status"}}, {{type: "null"}}]}}
    Movie:
      type: object
      properties:
        plain: {{$ref: "#/components/schemas/Status"}}
        nullable: {{anyOf: [{{$ref: "#/components/schemas/Status"}}, {{type: "null"}}]}}
        own: {{$ref: "#/components/schemas/Status", description: Its own words.}}
"""


def rendered(tmp_path: Path, text: str, name: str) -> str:
    """Return a file of a document's package."""
    spec = tmp_path / "cinema.yaml"
    spec.write_text(text, "utf-8")
    return build(Target("cinema", spec, tmp_path / "out", tmp_path / "client.toml")).files[name]


def constant(source: str, name: str) -> str:
    """Return the source of a constant's value on one line."""
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return ast.unparse(value)
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                return ast.unparse(value)
            case _:
                continue
    raise AssertionError(f"no constant {name}")


def test_error_tables_are_sorted_and_shared(tmp_path: Path) -> None:
    """Statuses first, then ranges, then the default; two operations share one table."""
    source = rendered(tmp_path, SHARED, "operations/movies.py")
    table = "{404: bool, '4XX': int, '5XX': int, 'default': models.Error}"
    assert table == constant(source, "_ERRORS")
    assert 2 == source.count("errors=_ERRORS")


def test_an_error_table_extends_the_common_one(tmp_path: Path) -> None:
    """It states its additions; a table with another type for a status is written in full."""
    responses = """responses:
        "200": {{description: d}}
        "400": {{description: d, content: {{application/json: {{schema: {{type: integer}}}}}}}}
        "404": {{description: d, content: {{application/json: {{schema: {{type: {}}}}}}}}}
        {}"""
    conflict = '"409": {description: d, content: {application/json: {schema: {type: string}}}}'
    tables = {"a": ("boolean", ""), "b": ("boolean", ""), "c": ("boolean", conflict), "d": ("number", conflict)}
    paths = "".join(
        f"  /{path}:\n    get:\n      tags: [x]\n      {responses.format(*each)}\n" for path, each in tables.items()
    )
    source = rendered(tmp_path, f"{HEAD}\npaths:\n{paths}", "operations/x.py")
    assert "{400: int, 404: bool}" == constant(source, "_ERRORS")
    assert 2 == source.count("errors=_ERRORS,")
    assert 1 == source.count("errors=_ERRORS | {409: str}")
    assert 1 == source.count("errors={400: int, 404: float, 409: str}")


def test_a_waiter_names_the_job_of_its_resource() -> None:
    """Only a plural names jobs."""
    midjourney = (ROOT / "generated/specwire_clients/aitre/api.md").read_text("utf-8")
    batches = (ROOT / "generated/specwire_clients/moonshot/api.md").read_text("utf-8")
    assert "Wait until the job reaches a terminal status." in midjourney
    assert "Wait until the batch reaches a terminal status." in batches


def test_a_repeated_style_is_a_named_constant(tmp_path: Path) -> None:
    """It is written once, with keywords."""
    source = rendered(tmp_path, SHARED, "operations/movies.py")
    assert "Style('form', explode=False)" == constant(source, "_COMMA_SEPARATED")
    assert 1 == source.count("Style(")
    assert 'styles={"ids": _COMMA_SEPARATED}' in source


def test_a_body_is_in_the_order_of_the_signature(tmp_path: Path) -> None:
    """Required fields first."""
    source = rendered(tmp_path, SHARED, "operations/movies.py")
    assert 'json_body({"title": title, "year": year, "slug": slug, "by": by})' in source


def test_a_stream_shares_arguments_and_body(tmp_path: Path) -> None:
    """The streaming form states its differences only."""
    source = rendered(tmp_path, STREAMED, "operations/talks.py")
    assert 1 == source.count('"text": text')
    assert 1 == source.count("What to say.")
    assert "@same_arguments(update)\ndef update_stream(request: BaseRequest) -> StreamRequest[str]:" in source
    assert '"""Streaming form of `update`; same arguments.' in source
    assert 'path=request.path, query=request.query, body=with_fields(request.body, {"stream": True})' in source


def docstring_of(source: str, name: str) -> str:
    """Return the docstring of a function or class."""
    found = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return ast.get_docstring(found[name]) or ""


def test_a_description_is_complete_markdown(tmp_path: Path) -> None:
    """Without a summary, its first sentence is the summary; lists and code are kept."""
    found = docstring_of(rendered(tmp_path, DESCRIBED, "operations/movies.py"), "create")
    shown = '- `title`\n- `slug`\n\n```json\n{"title": "Alien"}\n```'
    body = f"Adds a movie.\n\nIt may take long.\n\nOne of these is needed:\n{shown}"
    assert f"{body}\n\n`POST /movies`, operation `postMovies`." == found.partition("\n\nArgs:")[0]


def test_a_summary_that_repeats_the_id_is_not_used(tmp_path: Path) -> None:
    """The words of the method replace it."""
    files = {
        name: rendered(tmp_path, DESCRIBED, name) for name in ("operations/movies.py", "resources/movies.py", "api.md")
    }
    assert docstring_of(files["operations/movies.py"], "retrieve").startswith("Retrieve movies.\n")
    assert all("getMovies." not in text for text in files.values())


def test_fields_and_arguments_use_the_description_of_their_component(tmp_path: Path) -> None:
    """Also if they may be null; their own description takes precedence."""
    source = rendered(tmp_path, DESCRIBED, "models/__init__.py")
    assert 3 == source.count('    """Where the movie is in its life."""\n')
    assert '    """Its own words."""\n' in source
    arguments = docstring_of(rendered(tmp_path, DESCRIBED, "operations/movies.py"), "create").partition("Args:\n")[2]
    assert "    status: Where the movie is in its life." == arguments


def test_no_docstring_repeats_a_name(tmp_path: Path) -> None:
    """A class without description has none, an argument described by its name no line."""
    assert "" == docstring_of(rendered(tmp_path, DESCRIBED, "models/__init__.py"), "Movie")
    assert "title: " not in rendered(tmp_path, DESCRIBED, "operations/movies.py").replace("title: str", "")


@pytest.mark.parametrize("name", ["album", "tasks"])
def test_classes_of_resources_have_distinct_names(tmp_path: Path, name: str) -> None:
    """Also of `tasks` and `async_tasks`, since asynchronous classes begin with `Async`."""
    operation = "{{operationId: list{0}, tags: [{0}], responses: {{'200': {{description: d}}}}}}"
    paths = "".join(f"  /{tag}: {{get: {operation.format(tag)}}}\n" for tag in (name, f"async_{name}"))
    source = rendered(tmp_path, f"{HEAD}paths:\n{paths}", "client.py")
    names = [each for pair in re.findall(r"from \S*resources\S* import (\w+), (\w+)", source) for each in pair]
    assert 4 == len(names) == len(set(names)), names


def test_docstrings_of_clients_are_idiomatic(tmp_path: Path) -> None:
    """They name the API with its article."""
    source = rendered(tmp_path, SHARED, "client.py")
    assert '"""Clients for the Cinema API.' in source
    assert '"""Synchronous client for the Cinema API."""' in source
    assert '"""Asynchronous client for the Cinema API."""' in source


@pytest.mark.parametrize("title", ["Petstore", "The Petstore", "Petstore - REST API.", ""])
def test_any_title_makes_a_sentence(title: str, tmp_path: Path) -> None:
    """With or without an article, a full stop or any text."""
    source = rendered(tmp_path, SHARED.replace("title: Cinema API", f"title: {title!r}"), "client.py")
    [found] = re.findall(r'"""Synchronous client for (.*)"""', source)
    assert found == {"Petstore": "Petstore.", "The Petstore": "the Petstore.", "": "the API."}.get(
        title, "the Petstore - REST API."
    )


ENDINGS = f"""{HEAD}
tags: [{{name: movies, description: All about movies}}]
paths:
  /movies:
    get:
      operationId: listMovies
      tags: [movies]
      summary: List movies
      description: Returns a list of all movies.
      parameters:
      - {{name: width, in: query, description: Width (in cm), schema: {{type: number, default: 0.4}}}}
      - {{name: by, in: query, description: 'Order, see https://c.example/order', schema: {{type: string, default: title}}}}
      - {{name: kind, in: query, description: "One of:\\n- long\\n- short", schema: {{type: string, default: long}}}}
      - {{name: sort, in: query, description: "Adds a <code>-</code>.<br/>Or <b>none</b>", schema: {{type: string}}}}
      responses: {{"200": {{description: ok}}}}
    delete:
      operationId: deleteMovies
      tags: [movies]
      summary: Delete movies
      description: Deletes the movies. They are gone.
      responses: {{"200": {{description: ok}}}}
  /old_cuts/{{id}}:
    get:
      operationId: listCuts
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      responses: {{"200": {{description: ok, content: {{application/json: {{schema: {{$ref: "#/components/schemas/Cut"}}}}}}}}}}
components:
  schemas:
    Cut:
      type: object
      description: A cut
      properties:
        length: {{type: integer, description: Its length}}
        title: {{type: string, description: Its title}}
"""


def test_descriptions_end_with_a_full_stop(tmp_path: Path) -> None:
    """So that the default is a sentence of its own; lists and links end as they are."""
    arguments = docstring_of(rendered(tmp_path, ENDINGS, "operations/movies.py"), "list_").partition("Args:\n")[2]
    assert textwrap.dedent(arguments).rstrip() == (
        "width: Width (in cm). The server's default is 0.4.\n"
        "by: Order, see https://c.example/order\n"
        '    The server\'s default is "title".\n'
        "kind: One of:\n"
        "    - long\n"
        "    - short\n"
        '    The server\'s default is "long".\n'
        "sort: Adds a `-`.\n"
        "    Or **none**."
    )
    models = rendered(tmp_path, ENDINGS, "models/__init__.py")
    assert '    """A cut."""\n' in models
    assert '    """Its length."""\n\n    title: ' in models


def test_a_description_that_repeats_the_summary_is_left_out(tmp_path: Path) -> None:
    """The rest of it stays."""
    source = rendered(tmp_path, ENDINGS, "operations/movies.py")
    assert docstring_of(source, "list_").startswith("List movies.\n\n`GET /movies`, operation `listMovies`.")
    assert docstring_of(source, "delete_all").startswith("Delete movies.\n\nThey are gone.\n\n`DELETE ")


def test_a_resource_without_description_is_named_in_sentence_case(tmp_path: Path) -> None:
    """Only its first word has a capital."""
    assert rendered(tmp_path, ENDINGS, "resources/old_cuts.py").startswith('"""Old cuts.\n')
    assert rendered(tmp_path, ENDINGS, "resources/movies.py").startswith('"""All about movies.\n')


def test_headers_name_no_folder_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute path is relative to the working directory, or only a name if it is outside."""
    assert "Generated by specwire from cinema.yaml. Do" in rendered(tmp_path, SHARED, "client.py")
    monkeypatch.chdir(tmp_path.parent)
    assert f"Generated by specwire from {tmp_path.name}/cinema.yaml. Do" in rendered(tmp_path, SHARED, "client.py")


def test_the_body_of_an_operation_is_written_once() -> None:
    """Its streaming forms refer to it, or have a signature only."""
    assert len(GENERATED) > 50 and len(CASES) > 300
    for path in (*GENERATED, *CASES):
        tree = ast.parse(path.read_text("utf-8"))
        ids = dict(filter(None, map(_operation, tree.body)))
        written = Counter(ids[name] for name in map(_built, tree.body) if name in ids)
        assert {} == {name: count for name, count in written.items() if count > 1}, path


def _operation(statement: ast.stmt) -> tuple[str, str] | None:
    """Return the name of a constant and the id of its operation."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Name("Operation"), keywords=[ast.keyword("id", ast.Constant(str(id_))), *_]),
        ):
            return name, id_
        case _:
            return None


def _built(statement: ast.stmt) -> str | None:
    """Return the constant of a function that writes a JSON body."""
    match statement:
        case ast.FunctionDef(body=[_, ast.Return(ast.Call(args=[ast.Name(id=name)], keywords=keywords))]):
            bodies = [one.value for one in keywords if one.arg == "body" and isinstance(one.value, ast.Call)]
            return name if any(ast.unparse(body.func) == "json_body" for body in bodies) else None
        case _:
            return None


def test_every_operation_is_below_its_facts() -> None:
    """A function follows the constants that it uses, and no constant is unused."""
    assert len(GENERATED) > 50 and len(CASES) > 300
    for path in (*GENERATED, *CASES):
        _check_constants(ast.parse(path.read_text("utf-8")), str(path))


def _check_constants(tree: ast.Module, path: str) -> None:
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for statement, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name("Operation"))):
                assert isinstance(following, ast.FunctionDef), f"{name} in {path}"
                assert name in {node.id for node in ast.walk(following) if isinstance(node, ast.Name)}, path
            case ast.Assign(targets=[ast.Name(id=name)]) if name[0] == "_" and name[1] != "_":
                assert name in used, path
            case _:
                continue


def test_headers_do_not_mention_this_repository() -> None:
    """No command or folder of it is in a generated file."""
    for path in (*GENERATED, *CASES):
        text = path.read_text("utf-8")
        assert not text or "Do not edit: run `specwire generate`." in text, path
        assert "`make" not in text, path
