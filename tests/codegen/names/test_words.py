"""Words of names, their case and their number: one implementation for methods, arguments, classes and components."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.openapi import words as components
from specwire_codegen.openapi.casing import pascal, snake, titled, words
from specwire_codegen.openapi.plurals import is_plural, singular

PLURALS = """
addresses:address aliases:alias analyses:analysis APIs:API archives:archive atlases:atlas axes:axis bases:base
beaches:beach boxes:box branches:branch bureaus:bureau buses:bus businesses:business caches:cache calendars:calendar
campuses:campus canvases:canvas categories:category causes:cause children:child choices:choice classes:class
coaches:coach cookies:cookie courses:course cpus:cpu criteria:criterion databases:database dishes:dish drives:drive
emojis:emoji entries:entry feet:foot gases:gas heroes:hero houses:house images:image indices:index invoices:invoice
keys:key knives:knife leaves:leaf lenses:lens licenses:license lives:life matches:match menus:menu messages:message
mice:mouse movies:movie niches:niche organizations:organization people:person phases:phase photos:photo pies:pie
potatoes:potato prizes:prize processes:process purchases:purchase queries:query quizzes:quiz releases:release
replies:reply responses:response schemas:schema shelves:shelf shoes:shoe sizes:size statuses:status syntheses:synthesis
taxes:tax theses:thesis tomatoes:tomato uris:uri uses:use viruses:virus vertices:vertex wives:wife wolves:wolf
women:woman
""".lower().split()
UNCHANGED = """
access address alias always analysis analytics atlas aws basis bias bonus bus business canvas class css data dns focus
gas gps https ios is lens media metadata news os previous process series sms species status this tls us yes as s
""".split()


@pytest.mark.parametrize("pair", PLURALS)
def test_a_plural_has_its_singular(pair: str) -> None:
    """Regular and irregular plurals become singulars; singulars stay."""
    plural, single = pair.split(":")
    assert single == singular(plural)
    assert is_plural(plural)
    assert single == singular(single)


@pytest.mark.parametrize("word", UNCHANGED)
def test_a_word_that_is_not_a_plural_is_unchanged(word: str) -> None:
    """It may end like one."""
    assert word == singular(word)
    assert not is_plural(word)


@given(st.text())
def test_a_singular_is_never_empty(text: str) -> None:
    """For any word."""
    assert bool(text) == bool(singular(text))


@pytest.mark.parametrize("pair", PLURALS)
def test_components_and_methods_have_the_same_singular(pair: str) -> None:
    """The item of a list `FooMovies` is `FooMovie`, the method for `/movies` is `create_movie`."""
    plural, single = pair.split(":")
    assert f"Foo{single.capitalize()}" == components.singular(f"Foo{plural.capitalize()}")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("APIs", "apis"),
        ("userIDs", "user_ids"),
        ("OAuth2Token", "oauth2_token"),
        ("LinkLocalIPv6Address", "link_local_ipv6_address"),
        ("PlayerID2", "player_id2"),
        ("ListOfGS1s", "list_of_gs1s"),
        ("B2bWallet", "b2b_wallet"),
        ("V1alphaDocument", "v1alpha_document"),
        ("I18nKeys", "i18n_keys"),
        ("getV3Projects", "get_v3_projects"),
        ("HTTPServer", "http_server"),
        ("AClass", "a_class"),
        ("x-request-id", "x_request_id"),
    ],
)
def test_components_and_arguments_have_the_same_words(text: str, name: str) -> None:
    """Both split capitals, digits and plural acronyms alike."""
    assert name == snake(text) == components.snake(text)


@given(st.from_regex(r"\A[A-Za-z][A-Za-z0-9]*\Z"))
def test_words_lose_no_letter(text: str) -> None:
    """The words of an ASCII name joined are the name; its Pascal case differs in capitals only."""
    assert text == "".join(words(text))
    assert text.lower() == components.pascal(text).lower()
    assert text.lower() in pascal(text).lower()


@pytest.mark.parametrize(
    ("name", "single"),
    [
        ("BundleIDs", "BundleID"),
        ("URLs", "URL"),
        ("PetStatuses", "PetStatus"),
        ("News", None),
        ("Pet", None),
    ],
)
def test_a_class_name_keeps_its_acronym(name: str, single: str | None) -> None:
    """Only the last word changes, except its capitals."""
    assert single == components.singular(name)


@pytest.mark.parametrize(
    ("name", "title", "titled_name"),
    [
        ("Openai", "OpenAI API", "OpenAI"),
        ("AcmeAi", "The Acme AI platform", "AcmeAI"),
        ("Xai", "xAI", "Xai"),
        ("Acme", "Petstore", "Acme"),
        ("Acme", "Acmes", "Acme"),
        ("Acme", "", "Acme"),
    ],
)
def test_a_class_has_the_capitals_of_the_title(name: str, title: str, titled_name: str) -> None:
    """If the title contains the name; a class begins with a capital."""
    assert titled_name == titled(name, title)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("+", "Plus"),
        ("-", "Minus"),
        ("<=", "LessEqual"),
        ("!", "Not"),
        ("*", "Star"),
        ("+1", "One"),
        ("-created", "Created"),
    ],
)
def test_signs_are_words_of_a_component_only_without_letters(text: str, name: str) -> None:
    """`+` and `-` are names of their own; between words they are separators."""
    assert name == components.pascal(text)
