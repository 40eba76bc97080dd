"""Calls of `mistralai`; the argument is the URL of the mock server."""

import sys

from harness import run
from mistralai.client import Mistral
from pydantic import BaseModel

client = Mistral(api_key="test-key", server_url=sys.argv[1])
CHAT = {"model": "mistral-small-latest", "messages": [{"role": "user", "content": "Hi"}]}
AGENT = {"agent_id": "ag-1", "messages": [{"role": "user", "content": "Hi"}]}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
FILE = {"file_name": "batch.jsonl", "content": b'{"custom_id": "1"}\n'}
PAGES = {"type": "document_url", "document_url": "https://example.com/a.pdf"}


class City(BaseModel):
    """A structured output."""

    name: str
    population: int


def uploaded():
    return client.files.upload(file=FILE, purpose="batch").id


def started():
    return client.batch.jobs.create(
        input_files=[uploaded()], model="mistral-small-latest", endpoint="/v1/chat/completions"
    ).id


def after_upload():
    name = uploaded()
    assert client.files.retrieve(file_id=name).id == name
    assert client.files.download(file_id=name).read() == FILE["content"]
    assert name in [each.id for each in client.files.list().data]
    assert client.files.delete(file_id=name).deleted
    return True


def after_start():
    name = started()
    assert client.batch.jobs.get(job_id=name).id == name
    assert name in [each.id for each in client.batch.jobs.list().data]
    return client.batch.jobs.cancel(job_id=name).status in {"CANCELLED", "CANCELLATION_REQUESTED"}


def vectors(inputs):
    found = client.embeddings.create(model="mistral-embed", inputs=inputs).data
    return len(found) == len(inputs) and [each.index for each in found] == list(range(len(inputs)))


def parsed():
    message = client.chat.parse(City, **CHAT).choices[0].message
    return isinstance(message.parsed, City)


def parsed_stream():
    text = "".join(event.data.choices[0].delta.content or "" for event in client.chat.parse_stream(City, **CHAT))
    return isinstance(City.model_validate_json(text), City)


