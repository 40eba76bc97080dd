"""Accumulated streams of completions: the models that the same calls return without a stream."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from hypothesis import given, strategies as st
from specwire import Accumulator, to_dict
from specwire._codec import drift
from specwire_clients.aitre import models as aitre
from specwire_clients.mistral import models as mistral
from specwire_clients.moonshot import models as moonshot
from specwire_overrides.aitre.completions import ChatAccumulator as AitreChat, CompletionAccumulator
from specwire_overrides.mistral.completions import AgentsAccumulator, ChatAccumulator as MistralChat, FIMAccumulator
from specwire_overrides.moonshot.chat import ChatAccumulator as MoonshotChat

E = TypeVar("E")
F = TypeVar("F")

HEAD = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def total(accumulator: Accumulator[E, F], kind: type[E], events: Sequence[dict[str, Any]]) -> F:
    """Return what events add up to, each decoded as a stream decodes it."""
    for event in events:
        decoded, _ = drift.decode(msgspec.json.encode(event), kind)
        accumulator.add(decoded)
    return accumulator.final()


def chunk(delta: dict[str, Any], finish_reason: str | None = None, index: int = 0, **more: Any) -> dict[str, Any]:
    """Return a chunk with one choice."""
    return {**HEAD, "choices": [{"index": index, "delta": delta, "finish_reason": finish_reason}], **more}


def mistral_message(*deltas: dict[str, Any]) -> dict[str, Any]:
    """Return the message that deltas of Mistral add up to, as JSON would have it."""
    reply = total(MistralChat(), mistral.CompletionChunk, [chunk(delta) for delta in deltas])
    return to_dict(reply.choices[0].message)


def test_a_mistral_chat_equals_its_json_response() -> None:
    """Its chunks give the value that the whole response decodes to."""
    events = [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "Hel"}),
        chunk({"content": "lo"}),
        chunk({"content": ""}, "stop", usage=USAGE),
    ]
    whole = {
        "id": "c1",
        "object": "chat.completion",
        "created": 7,
        "model": "m",
        "usage": USAGE,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
    }
    expected = msgspec.convert(whole, mistral.ChatCompletionResponse)
    assert expected == total(MistralChat(), mistral.CompletionChunk, events)


def test_agents_and_fim_give_the_models_of_their_json_methods() -> None:
    """Each stream of Mistral ends in the model of its own operation."""
    events = [chunk({"role": "assistant", "content": "x"}, "stop", usage=USAGE)]
    agents = total(AgentsAccumulator(), mistral.CompletionChunk, events)
    fim = total(FIMAccumulator(), mistral.CompletionChunk, events)
    expected = (mistral.ChatCompletionResponse, mistral.FIMCompletionResponse, "x")
    assert expected == (type(agents), type(fim), fim.choices[0].message.content)


def test_an_empty_stream_gives_a_reply_without_choices() -> None:
    """It raises nothing."""
    assert {"object": "chat.completion", "choices": []} == to_dict(MistralChat().final())
    assert {"object": "chat.completion", "choices": []} == to_dict(MoonshotChat().final())
    assert {"object": "chat.completion", "choices": []} == to_dict(AitreChat().final())
    assert {"object": "text_completion", "choices": []} == to_dict(CompletionAccumulator().final())


def test_final_can_be_called_at_any_time() -> None:
    """Its result does not change with later chunks."""
    accumulator = MistralChat()
    first = total(accumulator, mistral.CompletionChunk, [chunk({"content": "a"})])
    second = total(accumulator, mistral.CompletionChunk, [chunk({"content": "b"}, "length")])
    contents = [reply.choices[0].message.content for reply in (first, second, accumulator.final())]
    assert ["a", "ab", "ab"] == contents


def test_choices_are_distinguished_by_their_index() -> None:
    """Interleaved replies do not mix."""
    events = [
        chunk({"role": "assistant", "content": "B"}, index=1),
        chunk({"role": "assistant", "content": "A"}, index=0),
        {
            **HEAD,
            "choices": [
                {"index": 1, "delta": {"content": "b"}, "finish_reason": "length"},
                {"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"},
            ],
        },
    ]
    reply = total(AitreChat(), aitre.ChatCompletionChunk, events)
    found = [
        (choice.index, choice.message and choice.message.content, choice.finish_reason) for choice in reply.choices
    ]
    assert [(0, "Aa", "stop"), (1, "Bb", "length")] == found


def test_content_is_a_list_of_parts_if_there_is_any_part() -> None:
    """Adjacent text of Mistral is joined, other parts are kept."""
    message = mistral_message(
        {"role": "assistant", "content": ""},
        {"content": "See "},
        {"content": [{"type": "text", "text": "this"}, {"type": "reference", "reference_ids": [1, 2]}]},
        {"content": [{"type": "text", "text": ", a"}]},
        {"content": "nd that"},
    )
    expected = [
        {"type": "text", "text": "See this"},
        {"type": "reference", "reference_ids": [1, 2]},
        {"type": "text", "text": ", and that"},
    ]
    assert expected == message["content"]


def test_undocumented_parts_are_kept() -> None:
    """Pieces of reasoning are joined like text."""
    message = mistral_message(
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": ", so"}]}]},
        {"content": [{"type": "new", "x": 1}]},
        {"content": "42"},
    )
    expected = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm, so"}]},
        {"type": "new", "x": 1},
        {"type": "text", "text": "42"},
    ]
    assert expected == message["content"]


def test_fragments_of_tool_calls_are_joined_by_index() -> None:
    """Id, type and name are used once, arguments are joined; missing content is null."""
    events = [
        chunk({"role": "assistant", "content": None, "tool_calls": [fragment(0, '{"ci', "a", "weather")]}),
        chunk({"tool_calls": [fragment(1, "", "b", "time"), fragment(0, 'ty": "')]}),
        chunk({"tool_calls": [fragment(0, 'Bern"}'), fragment(1, "{}")]}),
        chunk({}, "tool_calls"),
    ]
    reply = total(AitreChat(), aitre.ChatCompletionChunk, events)
    message = reply.choices[0].message
    expected = aitre.AssistantReply(
        role="assistant",
        content=None,
        tool_calls=[
            aitre.ToolCall(
                id="a", type="function", function=aitre.FunctionCall(name="weather", arguments='{"city": "Bern"}')
            ),
            aitre.ToolCall(id="b", type="function", function=aitre.FunctionCall(name="time", arguments="{}")),
        ],
    )
    assert (expected, "tool_calls") == (message, reply.choices[0].finish_reason)


def fragment(index: int, arguments: str, id_: str | None = None, name: str | None = None) -> dict[str, Any]:
    """Return a fragment of a tool call; the first one of a call has its id and its name."""
    first = {"id": id_, "type": "function"} if id_ is not None else {}
    named = {"name": name} if name is not None else {}
    return {"index": index, **first, "function": {**named, "arguments": arguments}}


def call(arguments: Any, **more: Any) -> dict[str, Any]:
    """Return a tool call as Mistral sends it, whole."""
    return {"function": {"name": "f", "arguments": arguments}, **more}


def test_complete_tool_calls_of_one_index_are_separated_by_id() -> None:
    """Mistral's calls may all have index 0; they are numbered."""
    message = mistral_message(
        {"role": "assistant", "content": ""},
        {"tool_calls": [call({"x": 1}, id="a", index=0), call('{"x": 2}', id="b", index=0)]},
        {"tool_calls": [call({}, id="c")]},
    )
    found = [(made["id"], made["function"]["arguments"], made["index"]) for made in message["tool_calls"]]
    assert [("a", {"x": 1}, 0), ("b", '{"x": 2}', 1), ("c", {}, 2)] == found


