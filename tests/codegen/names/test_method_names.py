"""Default names of methods: from tags, operationIds and paths."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.lower.naming.method import RESERVED, default_methods
from specwire_codegen.lower.naming.named import Named


def derived(http_method: str, path: str) -> str:
    """Return the operationId of an operation that has none."""
    return re.sub(r"\W+", "_", f"{http_method.lower()}{path}").rstrip("_")


def method(http_method: str, path: str, id: str = "", tag: str | None = None) -> str:
    one = Named(f"{http_method} {path}", id or derived(http_method, path), tag, http_method, path)
    return ".".join(default_methods([one], [])[one.key].method)


@pytest.mark.parametrize(
    ("http_method", "path", "name"),
    [
        ("GET", "/users", "users.list"),
        ("POST", "/users", "users.create"),
        ("GET", "/users/{id}", "users.retrieve"),
        ("PUT", "/users/{id}", "users.update"),
        ("PATCH", "/users/{id}", "users.update"),
        ("DELETE", "/users/{id}", "users.delete"),
        ("GET", "/users/{id}/posts", "users.posts.list"),
        ("POST", "/users/{id}/posts", "users.posts.create"),
        ("DELETE", "/users/{id}/posts", "users.posts.delete_all"),
        ("GET", "/users/{id}/avatar", "users.avatar"),
        ("POST", "/users/{id}/activate", "users.activate"),
        ("GET", "/api/v2/users", "users.list"),
        ("POST", "/sendMessage", "send_message"),
        ("GET", "/search?query={query}", "search.retrieve"),
        ("GET", "/profiles/{id}{format}", "profiles.retrieve"),
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
        ("GET", "/pets/{id}", "getPetById", "Pets", "pets.retrieve"),
        ("GET", "/v1/pages/{id}", "retrieveAPage", "Pages", "pages.retrieve"),
        ("GET", "/items/{id}", "read_item_items__id__get", "items", "items.retrieve"),
        ("PUT", "/chart/{pk}", "put_chart_pk", "Charts", "chart.update"),
        ("PATCH", "/families/{family}/assets/{code}", "patch_asset__code_", "Asset", "families.assets.update"),
        ("GET", "/families/{family}/assets", "get_assets", "Asset", "families.assets.list"),
        ("GET", "/v3/users/{id}/keys", "getV3UsersIdKeys", "users", "users.keys.list"),
        ("GET", "/apis", "getAPIs", "APIs", "apis.list"),
        ("GET", "/search", "search", "Search API", "search.retrieve"),
        ("GET", "/search", "search", None, "search"),
        ("GET", "/games/{date}", "GamesByDate", None, "games.retrieve"),
        ("POST", "/x", "createX", "OpenApi", "open_api.create_x"),
        ("GET", "/v2/customers", "CustomersController_findAll[0]", "Customers", "customers.list"),
        ("PUT", "/customers/{id}", "updateCustomerUsingPUT_1", "customer-controller", "customers.update"),
        ("POST", "/v2/invoices", "invoices_v2_create", "Invoices", "invoices.create"),
        ("GET", "/v2/health", "200", None, "health.retrieve"),
    ],
)
def test_names_from_operation_ids(http_method: str, path: str, id: str, tag: str | None, name: str) -> None:
    """A method does not repeat the resource's name."""
    assert name == method(http_method, path, id, tag)


def methods(*ids: str) -> list[str]:
    wanted = [Named(id, id, "tag", "POST", f"/{index}") for index, id in enumerate(ids)]
    return [".".join(name.method) for name in default_methods(wanted, []).values()]


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["drive.files.list", "drive.files.revisions.get"], ["files.list", "files.revisions.get"]),
        (["files.list", "files.get"], ["files.list", "files.get"]),
        (["App.GetUsage", "User.Search"], ["app.get_usage", "user.search"]),
        (["admin.users.list", "users.list", "ping.now"], ["admin.users.list", "users.list", "ping.now"]),
        (["files.list", "plain"], ["tag.files_list", "tag.plain"]),
        (["a.files", "a.files.list"], ["a_files", "files.list"]),
        (["a.b_c.get", "a_b.c.get"], ["a.b_c.get", "a_b.c.get"]),
    ],
)
def test_names_from_dotted_operation_ids(ids: list[str], names: list[str]) -> None:
    """If all operationIds are paths of resources, so are the methods."""
    assert names == methods(*ids)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names_get_an_underscore(name: str) -> None:
    """No method hides what the client itself can do."""
    assert f"{name}_" == method("POST", f"/{name}", name).partition(".")[0]


