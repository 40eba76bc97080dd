"""What an editor and a notebook show of the clients while one types."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import Iterator
from typing import Any

import jedi
import pytest
from specwire_clients.mistral import AsyncMistral, Mistral, models

from tests.typing.language_server import LanguageServer

TYPED = """
from specwire_clients.mistral import AsyncMistral, Mistral

client = Mistral()
answer = client.chat.complete(model="m", messages=[])
answer.choices[0].message.role
for file in client.files.list.iter(page_size=5):
    file.filename
for event in client.chat.stream(model="m", messages=[]):
    event.choices
reply = client.chat.complete.raw(model="m", messages=[])
client.batch.jobs.get("id")


async def main(other: AsyncMistral) -> None:
    later = await other.chat.complete(model="m", messages=[])
"""


@pytest.fixture(scope="module")
def editor() -> Iterator[LanguageServer]:
    """An editor in which the text above was typed."""
    with LanguageServer(TYPED) as server:
        yield server


def hover(editor: LanguageServer, marker: str) -> str:
    """Return what stands in the box over the name that a text ends in."""
    text: str = editor.at("hover", marker)["contents"]["value"]
    return text


def completions(editor: LanguageServer, marker: str) -> set[str]:
    """Return what is offered after a text."""
    return {item["label"] for item in editor.at("completion", marker)["items"]}


@pytest.mark.parametrize(
    ("marker", "shown"),
    [
        ("client.cha", ["chat: Chat", "Chat completions."]),
        ("client.chat.comp", ["model: str", "messages: Sequence[MessageParam]", "Complete a chat."]),
        ("complete.ra", ["def raw(", "model: str", "-> Response[ChatCompletionResponse]", "Make the call and return"]),
        ("list.it", ["def iter(", "page_size: int | Unset = UNSET", "-> Iterator[FileSchema]", "Go through the items"]),
        ("client.chat.str", ["model: str", "CompletionChunk", "ChatCompletionResponse"]),
        ("batch.jobs.g", ["job_id: UUIDInput", "BatchJobOut", "Get a batch job."]),
        ("answ", ["answer: ChatCompletionResponse"]),
        ("for fil", ["file: FileSchema"]),
        ("for eve", ["event: CompletionChunk"]),
        ("repl", ["reply: Response[ChatCompletionResponse]"]),
        ("lat", ["later: ChatCompletionResponse"]),
        ("message.rol", ["role: "]),
    ],
)
def test_hover_shows_what_a_name_is(editor: LanguageServer, marker: str, shown: list[str]) -> None:
    """Hovering shows parameters with their types, what comes back, and what it is for."""
    text = hover(editor, marker)
    assert [] == [each for each in shown if each not in text]
    assert "Any" not in text


def test_signature_help_shows_each_parameter(editor: LanguageServer) -> None:
    """Inside of the brackets, the whole docstring is shown, and of the parameter at hand what it means."""
    [signature] = editor.at("signatureHelp", 'complete(model="m", messages=')["signatures"]
    assert "messages: The conversation so far" in signature["documentation"]["value"]
    assert "`POST /v1/chat/completions`" in signature["documentation"]["value"]
    shown = {one["label"]: one["documentation"]["value"] for one in signature["parameters"]}
    assert "messages: The conversation so far, oldest message first." == shown["messages: Sequence[MessageParam]"]
    assert signature["label"].endswith("-> ChatCompletionResponse")


def test_completion_offers_what_there_is(editor: LanguageServer) -> None:
    """Resources, operations, parameters and the fields of answers are offered."""
    assert {"chat", "files", "with_options", "close"} <= completions(editor, "client.")
    assert {"complete", "stream"} <= completions(editor, "client.chat.")
    assert {"raw", "request", "with_options"} <= completions(editor, "client.chat.complete.")
    assert {"temperature=", "max_tokens=", "tools="} <= completions(editor, "client.chat.complete(")
    assert {"role", "content", "tool_calls"} <= completions(editor, "message.")
    assert {"id", "filename", "purpose"} <= completions(editor, "    file.")
    assert {"choices", "usage"} <= completions(editor, "    event.")


def test_definition_leads_to_the_operation(editor: LanguageServer) -> None:
    """ "Go to definition" ends at the line that says which operation it is."""
    [place] = editor.at("definition", "client.chat.comp")
    path = place["uri"].removeprefix("file://")
    with open(path, encoding="utf-8") as file:
        assert "complete = endpoint(" in file.read().splitlines()[place["range"]["start"]["line"]]


def notebook(code: str) -> Any:
    """Return what a notebook knows of the end of a line, with the objects that are there."""
    return jedi.Interpreter(code, [{"client": Mistral("k"), "later": AsyncMistral("k"), "models": models}])


@pytest.mark.parametrize(
    ("code", "offered"),
    [
        ("client.", {"chat", "files", "with_options"}),
        ("client.chat.", {"complete", "stream"}),
        ("client.chat.complete(", {"model=", "messages=", "temperature="}),
        ("client.chat.complete.raw(", {"model=", "messages=", "temperature="}),
        ("client.files.list.iter(", {"page=", "page_size="}),
        ("later.files.list.pages(", {"page=", "page_size="}),
        ("later.chat.complete.request(", {"model=", "messages="}),
        ("models.ChatCompletionResponse(", {"id=", "choices=", "usage="}),
    ],
)
def test_notebooks_offer_what_there_is(code: str, offered: set[str]) -> None:
    """Tab in a notebook offers operations and parameters, also of the further ways to call."""
    assert offered <= {one.name for one in notebook(code).complete()}


def test_notebooks_show_docstrings() -> None:
    """A question mark behind a method shows its parameters and what it does."""
    [found] = notebook("client.chat.complete").help()
    assert "model: 'str'" in found.docstring()
    assert "messages: The conversation so far, oldest message first." in found.docstring()


@pytest.mark.parametrize("kind", [Mistral, AsyncMistral])
def test_further_ways_to_call_have_the_same_parameters(kind: Any) -> None:
    """`inspect.signature` of `.raw`, `.request`, `.iter` and `.pages` has the builder's parameters."""
    method = kind("k").files.list
    for way in (method.raw, method.request, method.iter, method.pages):
        signature = inspect.signature(way)
        assert inspect.signature(method).parameters == signature.parameters
        assert inspect.signature(method).return_annotation != signature.return_annotation
        assert way.__doc__
        assert f"<{way.__name__} of <" in repr(way)


@pytest.mark.parametrize("kind", [Mistral, AsyncMistral])
def test_help_of_a_client_is_readable(kind: Any) -> None:
    """`help()` names resources and operations, and no object by its address."""
    for thing in (kind, kind("k").chat, kind("k").chat.complete):
        text = pydoc.plain(pydoc.render_doc(thing))
        assert " object>" not in text
        assert " at 0x" not in text
    assert f"<resource {'Async' * (kind is AsyncMistral)}Chat>" in pydoc.plain(pydoc.render_doc(kind))
    assert "<accumulated stream(model, messages, temperature, ...)>" in pydoc.plain(pydoc.render_doc(kind("k").chat))