def test_complete_tool_calls_without_ids_are_separate() -> None:
    """A call with a function name is a new call."""
    message = mistral_message(
        {"tool_calls": [call({"x": 1}), call({"x": 2}, id="null", index=0), call("{}", id="null")]}
    )
    assert [{"x": 1}, {"x": 2}, "{}"] == [made["function"]["arguments"] for made in message["tool_calls"]]


def test_fragments_that_repeat_the_id_or_the_name_are_one_call() -> None:
    """Some gateways repeat them in every fragment."""
    ids = [fragment(0, "{", "a", "f"), fragment(0, "}", "a", "f")]
    names = [fragment(1, "[", "b", "g"), fragment(1, "]", None, "g")]
    empty = [fragment(2, "1", "c", "h"), fragment(2, "2", "", "")]
    events = [chunk({"tool_calls": [piece]}) for piece in (*ids, *names, *empty)]
    message = total(AitreChat(), aitre.ChatCompletionChunk, events).choices[0].message
    assert message and message.tool_calls
    found = [(made.id, made.function.name, made.function.arguments) for made in message.tool_calls]
    assert [("a", "f", "{}"), ("b", "g", "[]"), ("c", "h", "12")] == found


def test_reasoning_is_joined_separately_from_the_text() -> None:
    """Moonshot has both in one message."""
    events = [
        chunk({"role": "assistant", "content": "", "reasoning_content": None}),
        chunk({"reasoning_content": "Let me "}),
        chunk({"reasoning_content": "think."}),
        chunk({"content": "4"}),
        chunk({"content": "2"}, "stop"),
    ]
    reply = total(MoonshotChat(), moonshot.ChatCompletionChunk, events)
    expected = moonshot.ResponseMessage(role="assistant", content="42", reasoning_content="Let me think.")
    assert expected == reply.choices[0].message


