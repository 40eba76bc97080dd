"""`Link` headers: any text."""

from __future__ import annotations

from hypothesis import strategies as st
from specwire._pagination.link import links, on_same_server

from .check import Check

_TEXTS = st.text(max_size=60) | st.text('<>;,="\\ relnxt/', max_size=60)
HERE = "https://api.test/v1/things?page=1"


def any_header_has_links(header: str) -> None:
    """Every target is in the header between angle brackets, and relations are words."""
    for target, relations in links(header):
        assert target in header
        assert not set("<>") & set(target)
        assert all(relation and not relation.isspace() for relation in relations)


def links_round_trip(pairs: list[tuple[str, str]]) -> None:
    """Links in the form of the RFC, with any titles."""
    quoted = [(title.replace("\\", "\\\\").replace('"', '\\"'), relation) for title, relation in pairs]
    written = (f'</{index}>; title="{title}"; rel="{relation}"' for index, (title, relation) in enumerate(quoted))
    found = [(target, set(relations)) for target, relations in links(", ".join(written))]
    assert [(f"/{index}", {relation}) for index, (_, relation) in enumerate(pairs)] == found


def any_url_stays_on_the_server(url: str) -> None:
    """A URL leads to the same server, or is rejected."""
    try:
        target = on_same_server(HERE, url)
    except ValueError:
        return
    assert target.startswith("https://api.test")
    assert target.removeprefix("https://api.test")[:1] in ("", "/", "?")


CHECKS = (
    Check(any_header_has_links, _TEXTS),
    Check(
        links_round_trip,
        st.lists(st.tuples(st.text(max_size=20), st.sampled_from(["next", "prev"])), max_size=4),
    ),
    Check(any_url_stays_on_the_server, _TEXTS | st.text(":/@?#.[]api.tes", max_size=40).map(lambda text: f"//{text}")),
)