def test_a_read_of_a_reserved_name_gets_a_verb() -> None:
    """A verb is better than an underscore."""
    assert "get_endpoint" == method("GET", "/endpoint", "endpoint")


@pytest.mark.parametrize(
    ("segment", "name"), [("resource", "resources"), ("endpoint", "endpoints"), ("close", "close_")]
)
def test_resources_with_reserved_names(segment: str, name: str) -> None:
    """A resource that its client needs for itself is in the plural, else it has an underscore."""
    one, other = methods_of(("GET", f"/{segment}/{{id}}", "", None), ("GET", f"/{segment}s/{{id}}", "", None))

    assert f"{name}.retrieve" == one
    assert one != other


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
    found = {key: choice.method for key, choice in default_methods(operations.values(), []).items()}
    assert operations.keys() == found.keys()
    assert len(found) == len(set(found.values()))
    resources = {name[:-1] for name in found.values()}
    assert resources.isdisjoint(found.values())
    assert all(part.isidentifier() for name in found.values() for part in name)


def methods_of(*operations: tuple[str, str, str, str | None]) -> list[str]:
    """Return the methods of operations, given as HTTP method, path, operationId (or nothing) and tag."""
    made = [
        Named(f"{http_method} {path}", id or derived(http_method, path), tag, http_method, path)
        for http_method, path, id, tag in operations
    ]
    found = default_methods(made, [])
    return [".".join(found[one.key].method) for one in made]


def spoken(http_method: str, path: str) -> str:
    noun = "Object" if "objects" in path else "Bucket"
    return f"{http_method.lower()}{noun}{'' if path.endswith('}') else 's'}"


PLAIN = {"delete", "update", "replace", "retrieve"}


