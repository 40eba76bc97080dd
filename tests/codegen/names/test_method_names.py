"""Default names of methods: from tags, operationIds and paths."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.lower.naming.method import RESERVED, default_methods
from specwire_codegen.lower.naming.named import Named


def method(http_method: str, path: str, id: str = "", tag: str | None = None) -> str:
    one = Named(f"{http_method} {path}", id or f"{http_method.lower()} {path}", tag, http_method, path)
    return ".".join(default_methods([one], [])[one.key])


@pytest.mark.parametrize(
    ("http_method", "path", "name"),
    [
        ("GET", "/users", "users.list"),
        ("POST", "/users", "users.create"),
        ("GET", "/users/{id}", "users.get"),
        ("PUT", "/users/{id}", "users.update"),
        ("PATCH", "/users/{id}", "users.update"),
        ("DELETE", "/users/{id}", "users.delete"),
        ("GET", "/users/{id}/posts", "users.list_posts"),
        ("POST", "/users/{id}/posts", "users.create_post"),
        ("DELETE", "/users/{id}/posts", "users.delete_posts"),
        ("GET", "/users/{id}/avatar", "users.get_avatar"),
        ("POST", "/users/{id}/activate", "users.activate"),
        ("GET", "/api/v2/users", "users.list"),
        ("POST", "/sendMessage", "send_message"),
        ("GET", "/search?query={query}", "get_search"),
        ("GET", "/profiles/{id}{format}", "profiles.get"),
    ],
)
def test_names_from_routes(http_method: str, path: str, name: str) -> None:
    """An operation without a name is named after its route."""
    assert name == method(http_method, path)


@pytest.mark.parametrize(
    ("http_method", "path", "id", "tag", "name"),
    [
        ("GET", "/pets", "getPets", "Pets", "pets.list"),
        ("GET", "/pets", "list_pets", "pets", "pets.list"),
        ("GET", "/pets/{id}", "getPetById", "Pets", "pets.get"),
        ("GET", "/v1/pages/{id}", "retrieveAPage", "Pages", "pages.retrieve"),
        ("GET", "/items/{id}", "read_item_items__id__get", "items", "items.read"),
        ("PUT", "/chart/{pk}", "put_chart_pk", "Charts", "charts.update"),
        ("PATCH", "/families/{family}/assets/{code}", "patch_asset__code_", "Asset", "asset.update"),
        ("GET", "/families/{family}/assets", "get_assets", "Asset", "asset.list"),
        ("GET", "/v3/users/{id}/keys", "getV3UsersIdKeys", "users", "users.list_keys"),
        ("GET", "/apis", "getAPIs", "APIs", "apis.list"),
        ("GET", "/search", "search", "Search API", "search.search"),
        ("GET", "/search", "search", None, "search"),
        ("GET", "/games/{date}", "GamesByDate", None, "games.by_date"),
        ("POST", "/x", "createX", "OpenApi", "open_api.create_x"),
        ("GET", "/v2/customers", "CustomersController_findAll[0]", "Customers", "customers.find_all"),
        ("PUT", "/customers/{id}", "updateCustomerUsingPUT_1", "customer-controller", "customer.update"),
        ("POST", "/v2/invoices", "invoices_v2_create", "Invoices", "invoices.create"),
        ("GET", "/v2/health", "200", None, "get_health"),
    ],
)
def test_names_from_operation_ids(http_method: str, path: str, id: str, tag: str | None, name: str) -> None:
    """A method does not repeat the resource's name."""
    assert name == method(http_method, path, id, tag)


def methods(*ids: str) -> list[str]:
    wanted = [Named(id, id, "tag", "POST", f"/{index}") for index, id in enumerate(ids)]
    return [".".join(name) for name in default_methods(wanted, []).values()]


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["drive.files.list", "drive.files.revisions.get"], ["files.list", "files.revisions.get"]),
        (["files.list", "files.get"], ["files.list", "files.get"]),
        (["App.GetUsage", "User.Search"], ["app.get_usage", "user.search"]),
        (["admin.users.list", "users.list", "ping.now"], ["admin.users.list", "users.list", "ping.now"]),
        (["files.list", "plain"], ["tag.files_list", "tag.plain"]),
        (["a.files", "a.files.list"], ["a_files", "files.list"]),
        (["a.b_c.get", "a_b.c.get"], ["a.b_c.get", "a_b.c_.get"]),
    ],
)
def test_names_from_dotted_operation_ids(ids: list[str], names: list[str]) -> None:
    """If all operationIds are paths of resources, so are the methods."""
    assert names == methods(*ids)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names_get_an_underscore(name: str) -> None:
    """No method hides a method of the client."""
    assert f"{name}_" == method("POST", f"/{name}", name)