def test_refusals_are_joined() -> None:
    """The pieces of a refusal give one text, and the content stays null."""
    events = [
        chunk({"role": "assistant", "refusal": None}),
        chunk({"refusal": "I can"}),
        chunk({"refusal": "not"}, "stop"),
    ]
    reply = total(AitreChat(), aitre.ChatCompletionChunk, events)
    assert aitre.AssistantReply(role="assistant", content=None, refusal="I cannot") == reply.choices[0].message


def test_usage_is_that_of_the_event_without_choices() -> None:
    """Earlier nulls are ignored."""
    events = [chunk({"content": "x"}, "stop", usage=None), {**HEAD, "choices": [], "usage": USAGE}]
    expected = moonshot.Usage(prompt_tokens=3, completion_tokens=2, total_tokens=5)
    assert expected == total(MoonshotChat(), moonshot.ChatCompletionChunk, events).usage


def test_usage_may_be_in_the_last_choice() -> None:
    """Moonshot's older streams have it there."""
    last = {"index": 0, "delta": {}, "finish_reason": "stop", "usage": USAGE}
    events = [chunk({"content": "x"}), {**HEAD, "choices": [last]}]
    expected = moonshot.Usage(prompt_tokens=3, completion_tokens=2, total_tokens=5)
    assert expected == total(MoonshotChat(), moonshot.ChatCompletionChunk, events).usage


def test_the_head_is_that_of_the_first_chunk_with_one() -> None:
    """An earlier event with empty id and model is ignored."""
    before = {"id": "", "object": "", "created": 0, "model": "", "choices": []}
    late = chunk({"content": "x"}, id="other", model="n", system_fingerprint="fp")
    reply = total(AitreChat(), aitre.ChatCompletionChunk, [before, chunk({"role": "assistant"}), late])
    found = (reply.id, reply.object, reply.created, reply.model, reply.system_fingerprint)
    assert ("c1", "chat.completion", 7, "m", "fp") == found


def test_log_probabilities_are_appended() -> None:
    """The tokens of all chunks of a chat are in one list; null lists are ignored."""
    tokens = [{"token": token, "logprob": -1.0} for token in "ab"]
    events = [
        {**HEAD, "choices": [{"index": 0, "delta": {}, "logprobs": {"content": [token], "refusal": None}}]}
        for token in tokens
    ]
    events.append({**HEAD, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "logprobs": None}]})
    logprobs = total(AitreChat(), aitre.ChatCompletionChunk, events).choices[0].logprobs
    expected = aitre.ChatLogprobs(
        content=[aitre.TokenLogprob(token="a", logprob=-1.0), aitre.TokenLogprob(token="b", logprob=-1.0)], refusal=None
    )
    assert expected == logprobs


