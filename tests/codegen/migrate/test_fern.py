"""`specwire new --from` for Fern: `generators.yml`, overrides, and `x-fern-*` of a document."""

from __future__ import annotations

from pathlib import Path

import pytest
from specwire_codegen.ir import Cursor, EventStream, NextURL, Offset, PageNumber

from tests.codegen.migrate.migrating import DOCUMENT, Migrated, migrated

OVERRIDES = """\
x-fern-idempotency-headers: [{header: Idempotency-Key, name: idempotency_key}]
x-fern-global-headers: [{header: X-Site, name: site, env: SEA_SITE, optional: true}]
x-fern-pagination: {cursor: $request.after, next_cursor: $response.last_id, results: $response.data}
paths:
  /v1/health:
    get: {x-fern-sdk-method-name: healthCheck}
  /v1/tanks:
    get:
      x-fern-sdk-group-name: tanks
      x-fern-sdk-method-name: list
      x-fern-pagination: true
      x-fern-audiences: [public]
    post: {x-fern-sdk-group-name: [sea, tanks], x-fern-sdk-method-name: create, x-fern-availability: deprecated}
  /v1/tanks/{tank_id}:
    get: {tags: [tanks], operationId: tanks_read}
    delete: {x-fern-ignore: true}
  /v1/tanks/{tank_id}/fish:
    get:
      x-fern-sdk-group-name: fish
      x-fern-sdk-method-name: list
      x-fern-pagination: {offset: $request.page, results: $response.fish}
      parameters:
        - {description: The number of the page.}
  /v1/feeds:
    get:
      x-fern-pagination: {offset: $request.offset, step: $request.take, results: $response.rows}
  /v1/shoals:
    get:
      x-fern-sdk-return-value: items
  /v1/watch:
    post:
      x-fern-streaming:
        format: sse
        stream-condition: $request.stream
        response: {$ref: "#/components/schemas/Sight"}
        response-stream: {$ref: "#/components/schemas/SightEvent"}
components:
  schemas:
    TankV2: {x-fern-type-name: Tank, required: [id]}
"""
GENERATORS = """\
auth-schemes:
  Token: {scheme: bearer, token: {name: token, env: SEA_TOKEN}}
  User: {scheme: basic, username: {name: user, env: SEA_USER}, password: {name: secret, env: SEA_SECRET}}
api:
  auth: {any: [Token, User]}
  headers: {X-Version: {name: version, env: SEA_VERSION}}
  environments: {Sandbox: "https://sandbox.sea.test", Production: {url: "https://sea.test"}}
  default-environment: Production
  specs:
    - {openapi: ../openapi.yml, overrides: overrides.yml}
groups:
  node-sdk: {generators: [{name: fernapi/fern-typescript-node-sdk}]}
  python-sdk:
    generators: [{name: fernapi/fern-python-sdk, version: 4.0.0, config: {client_class_name: SeaClient}}]
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Generators and overrides with every kind of key."""
    root = tmp_path_factory.mktemp("fern")
    (root / "fern").mkdir()
    (root / "fern/overrides.yml").write_text(OVERRIDES)
    return migrated(GENERATORS, root, file="fern/generators.yml")


def test_methods_have_the_names_of_fern(whole: Migrated) -> None:
    """Stated ones; others from tag and operationId."""
    assert {
        "GET /v1/health": ["health_check"],
        "GET /v1/tanks": ["tanks.list"],
        "POST /v1/tanks": ["sea.tanks.create"],
        "GET /v1/tanks/{tank_id}": ["tanks.read"],
        "GET /v1/tanks/{tank_id}/fish": ["fish.list"],
        "GET /v1/shoals": ["shoals"],
        "GET /v1/feeds": ["feeds"],
        "POST /v1/watch": ["watch", "watch_stream"],
        "POST /v1/internal": ["internal"],
        "GET /v1/other": ["other"],
    } == whole.methods
    assert "SeaClient" == whole.client["client"]["class"]


def test_what_is_left_has_a_place(whole: Migrated) -> None:
    """Here the only key that cannot be carried over."""
    (left,) = whole.left
    assert "the response is not unwrapped" in left and "overrides.yml:29" in left