def test_a_read_of_a_reserved_name_gets_a_verb() -> None:
    """A verb is better than an underscore."""
    assert "get_endpoint" == method("GET", "/endpoint", "endpoint")


@pytest.mark.parametrize(("tag", "name"), [("Resource", "resources"), ("endpoint", "endpoints"), ("close", "close_")])
def test_resources_with_reserved_names(tag: str, name: str) -> None:
    """A resource with a name of the client is plural, or has an underscore."""
    wanted = [Named("1", "list_them", tag, "GET", "/them"), Named("2", "listMore", f"{tag}s", "GET", "/more")]
    found = default_methods(wanted, [])

    assert name == found["1"][0]
    assert found["1"] != found["2"]


routes = st.lists(
    st.tuples(
        st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
        st.lists(st.sampled_from(["users", "{id}", "search", "v1", "send", "{a}{b}", "x y", "ü", "list"]), max_size=4),
        st.sampled_from(["", "list", "get", "getUsers", "users", "42", "..."]),
        st.sampled_from([None, "users", "Users API", "send", "", "??"]),
    ),
    max_size=8,
)


@given(routes)
def test_names_are_distinct(drawn: list[tuple[str, list[str], str, str | None]]) -> None:
    """Every operation has its own method, and no method is also a resource."""
    operations = {
        one.key: one
        for verb, parts, id, tag in drawn
        for one in [
            Named(f"{verb} /{'/'.join(parts)}", id or f"{verb}_{'_'.join(parts)}", tag, verb, "/" + "/".join(parts))
        ]
    }
    found = default_methods(operations.values(), [])
    assert operations.keys() == found.keys()
    assert len(found) == len(set(found.values()))
    resources = {name[:-1] for name in found.values()}
    assert resources.isdisjoint(found.values())
    assert all(part.isidentifier() for name in found.values() for part in name)


def methods_of(*operations: tuple[str, str, str, str | None]) -> list[str]:
    """Return the methods of operations, given as HTTP method, path, operationId (or nothing) and tag."""
    made = [
        Named(f"{http_method} {path}", id or f"{http_method.lower()} {path}", tag, http_method, path)
        for http_method, path, id, tag in operations
    ]
    found = default_methods(made, [])
    return [".".join(found[one.key]) for one in made]


def spoken(http_method: str, path: str) -> str:
    noun = "Object" if "objects" in path else "Bucket"
    return f"{http_method.lower()}{noun}{'' if path.endswith('}') else 's'}"


PLAIN = {"delete", "destroy", "remove", "update", "patch", "put", "replace", "get"}


@pytest.mark.parametrize("first", ["collection", "item"])
@pytest.mark.parametrize("tag", ["Buckets", "bucket", None])
@pytest.mark.parametrize(
    ("http_method", "ids", "expected"),
    [
        ("DELETE", ("", ""), ("delete_all", "delete")),
        ("DELETE", ("deleteBuckets", "deleteBucket"), ("delete_all", "delete")),
        ("DELETE", ("deleteAllBuckets", "deleteBucket"), ("delete_all", "delete")),
        ("DELETE", ("delete_buckets_buckets_delete", "delete_bucket_buckets__id__delete"), ("delete_all", "delete")),
        ("DELETE", ("removeBuckets", "removeBucket"), ("remove_all", "remove")),
        ("DELETE", ("buckets_destroy", "buckets_destroy_one"), ("delete_all", "destroy_one")),
        ("PUT", ("", ""), ("update_all", "update")),
        ("PUT", ("replaceBuckets", "replaceBucket"), ("replace_all", "replace")),
        ("PATCH", ("", ""), ("update_all", "update")),
        ("PATCH", ("patch_buckets", "patch_bucket"), ("update_all", "update")),
        ("PATCH", ("updateBuckets", "updateBucket"), ("update_all", "update")),
        ("GET", ("", ""), ("list", "get")),
        ("GET", ("getBuckets", "getBucket"), ("list", "get")),
        ("GET", ("listBuckets", "listBucket"), ("list", "get")),
    ],
)
def test_a_collection_has_another_verb_than_its_items(
    first: str, tag: str | None, http_method: str, ids: tuple[str, str], expected: tuple[str, str]
) -> None:
    """In any order and style of the document."""
    operations = [(http_method, "/buckets", ids[0], tag), (http_method, "/buckets/{id}", ids[1], tag)]
    if first == "item":
        found = methods_of(*reversed(operations))[::-1]
    else:
        found = methods_of(*operations)
    assert [f"{(tag or 'buckets').lower()}.{name}" for name in expected] == found


