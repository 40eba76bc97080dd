"""Editors and notebooks: hover, signature help, completion and docstrings of the clients."""

from __future__ import annotations

import inspect
import pydoc
import re
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
    """Editor with the text above."""
    with LanguageServer(TYPED) as server:
        yield server


def hover(editor: LanguageServer, marker: str) -> str:
    """Return the hover text of the name that a text ends in."""
    text: str = editor.at("hover", marker)["contents"]["value"]
    return text


def completions(editor: LanguageServer, marker: str) -> set[str]:
    """Return the completions after a text."""
    return {item["label"] for item in editor.at("completion", marker)["items"]}


@pytest.mark.parametrize(
    ("marker", "shown"),
    [
        ("client.cha", ["chat: Chat", "Chat completions."]),
        ("client.chat.comp", ["model: str", "messages: Sequence[MessageParam]", "Complete a chat."]),
        ("complete.ra", ["def raw(", "model: str", "-> Response[ChatCompletionResponse]", "Make the call and return"]),
        (
            "list.it",
            ["def iter(", "page_size: int | Unset = UNSET", "-> Iterator[FileSchema]", "Iterate over the items"],
        ),
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
def test_hover_shows_signature_and_docstring(editor: LanguageServer, marker: str, shown: list[str]) -> None:
    """Parameters with types, the result, and the summary."""
    text = hover(editor, marker)
    assert [] == [each for each in shown if each not in text]
    assert re.findall(r"\w*(?:: |-> )Any\b", text) == []


def test_signature_help_shows_each_parameter(editor: LanguageServer) -> None:
    """The whole docstring, and the meaning of the current parameter; a second signature is that of `stream=True`."""
    signature, streaming = editor.at("signatureHelp", 'complete(model="m", messages=')["signatures"]
    assert "messages: The conversation so far" in signature["documentation"]["value"]
    assert "`POST /v1/chat/completions`" in signature["documentation"]["value"]
    shown = {one["label"]: one["documentation"]["value"] for one in signature["parameters"]}
    assert "messages: The conversation so far, oldest message first." == shown["messages: Sequence[MessageParam]"]
    assert signature["label"].endswith("-> ChatCompletionResponse")
    assert "stream: Literal[True]" in streaming["label"]
    assert streaming["label"].endswith("-> AccumulatingStream[CompletionChunk, ChatCompletionResponse]")


def test_completion_offers_resources_operations_and_fields(editor: LanguageServer) -> None:
    """And parameters."""
    assert {"chat", "files", "with_options", "close"} <= completions(editor, "client.")
    assert {"complete", "stream"} <= completions(editor, "client.chat.")
    assert {"raw", "request", "with_options"} <= completions(editor, "client.chat.complete.")
    assert {"temperature=", "max_tokens=", "tools="} <= completions(editor, "client.chat.complete(")
    assert {"role", "content", "tool_calls"} <= completions(editor, "message.")
    assert {"id", "filename", "purpose"} <= completions(editor, "    file.")
    assert {"choices", "usage"} <= completions(editor, "    event.")


def test_definition_leads_to_the_operation(editor: LanguageServer) -> None:
    """ "Go to definition" leads to the line that names the operation."""
    [place] = editor.at("definition", "client.chat.comp")
    path = place["uri"].removeprefix("file://")
    with open(path, encoding="utf-8") as file:
        assert "complete = switched(" in file.read().splitlines()[place["range"]["start"]["line"]]


def notebook(code: str) -> Any:
    """Return a notebook's interpreter at the end of a line."""
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
def test_notebooks_complete_operations_and_parameters(code: str, offered: set[str]) -> None:
    """Also for other forms of a call."""
    assert offered <= {one.name for one in notebook(code).complete()}


def test_notebooks_show_docstrings() -> None:
    """A question mark after a method shows its parameters and docstring."""
    [found] = notebook("client.chat.complete").help()
    assert "model: 'str'" in found.docstring()
    assert "messages: The conversation so far, oldest message first." in found.docstring()


@pytest.mark.parametrize("kind", [Mistral, AsyncMistral])
def test_other_forms_of_a_call_have_the_same_parameters(kind: Any) -> None:
    """`inspect.signature` of `.raw`, `.request`, `.iter` and `.pages`."""
    method = kind("k").files.list
    for way in (method.raw, method.request, method.iter, method.pages):
        signature = inspect.signature(way)
        assert inspect.signature(method).parameters == signature.parameters
        assert inspect.signature(method).return_annotation != signature.return_annotation
        assert way.__doc__
        assert f"<{way.__name__} of <" in repr(way)


@pytest.mark.parametrize("kind", [Mistral, AsyncMistral])
def test_help_of_a_client_is_readable(kind: Any) -> None:
    """`help()` names resources and operations, and no object address."""
    for thing in (kind, kind("k").chat, kind("k").chat.complete):
        text = pydoc.plain(pydoc.render_doc(thing))
        assert " object>" not in text
        assert " at 0x" not in text
    assert f"<resource {'Async' * (kind is AsyncMistral)}Chat>" in pydoc.plain(pydoc.render_doc(kind))
    assert "<accumulated stream(model, messages, temperature, ...)>" in pydoc.plain(pydoc.render_doc(kind("k").chat))