@pytest.mark.parametrize("first", ["collection", "item"])
@pytest.mark.parametrize("tag", ["Buckets", "bucket", None])
@pytest.mark.parametrize(
    ("http_method", "ids", "expected"),
    [
        ("DELETE", ("", ""), ("delete_all", "delete")),
        ("DELETE", ("deleteBuckets", "deleteBucket"), ("delete_all", "delete")),
        ("DELETE", ("deleteAllBuckets", "deleteBucket"), ("delete_all", "delete")),
        ("DELETE", ("delete_buckets_buckets_delete", "delete_bucket_buckets__id__delete"), ("delete_all", "delete")),
        ("DELETE", ("removeBuckets", "removeBucket"), ("delete_all", "delete")),
        ("DELETE", ("buckets_destroy", "buckets_destroy_one"), ("delete_all", "delete")),
        ("PUT", ("", ""), ("update_all", "update")),
        ("PUT", ("replaceBuckets", "replaceBucket"), ("update_all", "update")),
        ("PATCH", ("", ""), ("update_all", "update")),
        ("PATCH", ("patch_buckets", "patch_bucket"), ("update_all", "update")),
        ("PATCH", ("updateBuckets", "updateBucket"), ("update_all", "update")),
        ("GET", ("", ""), ("list", "retrieve")),
        ("GET", ("getBuckets", "getBucket"), ("list", "retrieve")),
        ("GET", ("listBuckets", "listBucket"), ("list", "retrieve")),
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
    assert [f"buckets.{name}" for name in expected] == found


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


def test_a_put_that_changes_one_item_has_the_plain_verb() -> None:
    """The body of `PUT /pet` identifies the pet; its noun is in the name only if the item has the verb."""
    put, get = ("PUT", "/pet", "updatePet", "pet"), ("GET", "/pet/{petId}", "getPetById", "pet")
    assert ["pet.update", "pet.retrieve"] == methods_of(put, get)
    form = ("POST", "/pet/{petId}", "updatePetWithForm", "pet")
    assert ["pet.update_pet", "pet.retrieve", "pet.update"] == methods_of(put, get, form)


@pytest.mark.parametrize(
    ("http_method", "path", "id", "name"),
    [
        ("POST", "/hooks/{id}/execute/{trigger}", "", "hooks.execute"),
        ("PUT", "/screens/{id}/tabs/{tab}/move/{position}", "", "screens.tabs.move"),
        ("GET", "/numbers/lookup/{number}", "", "numbers.lookup"),
        ("GET", "/users/list/{flag}", "", "users.list.retrieve"),
        ("GET", "/games/stars/{season}", "", "games.stars.retrieve"),
        ("PUT", "/users/{id}/anonymise", "anonymiseUser", "users.anonymise"),
        ("PUT", "/users/{id}/intent", "intentMultipart", "users.intent.update"),
        ("POST", "/owl/hoot", "hootOwl", "owl.hoot"),
        ("POST", "/audio/speech", "speech_v1_audio_speech_post", "audio.speech.create"),
        ("DELETE", "/posts/{id}/like", "", "posts.like.delete"),
        ("DELETE", "/models/{id}/archive", "", "models.archive.delete"),
        ("DELETE", "/members/{id}/revoke", "", "members.revoke"),
        ("DELETE", "/topics/{id}/unsubscribe", "", "topics.unsubscribe"),
        ("POST", "/channels", "QueryChannels", "channels.query"),
        ("POST", "/episodes", "getEpisodesInBatch", "episodes.get_in_batch"),
        ("PUT", "/invoices", "createInvoices", "invoices.create"),
        ("POST", "/snippets/{workspace}", "", "snippets.update"),
        ("GET", "/profiles.{format}", "", "profiles.list"),
        ("GET", "/{tenant}/api/stops", "", "stops.list"),
    ],
)
def test_a_verb_of_the_path_or_the_operation_id_names_the_method(
    http_method: str, path: str, id: str, name: str
) -> None:
    """Also with arguments after it; the verb of a DELETE must end something, and a POST may only ask."""
    assert [name] == methods_of((http_method, path, id, None))


def test_a_put_that_creates_leaves_update_to_the_post() -> None:
    """Some APIs create by PUT and change by POST; their operationIds say so."""
    operations = [
        ("PUT", "/quotes", "createQuotes", "quotes"),
        ("POST", "/quotes", "updateOrCreateQuotes", "quotes"),
        ("POST", "/quotes/{id}", "updateQuote", "quotes"),
    ]
    assert ["quotes.create", "quotes.update_all", "quotes.update"] == methods_of(*operations)


def test_a_list_below_an_item_is_named_after_what_identifies_it() -> None:
    """If the list of all has the name; a version in front would say nothing."""
    operations = [
        ("GET", "/v1/keys/uses", "listUses", "keys"),
        ("GET", "/v1/keys/{key}/uses", "listKeyUses", "keys"),
        ("GET", "/v1/keys", "", "keys"),
    ]
    assert ["keys.uses.list", "keys.uses.list_by_key", "keys.list"] == methods_of(*operations)
    events = [("GET", "/jobs/events", "listEvents", "jobs"), ("GET", "/jobs/{id}/events", "listJobEvents", "jobs")]
    assert ["jobs.events.list", "jobs.events.list_by_job"] == methods_of(*events)


def test_an_item_of_a_qualified_collection_is_retrieved() -> None:
    """`/requests-for-payment/{id}` is an item, since `/requests-for-payment` lists them; `/stops-for-route/{id}` lists."""
    operations = [
        ("GET", "/requests-for-payment", "", None),
        ("GET", "/requests-for-payment/{id}", "", None),
        ("GET", "/stops-for-route/{id}", "", None),
    ]
    found = methods_of(*operations)
    assert ["requests_for_payment.list", "requests_for_payment.retrieve", "stops_for_route.list"] == found


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
        ([("GET", "/jobs/{id}/next", "next_runs_by_job_jobs__id__next_get", "Jobs")], ["jobs.next"]),
        ([("POST", "/templates/{id}/run", "create_run_from_template", "Templates")], ["templates.run"]),
        (
            [("POST", "/todos", "TodosCreateTodo", None), ("GET", "/todos/{todo_id}", "TodosTodoIdGetTodo", None)],
            ["todos.create", "todos.retrieve"],
        ),
        ([("GET", "/sse", "SseSse", None)], ["sse"]),
        ([("GET", "/download", "downloadFile", None)], ["download_file"]),
        (
            [
                ("POST", "/api/authors/", "api_authors_create", "api"),
                ("GET", "/api/books/{id}/", "api_books_retrieve", "api"),
                ("DELETE", "/api/books/{id}/", "api_books_destroy", "api"),
            ],
            ["authors.create", "books.retrieve", "books.delete"],
        ),
        ([("GET", "/health", "health_endpoint_health_get", "health")], ["health.retrieve"]),
        (
            [
                ("POST", "/engines/{m}/chat/completions", "chat_completion_engines__m__chat_completions_post", "chat"),
                ("POST", "/v1/chat/completions", "chat_completion_v1_chat_completions_post", "chat"),
            ],
            ["engines.chat.completions.create", "chat.completions.create"],
        ),
        (
            [
                ("GET", "/collections/{crn}", "get_collection_by_crn", "Collection"),
                ("GET", "/tenants/{tenant}/collections/{id}", "get_collection", "Collection"),
            ],
            ["collections.retrieve", "tenants.collections.retrieve"],
        ),
        ([("GET", "/animals", "animals_animals_get", "animals")], ["animals.list"]),
        (
            [
                ("GET", "/snapshots", "list_pipeline_snapshots_snapshots_get", "snapshots"),
                ("GET", "/snapshots/{id}", "get_pipeline_snapshot_snapshots__id__get", "snapshots"),
                ("DELETE", "/snapshots/{id}", "delete_pipeline_snapshot_snapshots__id__delete", "snapshots"),
            ],
            ["snapshots.list", "snapshots.retrieve", "snapshots.delete"],
        ),
        ([("POST", "/steps", "create_run_step_steps_post", "steps")], ["steps.create"]),
        ([("GET", "/pipelines/{id}/steps", "list_pipeline_steps", "steps")], ["pipelines.steps.list"]),
        ([("GET", "/steps/active", "get_active_steps", "steps")], ["steps.active"]),
        (
            [
                ("GET", "/api/projects/", "api_projects_list", "Projects"),
                ("DELETE", "/api/projects/{id}/", "api_projects_destroy", "Projects"),
            ],
            ["projects.list", "projects.delete"],
        ),
        ([("GET", "/api/pool", "", "Pool"), ("GET", "/api/pool/{name}", "", "Pool")], ["pool.list", "pool.retrieve"]),
        ([("POST", "/api/store/bucket", "", "StoreBucket")], ["store.bucket.create"]),
        ([("POST", "/pots/{id}/clearSeeds", "post_clear_seeds", "Seed")], ["pots.clear_seeds"]),
        ([("GET", "/assets/aliases/{asset_alias_id}", "get_asset_alias", "Asset")], ["assets.aliases.retrieve"]),
        (
            [
                ("GET", "/status", "status_api_4_status_get", None),
                ("HEAD", "/status", "status_api_4_status_head", None),
            ],
            ["status.retrieve", "status.head"],
        ),
        (
            [
                ("GET", "/api/trips", "ninja_app_list_trips", None),
                ("GET", "/api/trips/{id}", "ninja_app_get_trip", None),
                ("GET", "/api/health", "ninja_app_health", None),
                ("POST", "/api/up", "ninja_app_upload_file", "files"),
            ],
            ["trips.list", "trips.retrieve", "health", "files.upload"],
        ),
        (
            [("GET", "/pets", "ShopApiGetPets", "pets"), ("POST", "/pets", "ShopApiAddPet", "pets")],
            ["pets.list", "pets.create"],
        ),
        (
            [("POST", "/cat", "predict_cat", "ml"), ("POST", "/dog", "predict_dog", "ml")],
            ["ml.predict_cat", "ml.predict_dog"],
        ),
        ([("POST", "/me", "user_update", "me"), ("DELETE", "/me", "user_delete", "me")], ["me.update", "me.delete"]),
        ([("GET", "/x", "getAll", "x"), ("GET", "/y", "getGetter", "x")], ["x.list", "x.get_getter"]),
        (
            [
                ("GET", "/trips/{id}", "trips_api_get_trip", None),
                ("POST", "/users", "shop_users_views_create_user", None),
            ],
            ["trips.retrieve", "users.create"],
        ),
        ([("GET", "/aliases/{id}", "get_alias", "aliases")], ["aliases.retrieve"]),
        ([("GET", "/leaves/{id}", "get_leaf", "leaves")], ["leaves.retrieve"]),
        ([("GET", "/canvas", "get_canvas", "canvas")], ["canvas.retrieve"]),
        ([("GET", "/links", "get_connections", "Connection")], ["links.list"]),
        ([("GET", "/vendors", "get_providers", "Provider")], ["vendors.list"]),
    ],
)
def test_affixes_of_frameworks_are_removed(
    operations: list[tuple[str, str, str, str | None]], names: list[str]
) -> None:
    """The rest of a handler's name describes the operation."""
    assert names == methods_of(*operations)