run(
    {
        "chat.complete": lambda: client.chat.complete(**CHAT),
        "chat.complete_async": lambda: client.chat.complete_async(**CHAT),
        "chat.complete n": lambda: len(client.chat.complete(**CHAT, n=3).choices) == 3,
        "chat.complete tools": lambda: client.chat.complete(**CHAT, tools=[TOOL], tool_choice="any"),
        "chat.complete json": lambda: client.chat.complete(**CHAT, response_format={"type": "json_object"}),
        "chat.complete sampling": lambda: client.chat.complete(
            **CHAT, temperature=0.5, top_p=0.9, max_tokens=5, stop=["."], random_seed=1, safe_prompt=True
        ),
        "chat.complete images": lambda: client.chat.complete(
            model="pixtral",
            messages=[
                {"role": "user", "content": [{"type": "image_url", "image_url": "https://example.com/a.png"}]},
            ],
        ),
        "chat.complete conversation": lambda: client.chat.complete(
            model="m",
            messages=[
                {"role": "system", "content": "s"},
                {"role": "user", "content": "u"},
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [{"id": "123456789", "function": {"name": "f", "arguments": "{}"}}],
                },
                {"role": "tool", "content": "r", "name": "f", "tool_call_id": "123456789"},
            ],
        ),
        "chat.parse": parsed,
        "chat.parse_async": lambda: client.chat.parse_async(City, **CHAT),
        "chat.parse_stream": parsed_stream,
        "chat.stream": lambda: [event.data.choices[0].delta for event in client.chat.stream(**CHAT)],
        "chat.stream_async": lambda: client.chat.stream_async(**CHAT),
        "fim.complete": lambda: client.fim.complete(model="codestral-latest", prompt="def f(", suffix="return a"),
        "fim.complete_async": lambda: client.fim.complete_async(model="codestral-latest", prompt="def f("),
        "fim.stream": lambda: [event.data for event in client.fim.stream(model="codestral-latest", prompt="def f(")],
        "fim.stream_async": lambda: client.fim.stream_async(model="codestral-latest", prompt="def f("),
        "agents.complete": lambda: client.agents.complete(**AGENT),
        "agents.complete_async": lambda: client.agents.complete_async(**AGENT),
        "agents.stream": lambda: [event.data for event in client.agents.stream(**AGENT)],
        "agents.stream_async": lambda: client.agents.stream_async(**AGENT),
        "embeddings.create one": lambda: vectors(["a"]),
        "embeddings.create three": lambda: vectors(["a", "b", "c"]),
        "embeddings.create_async": lambda: client.embeddings.create_async(model="mistral-embed", inputs=["a"]),
        "embeddings.create dimensions": lambda: (
            len(client.embeddings.create(model="codestral-embed", inputs=["a"], output_dimension=5).data[0].embedding)
            == 5
        ),
        "classifiers.moderate": lambda: client.classifiers.moderate(model="m", inputs=["a"]),
        "classifiers.moderate_async": lambda: client.classifiers.moderate_async(model="m", inputs=["a"]),
        "classifiers.moderate_chat": lambda: client.classifiers.moderate_chat(
            model="m", inputs=[{"role": "user", "content": "a"}]
        ),
        "classifiers.classify": lambda: client.classifiers.classify(model="m", inputs=["a"]),
        "classifiers.classify_chat": lambda: client.classifiers.classify_chat(
            model="m", input=[{"messages": [{"role": "user", "content": "a"}]}]
        ),
        "files.list": lambda: client.files.list(),
        "files.list query": lambda: client.files.list(page=0, page_size=2, purpose="fine-tune", search="a"),
        "files.list_async": lambda: client.files.list_async(),
        "files.upload": uploaded,
        "files.upload_async": lambda: client.files.upload_async(file=FILE, purpose="fine-tune"),
        "files.retrieve": lambda: client.files.retrieve(file_id=uploaded()),
        "files.get_signed_url": lambda: client.files.get_signed_url(file_id=uploaded()),
        "files.download, delete": after_upload,
        "models.list": lambda: client.models.list(),
        "models.list_async": lambda: client.models.list_async(),
        "models.retrieve": lambda: client.models.retrieve(model_id="mistral-small-latest"),
        "models.retrieve fine-tuned": lambda: client.models.retrieve(model_id="ft:open-mistral-7b:abc"),
        "models.delete": lambda: client.models.delete(model_id="ft:open-mistral-7b:abc"),
        "models.update": lambda: client.models.update(model_id="ft:open-mistral-7b:abc", name="n", description="d"),
        "models.archive": lambda: client.models.archive(model_id="ft:open-mistral-7b:abc"),
        "models.unarchive": lambda: client.models.unarchive(model_id="ft:open-mistral-7b:abc"),
        "batch.jobs.list": lambda: client.batch.jobs.list(),
        "batch.jobs.list query": lambda: client.batch.jobs.list(page=0, page_size=5, order_by="-created").data,
        "batch.jobs.list_async": lambda: client.batch.jobs.list_async(page_size=5),
        "batch.jobs.create": started,
        "batch.jobs.create inline": lambda: client.batch.jobs.create(
            requests=[{"custom_id": "1", "body": CHAT}], model="m", endpoint="/v1/chat/completions"
        ),
        "batch.jobs.get, cancel": after_start,
        "ocr.process": lambda: client.ocr.process(model="mistral-ocr-latest", document=PAGES),
        "ocr.process pages": lambda: client.ocr.process(
            model="mistral-ocr-latest", document=PAGES, pages=[0], include_image_base64=True, image_limit=1
        ),
        "ocr.process_async": lambda: client.ocr.process_async(model="mistral-ocr-latest", document=PAGES),
    }
)
