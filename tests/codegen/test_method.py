"""Method names that nobody chose: from tags, operationIds and paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specwire_codegen.lower.method import RESERVED, Named, default_methods


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
    """An operation without a name of its own is named for what its route does."""
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
    """A name says nothing twice: what the resource says, the method does not."""
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
    """Where all operationIds are paths of resources, so are the methods."""
    assert names == methods(*ids)


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_names_get_an_underscore(name: str) -> None:
    """No method hides what the client itself can do."""
    assert f"{name}_" == method("POST", f"/{name}", name)


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
    """Every operation has a method of its own, and no method is also a resource."""
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