@pytest.mark.parametrize(
    ("operations", "names"),
    [
        (
            [("GET", "/agents/{agent_id}", "", None), ("GET", "/agents/name/{agent_name}", "", None)],
            ["agents.retrieve", "agents.retrieve_by_name"],
        ),
        (
            [
                ("POST", "/agents/{id}/rpc", "", None),
                ("GET", "/agents/{id}", "", None),
                ("POST", "/agents/name/{name}/rpc", "", None),
            ],
            ["agents.rpc", "agents.retrieve", "agents.rpc_by_name"],
        ),
        ([("GET", "/users/by-email/{email}", "", None)], ["users.retrieve_by_email"]),
        ([("POST", "/batches/{id}:cancel", "", None)], ["batches.cancel"]),
        ([("POST", "/files:batchDelete", "", None)], ["files.batch_delete"]),
        ([("GET", "/Users({id})", "", None)], ["users.retrieve"]),
        (
            [("GET", "/config.json", "", None), ("GET", "/stop/{id}.json", "", None)],
            ["config.retrieve", "stop.retrieve"],
        ),
        ([("GET", "/stops-for-route/{id}", "", None)], ["stops_for_route.list"]),
        ([("GET", "/trip-for-vehicle/{id}", "", None)], ["trip_for_vehicle.retrieve"]),
        (
            [("PUT", "/keys/{id}", "", None), ("PATCH", "/keys/{id}", "", None)],
            ["keys.replace", "keys.update"],
        ),
        (
            [("PUT", "/keys/{id}", "keys_update", None), ("PATCH", "/keys/{id}", "keys_partial_update", None)],
            ["keys.update", "keys.partial_update"],
        ),
        ([("POST", "/users/{id}", "modifyUser", None)], ["users.update"]),
        ([("POST", "/runs/{id}", "cancelRun", None)], ["runs.cancel"]),
        (
            [("POST", "/limit", "Updatespendlimit", None), ("GET", "/limit", "", None)],
            ["limit.update", "limit.retrieve"],
        ),
        (
            [("POST", "/tasks/{id}/cancel", "", None), ("POST", "/tasks/cancel", "", None)],
            ["tasks.cancel", "tasks.cancel_all"],
        ),
        (
            [("POST", "/v1/chat", "chat", None), ("POST", "/v2/chat", "chatv2", None)],
            ["chat", "v2.chat"],
        ),
        (
            [("GET", "/skills/{id}?beta=true", "", None), ("GET", "/skills/{id}", "", None)],
            ["beta.skills.retrieve", "skills.retrieve"],
        ),
        (
            [("POST", "/chats", "", "c"), ("GET", "/chats", "", "c"), ("POST", "/chats#stream", "", "c")],
            ["chats.create", "chats.list", "chats.create_stream"],
        ),
        (
            [("GET", "/v1/admin/keys", "", None), ("GET", "/v1alpha/admin/keys", "", None)],
            ["admin.keys.list", "alpha.admin.keys.list"],
        ),
        ([("GET", "/用户/{名称}", "", None)], ["用户.retrieve"]),
        ([("POST", "/chat.postMessage", "chat_postMessage", None)], ["chat.post_message"]),
        ([("GET", "/responses/{id}/responses/{other}", "", None)], ["responses.retrieve"]),
        ([("GET", "/health", "health", "Inspect")], ["inspect.health"]),
        ([("GET", "/health", "getHealth", "system")], ["system.get_health"]),
        ([("GET", "/v1/spend", "getprojectspendlimit", "organization")], ["organization.get_spend"]),
    ],
)
def test_names_from_paths(operations: list[tuple[str, str, str, str | None]], names: list[str]) -> None:
    """Paths say what is meant by their parameters, their custom verbs, their flags and their neighbours."""
    assert names == methods_of(*operations)