@pytest.mark.parametrize(
    ("http_method", "path", "id", "tag", "name"),
    [
        ("DELETE", "/logs", "deleteLogs", "logs", "logs.delete_all"),
        ("DELETE", "/logs", "", None, "logs.delete_all"),
        ("DELETE", "/session", "", "session", "session.delete"),
        ("PATCH", "/user", "updateUser", "user", "user.update"),
        ("PUT", "/settings", "updateSettings", "settings", "settings.update"),
    ],
)
def test_a_collection_without_items(http_method: str, path: str, id: str, tag: str | None, name: str) -> None:
    """Deleting several things has `all` in its name; a singleton keeps the verb."""
    assert [name] == methods_of((http_method, path, id, tag))


def test_a_singular_operation_id_on_a_plural_path_is_kept() -> None:
    """The body of `PUT /pet` identifies the pet."""
    operations = [("PUT", "/pet", "updatePet", "pet"), ("GET", "/pet/{petId}", "getPetById", "pet")]
    assert ["pet.update_pet", "pet.get"] == methods_of(*operations)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GET", "PUT", "PATCH", "DELETE"]),
            st.sampled_from(["/buckets", "/buckets/{id}", "/buckets/{id}/objects", "/buckets/{id}/objects/{key}"]),
            st.booleans(),
            st.sampled_from(["Buckets", None]),
        ),
        unique_by=lambda each: each[:2],
    )
)
def test_no_operation_on_several_things_has_a_plain_verb(operations: list[tuple[str, str, bool, str | None]]) -> None:
    """Every operation has its own name."""
    named = [
        (
            verb,
            path,
            f"{verb.lower()}{'Object' if 'objects' in path else 'Bucket'}{'' if path[-1] == '}' else 's'}"
            if id
            else "",
            tag,
        )
        for verb, path, id, tag in operations
    ]
    found = methods_of(*named)
    assert len(set(found)) == len(found)
    items = {path.rpartition("/")[0] for _, path, _, _ in operations if path.endswith("}")}
    for (verb, path, _, _), name in zip(operations, found, strict=True):
        assert path.endswith("}") or name.rpartition(".")[2] not in PLAIN or verb != "DELETE" and path not in items