def test_pages_follow_the_document(whole: Migrated) -> None:
    """Cursors, offsets and page numbers."""
    pages = {".".join(one.method): one.pagination for one in whole.api.operations if one.pagination is not None}
    match [pages.get(name) for name in ("tanks.list", "fish.list", "feeds")]:
        case [Cursor() as cursor, PageNumber() as number, Offset() as offset]:
            assert (cursor.cursor, cursor.next) == ("after", ("last_id",))
            assert (number.page, number.first, offset.size) == ("page", None, "take")
        case others:
            pytest.fail(f"{others}")


def test_streams_have_their_events(whole: Migrated) -> None:
    """With the condition as their switch."""
    (stream,) = (one for one in whole.api.operations if isinstance(one.payload, EventStream))
    assert (("stream", True),) == stream.fixed and "SightEvent" in str(stream.payload)


def test_authentication_and_servers_reach_the_document(whole: Migrated) -> None:
    """The default environment comes first."""
    assert whole.api.security is not None
    assert (("Token",), ("User",)) == whole.api.security.requirements
    assert "https://sea.test" == whole.api.base_url
    assert "SEA_TOKEN" == whole.client["client"]["key"]
    assert whole.api.retry is not None and "Idempotency-Key" == whole.api.retry.idempotency_header


def test_marks_and_class_names(whole: Migrated) -> None:
    """Availability, and the name of a type."""
    assert [("sea", "tanks", "create")] == [one.method for one in whole.api.operations if one.deprecated]
    assert {"TankV2": "Tank"} == whole.client["models"]


def test_audiences_select_operations(tmp_path: Path) -> None:
    """Operations of other audiences are omitted."""
    (tmp_path / "overrides.yml").write_text(OVERRIDES)
    config = GENERATORS.replace("  python-sdk:\n", "  python-sdk:\n    audiences: [public]\n")
    assert ["GET /v1/tanks"] == [*migrated(config, tmp_path, file="generators.yml").methods]


def test_a_document_with_hints_is_a_configuration(tmp_path: Path) -> None:
    """Operations without hints keep their default names."""
    text = DOCUMENT.read_text().replace("operationId: feeds", "operationId: feeds\n      x-fern-sdk-method-name: feed")
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    found = migrated(spec, tmp_path, spec)
    assert {"GET /v1/feeds": "feed"} == found.client["operations"]
    assert ["feed"] == found.methods["GET /v1/feeds"]


def test_a_document_without_hints_is_none(tmp_path: Path) -> None:
    """The error has the remedy."""
    with pytest.raises(Exception, match="leave --from out"):
        migrated(DOCUMENT, tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../secret.yml", "is not below"),
        ("/etc/hostname", "is not below"),
        ("https://sea.test/overrides.yml", "is not read"),
        ("nowhere.yml", "does not exist"),
    ],
)
def test_files_elsewhere_are_not_read(name: str, message: str, tmp_path: Path) -> None:
    """A configuration reads only what is next to it."""
    (tmp_path / "secret.yml").write_text("info: {title: Secret}")
    config = GENERATORS.replace("overrides.yml", name)
    found = migrated(config, tmp_path, file="fern/generators.yml")
    assert [each for each in found.left if message in each], found.left


@pytest.mark.parametrize(
    ("paging", "kind"),
    [
        ("{next_uri: $response.last_id, results: $response.data}", NextURL),
        ("{cursor: $request.after, next_cursor: $response.last_id, results: $response.data}", Cursor),
        ("{offset: $request.limit, results: $response.data}", PageNumber),
    ],
)
def test_forms_of_pagination(paging: str, kind: type, tmp_path: Path) -> None:
    """Each form has its style."""
    (tmp_path / "overrides.yml").write_text(f"paths: {{/v1/tanks: {{get: {{x-fern-pagination: {paging}}}}}}}")
    api = migrated(GENERATORS, tmp_path, file="generators.yml").api
    (paged,) = (one for one in api.operations if (one.http_method, one.path) == ("GET", "/v1/tanks"))
    assert isinstance(paged.pagination, kind)


@pytest.mark.parametrize("paging", ["{results: $response.data}", "{cursor: after}", "7", "{results: 3, cursor: []}"])
def test_unknown_forms_of_pagination_are_left(paging: str, tmp_path: Path) -> None:
    """Nothing is guessed."""
    (tmp_path / "overrides.yml").write_text(f"paths: {{/v1/tanks: {{get: {{x-fern-pagination: {paging}}}}}}}")
    found = migrated(GENERATORS, tmp_path, file="generators.yml")
    assert not any("update" in each and "x-specwire-pagination" in each["update"] for each in found.actions)