def test_a_continued_text_is_joined_by_index() -> None:
    """Chunks of a text give the completion that the JSON method gives, its four lists of log probabilities too."""
    head = {"id": "t1", "object": "text_completion", "created": 7, "model": "m"}
    events = [
        {**head, "choices": [text(0, "Hel", ["Hel"], [0]), text(1, "x")]},
        {**head, "choices": [text(0, "lo", ["lo"], [3])], "usage": None},
        {**head, "choices": [text(0, "", finish_reason="stop")], "usage": USAGE},
    ]
    whole = {
        **head,
        "choices": [
            {
                "index": 0,
                "text": "Hello",
                "finish_reason": "stop",
                "logprobs": {"tokens": ["Hel", "lo"], "text_offset": [0, 3]},
            },
            {"index": 1, "text": "x", "finish_reason": None, "logprobs": None},
        ],
        "usage": USAGE,
    }
    expected = msgspec.convert(whole, aitre.Completion)
    assert expected == total(CompletionAccumulator(), aitre.Completion, events)


def text(
    index: int,
    text: str,
    tokens: Sequence[str] | None = None,
    offsets: Sequence[int] = (),
    finish_reason: str | None = None,
) -> dict[str, Any]:
    """Return a choice of a text chunk."""
    logprobs = None if tokens is None else {"tokens": tokens, "text_offset": offsets}
    return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": finish_reason}


def test_drifted_chunks_do_not_stop_accumulation() -> None:
    """The rest is accumulated."""
    odd: list[Any] = [
        ["no", "object"],
        {**HEAD, "choices": None},
        {**HEAD, "choices": ["text", {"index": "0", "delta": None}, {"delta": {"tool_calls": ["f"]}}]},
        {**HEAD, "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": "f"}], "role": 1}}]},
        chunk({"content": "fine"}, "new_reason"),
    ]
    reply = total(MoonshotChat(), moonshot.ChatCompletionChunk, odd)
    assert ("fine", "new_reason") == (reply.choices[0].message.content, reply.choices[0].finish_reason)


@given(st.lists(st.tuples(st.integers(0, 2), st.text(max_size=3)), max_size=30))
def test_any_split_of_replies_gives_the_whole(pieces: list[tuple[int, str]]) -> None:
    """Texts of several choices, split and interleaved, are joined in order."""
    events = [chunk({"content": piece}, index=index) for index, piece in pieces]
    expected = {
        index: "".join(piece for owner, piece in pieces if owner == index) for index in {index for index, _ in pieces}
    }
    reply = total(MistralChat(), mistral.CompletionChunk, events)
    assert expected == {choice.index: choice.message.content for choice in reply.choices}


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=3)), max_size=30))
def test_any_split_of_tool_calls_gives_the_whole(pieces: list[tuple[int, str]]) -> None:
    """Arguments of several calls, split and interleaved, are joined in order."""
    begun: set[int] = set()
    events = []
    for index, piece in pieces:
        first = index not in begun
        begun.add(index)
        made = fragment(index, piece, f"call{index}" if first else None, "f" if first else None)
        events.append(chunk({"tool_calls": [made]}))
    expected = {f"call{index}": "".join(piece for owner, piece in pieces if owner == index) for index in begun}
    reply = total(AitreChat(), aitre.ChatCompletionChunk, events)
    messages = [choice.message for choice in reply.choices]
    calls = [made for message in messages if message for made in message.tool_calls or ()]
    assert expected == {made.id: made.function.arguments for made in calls}


def test_an_empty_finish_reason_is_ignored() -> None:
    """Some servers write `finish_reason: ""` into each chunk."""
    events = [chunk({"content": "a"}, ""), chunk({"content": "b"}, "stop"), chunk({"content": ""}, "")]
    for reply in (
        total(MistralChat(), mistral.CompletionChunk, events),
        total(MoonshotChat(), moonshot.ChatCompletionChunk, events),
        total(AitreChat(), aitre.ChatCompletionChunk, events),
    ):
        whole: Any = reply
        assert ("stop", "ab") == (whole.choices[0].finish_reason, whole.choices[0].message.content)