def test_dotted_tags_are_paths_of_resources() -> None:
    """In them the operationId is the method, without what all operationIds of a resource begin with."""
    found = methods_of(
        ("POST", "/v1/conversations", "agents_api_v1_conversations_start", "beta.conversations"),
        ("GET", "/v1/conversations/{id}", "agents_api_v1_conversations_get", "beta.conversations"),
        ("GET", "/v1/libraries", "libraries_list_v1", "beta.libraries"),
        ("DELETE", "/v1/libraries/{id}", "libraries_delete_v1", "beta.libraries"),
        ("POST", "/v1/events/search", "get_events_v1_events_search_post", "beta.events"),
        ("GET", "/v1/judges/{id}", "get_judge_by_id_v1_judges__id__get", "beta.judges"),
        ("POST", "/v1/judges/{id}/live", "judge_conversation_v1_judges__id__live_post", "beta.judges"),
        ("POST", "/v1/speech", "speech_v1_speech_post", "audio.speech"),
        ("GET", "/v1/files", "files_api_routes_list", "files"),
        ("GET", "/v1/files/{id}/url", "files_api_routes_get_signed_url", "files"),
        ("GET", "/v1/a/{id}/b/{b}?beta=true", "beta_get_a_version_a__id__b__b__get", "a"),
        ("POST", "/v1/invites", "inviteUser", "Invites"),
    )
    assert [
        "beta.conversations.start",
        "beta.conversations.get",
        "beta.libraries.list",
        "beta.libraries.delete",
        "beta.events.search",
        "beta.judges.get",
        "beta.judges.judge_conversation",
        "audio.speech.create",
        "files.list",
        "files.get_signed_url",
        "beta.a.b.get",
        "invites.create",
    ] == found