@pytest.mark.parametrize(
    ("operations", "names"),
    [
        ([("GET", "/jobs/{id}/next", "next_runs_by_job_jobs__id__next_get", "Jobs")], ["jobs.next_runs"]),
        ([("POST", "/templates/{id}/run", "create_run_from_template", "Templates")], ["templates.create_run"]),
        (
            [("POST", "/todos", "TodosCreateTodo", None), ("GET", "/todos/{todo_id}", "TodosTodoIdGetTodo", None)],
            ["todos.create", "todos.get"],
        ),
        ([("GET", "/sse", "SseSse", None)], ["sse"]),
        ([("GET", "/download", "downloadFile", None)], ["download_file"]),
        (
            [
                ("POST", "/api/authors/", "api_authors_create", "api"),
                ("GET", "/api/books/{id}/", "api_books_retrieve", "api"),
                ("DELETE", "/api/books/{id}/", "api_books_destroy", "api"),
            ],
            ["authors.create", "books.get", "books.delete"],
        ),
        ([("GET", "/health", "health_endpoint_health_get", "health")], ["health.get"]),
        (
            [
                ("POST", "/engines/{m}/chat/completions", "chat_completion_engines__m__chat_completions_post", "chat"),
                ("POST", "/v1/chat/completions", "chat_completion_v1_chat_completions_post", "chat"),
            ],
            ["chat.completion_for_engine", "chat.completion"],
        ),
        (
            [
                ("GET", "/collections/{crn}", "get_collection_by_crn", "Collection"),
                ("GET", "/tenants/{tenant}/collections/{id}", "get_collection", "Collection"),
            ],
            ["collection.get_by_crn", "collection.get"],
        ),
        ([("GET", "/animals", "animals_animals_get", "animals")], ["animals.list"]),
        (
            [
                ("GET", "/snapshots", "list_pipeline_snapshots_snapshots_get", "snapshots"),
                ("GET", "/snapshots/{id}", "get_pipeline_snapshot_snapshots__id__get", "snapshots"),
                ("DELETE", "/snapshots/{id}", "delete_pipeline_snapshot_snapshots__id__delete", "snapshots"),
            ],
            ["snapshots.list", "snapshots.get", "snapshots.delete"],
        ),
        ([("POST", "/steps", "create_run_step_steps_post", "steps")], ["steps.create"]),
        ([("GET", "/pipelines/{id}/steps", "list_pipeline_steps", "steps")], ["steps.list_for_pipeline"]),
        ([("GET", "/steps/active", "get_active_steps", "steps")], ["steps.get_active"]),
        (
            [
                ("GET", "/api/projects/", "api_projects_list", "Projects"),
                ("DELETE", "/api/projects/{id}/", "api_projects_destroy", "Projects"),
            ],
            ["projects.list", "projects.delete"],
        ),
        ([("GET", "/api/pool", "", "Pool"), ("GET", "/api/pool/{name}", "", "Pool")], ["pool.list", "pool.get"]),
        ([("POST", "/api/store/bucket", "", "StoreBucket")], ["store_bucket.create"]),
        ([("POST", "/pots/{id}/clearSeeds", "post_clear_seeds", "Seed")], ["seed.clear"]),
        ([("GET", "/assets/aliases/{asset_alias_id}", "get_asset_alias", "Asset")], ["asset.get_alias"]),
        (
            [
                ("GET", "/status", "status_api_4_status_get", None),
                ("HEAD", "/status", "status_api_4_status_head", None),
            ],
            ["get_status", "head_status"],
        ),
        (
            [
                ("GET", "/api/trips", "ninja_app_list_trips", None),
                ("GET", "/api/trips/{id}", "ninja_app_get_trip", None),
                ("GET", "/api/health", "ninja_app_health", None),
                ("POST", "/api/up", "ninja_app_upload_file", "files"),
            ],
            ["trips.list", "trips.get", "health", "files.upload"],
        ),
        (
            [("GET", "/pets", "ShopApiGetPets", "pets"), ("POST", "/pets", "ShopApiAddPet", "pets")],
            ["pets.list", "pets.add"],
        ),
        (
            [("POST", "/cat", "predict_cat", "ml"), ("POST", "/dog", "predict_dog", "ml")],
            ["ml.predict_cat", "ml.predict_dog"],
        ),
        (
            [("POST", "/me", "user_update", "me"), ("DELETE", "/me", "user_delete", "me")],
            ["me.user_update", "me.user_delete"],
        ),
        ([("GET", "/x", "getAll", "x"), ("GET", "/y", "getGetter", "x")], ["x.get_all", "x.get_getter"]),
        (
            [
                ("GET", "/trips/{id}", "trips_api_get_trip", None),
                ("POST", "/users", "shop_users_views_create_user", None),
            ],
            ["trips.get", "users.create"],
        ),
        ([("GET", "/aliases/{id}", "get_alias", "aliases")], ["aliases.get"]),
        ([("GET", "/leaves/{id}", "get_leaf", "leaves")], ["leaves.get"]),
        ([("GET", "/canvas", "get_canvas", "canvas")], ["canvas.get"]),
        ([("GET", "/links", "get_connections", "Connection")], ["connection.list"]),
        ([("GET", "/vendors", "get_providers", "Provider")], ["provider.list"]),
    ],
)
def test_affixes_of_frameworks_are_removed(
    operations: list[tuple[str, str, str, str | None]], names: list[str]
) -> None:
    """The rest of a handler's name describes the operation."""
    assert names == methods_of(*operations)