def test_what_all_paths_have_in_common_is_dropped() -> None:
    """A prefix without a resource of its own is dropped, as is an account with many resources."""
    nouns = "apples bears cats dogs eels frogs goats hens ibexes jays koalas llamas mice newts owls pigs".split()
    found = methods_of(*[("GET", f"/api/where/{noun}.json", "", None) for noun in nouns])
    assert [f"{noun}.list" for noun in nouns] == found
    found = methods_of(*[("GET", f"/accounts/{{account_id}}/{noun}", "", None) for noun in nouns])
    assert [f"{noun}.list" for noun in nouns] == found
    found = methods_of(*[("GET", f"/zoo/{noun}", "", None) for noun in nouns[:3]])
    assert [f"zoo.{noun}.list" for noun in nouns[:3]] == found


def test_a_stated_name_wins() -> None:
    """The rest comes from operationId and path."""
    one = Named("1", "chatv2", "chat", "POST", "/v2/chat", "v2", "chat")
    other = Named("2", "ListModels", None, "GET", "/finetuning/models", "finetuning")
    third = Named("3", "getPets", None, "GET", "/pets", None, "everything")
    found = default_methods([one, other, third], [])
    assert [("v2", "chat"), ("finetuning", "list_models"), ("pets", "everything")] == [
        choice.method for choice in found.values()
    ]


def test_an_answer_says_whether_a_path_is_a_list() -> None:
    """A plural whose answer holds no array is one thing."""
    paths = {"/stats": False, "/jobs/{id}/permissions": False, "/tracker": True}
    wanted = [Named(path, derived("GET", path), None, "GET", path, several=several) for path, several in paths.items()]
    names = [".".join(choice.method) for choice in default_methods(wanted, []).values()]
    assert ["stats.retrieve", "jobs.permissions", "tracker.list"] == names


def test_get_is_the_verb_of_reading_on_request() -> None:
    """One line of `client.toml` changes the convention."""
    wanted = [Named("1", "1", None, "GET", "/pets/{id}"), Named("2", "2", None, "GET", "/pets/name/{name}")]
    assert [("pets", "get"), ("pets", "get_by_name")] == [
        choice.method for choice in default_methods(wanted, [], "get").values()
    ]
