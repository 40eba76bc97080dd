"""Declarations and pins of overrides: each mistake is an error with place, reason and remedy."""

from pathlib import Path

import pytest
from specwire_codegen.diagnostics import DiagnosticError, SpecwireCodegenError
from specwire_codegen.generate import accept
from specwire_codegen.incremental import generate
from specwire_codegen.project import provider

SPEC = """\
openapi: 3.1.0
info: {title: Acme, version: '1'}
servers: [{url: 'https://acme.test'}]
paths:
  /audio:
    post:
      operationId: transcribe
      tags: [audio]
      summary: Transcribe
      parameters:
        - {name: page, in: query, schema: {type: integer}}
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: {type: string, contentMediaType: application/octet-stream}
                prompt: {type: string}
      responses:
        '200':
          description: The text.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Transcript'}
  /chat:
    post:
      operationId: chat
      tags: [chat]
      summary: Chat
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [text]
              properties:
                text: {type: string}
                stream: {type: boolean}
      responses:
        '200':
          description: The answer.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Transcript'}
            text/event-stream:
              itemSchema:
                type: object
                properties:
                  data:
                    type: string
                    contentMediaType: application/json
                    contentSchema: {$ref: '#/components/schemas/Transcript'}
              x-specwire-stream:
                switch: {field: stream, value: true}
  /jobs/{id}:
    get:
      operationId: get_job
      tags: [jobs]
      summary: Get a job
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      x-specwire-polling: {status: /text, success: [done], failure: [failed], interval: 1}
      responses:
        '200':
          description: The job.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Transcript'}
components:
  schemas:
    Transcript:
      type: object
      required: [text]
      properties:
        text: {type: string}
"""

CONFIG = """\
[client]
class = "Acme"
base_url = "ACME_BASE_URL"

[operations]
transcribe = "audio.transcribe"
chat = "chat.complete"
get_job = "jobs.get"

[streams]
chat = "chat.stream"

[waits]
get_job = "jobs.wait"
"""

GOOD = '''\
"""Audio, by hand."""

@replaces("transcribe")
def transcribe(*, file: FileInput, prompt: str | Unset = UNSET) -> Request[models.Transcript]:
    """Transcribe, checked."""
    return audio.transcribe(file=file, prompt=prompt)


@adds("chat")
class ChatAccumulator:
    """Add the events of a chat up."""
'''

ROOT = Path()
OVERRIDE = Path("overrides/specwire_overrides/acme/audio.py")
DOCUMENT = Path("specs/acme/openapi.yaml")
PINS = Path("specs/acme/override_pins")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Project with one provider and two unrecorded overrides."""
    monkeypatch.chdir(tmp_path)
    for path, text in ((DOCUMENT, SPEC), (DOCUMENT.with_name("client.toml"), CONFIG), (OVERRIDE, GOOD)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def message_of_generate() -> str:
    """Return the message of `generate` when it stops."""
    with pytest.raises(DiagnosticError) as caught:
        generate(provider(ROOT, "acme"))
    return str(caught.value)


def message_for(source: str) -> str:
    """Return the message of `generate` for a module of overrides."""
    OVERRIDE.write_text(source)
    return message_of_generate()


def recorded() -> None:
    """Record the pins of the two overrides."""
    for operation_id in ("transcribe", "chat"):
        accept(provider(ROOT, "acme"), operation_id)


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that occurs once in a file."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def output() -> dict[str, bytes]:
    """Return the generated package as files."""
    root = Path("generated/specwire_clients/acme")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def function(decorator: str, name: str = "act", returns: str = " -> Request[str]") -> str:
    """Return a module with one function."""
    return f'{decorator}\ndef {name}(){returns}:\n    """Act."""\n'


def test_recorded_overrides_are_on_the_client() -> None:
    """The method is replaced, the stream has an accumulator, and the reference has the override's signature."""
    recorded()
    generate(provider(ROOT, "acme"))
    files = {name: text.decode() for name, text in output().items()}
    assert "transcribe = endpoint(_audio_overrides.transcribe)" in files["resources/audio.py"]
    assert "stream = accumulated(_chat.stream, _audio_overrides.ChatAccumulator)" in files["resources/chat.py"]
    assert "client.audio.transcribe(*, file: FileInput, prompt: str = UNSET) -> models.Transcript" in files["api.md"]
    assert "def transcribe(" in files["operations/audio.py"]


def test_an_override_of_an_unknown_operation_is_an_error() -> None:
    """The nearest operation is suggested."""
    expected = (
        "error[override-dead] overrides/specwire_overrides/acme/audio.py:2: "
        "act depends on 'transcrib', which is not an operation of the document\n"
        "  help: correct the operationId, or remove the override; did you mean 'transcribe'?"
    )
    assert expected == message_for(function('@replaces("transcrib")'))


def test_all_operations_are_listed_if_none_is_near() -> None:
    """Without a near name, all operations are listed."""
    expected = "  help: correct the operationId, or remove the override; the document has chat, get_job, transcribe"
    assert expected == message_for(function('@replaces("zzz")')).splitlines()[1]


def test_a_public_function_must_be_declared() -> None:
    """A function without an operation is an error, unless it is private."""
    expected = (
        "error[override-undeclared] overrides/specwire_overrides/acme/audio.py:2: "
        "act does not name its operation\n"
        '  help: write @adds("operationId", "resource.method") or @replaces("operationId") above it, '
        "or begin its name with an underscore"
    )
    assert expected == message_for(function("@cache") + function("", "_act"))


def test_an_override_is_declared_once() -> None:
    """Two declarations on one function are an error."""
    expected = (
        "error[override-undeclared] overrides/specwire_overrides/acme/audio.py:3: "
        "act names its operation more than once\n"
        "  help: keep one of its decorators"
    )
    assert expected == message_for(function('@replaces("transcribe")\n@replaces("chat")'))


def test_an_override_is_a_plain_function() -> None:
    """An asynchronous function is an error, because both clients use the same one."""
    expected = (
        "error[override-undeclared] overrides/specwire_overrides/acme/audio.py:2: act is asynchronous\n"
        "  help: write a plain function that makes a request; both clients send it"
    )
    assert expected == message_for(function('@replaces("transcribe")').replace("def", "async def"))


@pytest.mark.parametrize("decorator", ["@replaces(NAME)", "@replaces()", '@adds("chat", method="chat.x")', "@adds(1)"])
def test_a_declaration_is_literal(decorator: str) -> None:
    """It is read without being executed, so it has strings only."""
    expected = (
        "error[override-not-literal] overrides/specwire_overrides/acme/audio.py:2: "
        "the decorator of act is not literal\n"
        "  help: write the operationId and the method as plain strings: the decorator is read, not run"
    )
    assert expected == message_for(function(decorator))


def test_two_overrides_of_one_operation_are_an_error() -> None:
    """Two functions cannot replace one operation, nor two classes accumulate one stream."""
    again = GOOD.replace("def transcribe", "def transcribe_too").replace("class ChatAccumulator", "class ChatSum")
    expected = (
        "error[override-conflict] overrides/specwire_overrides/acme/audio.py:17: "
        "transcribe and transcribe_too both replace transcribe\n"
        "  help: keep one of them\n"
        "error[override-conflict] overrides/specwire_overrides/acme/audio.py:23: "
        "ChatAccumulator and ChatSum both combine the stream of chat\n"
        "  help: keep one of them"
    )
    assert expected == message_for(GOOD + "\n\n" + again)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("audio.transcribe", "transcribe and act are both named audio.transcribe"),
        ("chat.stream", "chat and act are both named chat.stream"),
        ("jobs.wait", "the waiter of get_job and act are both named jobs.wait"),
        ("audio", "act cannot be named audio, because transcribe is named audio.transcribe"),
        ("jobs.get.fast", "act cannot be named jobs.get.fast, because get_job is named jobs.get"),
    ],
)
def test_an_added_method_cannot_replace_another(method: str, message: str) -> None:
    """It exists already, or is below or above an existing one."""
    expected = (
        f"error[override-conflict] overrides/specwire_overrides/acme/audio.py:2: {message}\n"
        "  help: give one of them another method"
    )
    assert expected == message_for(function(f'@adds("transcribe", "{method}")'))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (function('@adds("chat")'), "act must name a method"),
        (function('@replaces("chat", "chat.x")'), "act must not name a method"),
        (function('@adds("chat", "chat.x", "chat.y")'), "act must not name a method"),
        ('@adds("chat", "chat.x")\nclass Sum: ...', "Sum must not name a method"),
        ('@replaces("chat")\nclass Sum: ...', "Sum is a class, which cannot replace a method"),
        (function('@adds("chat", "chat.class")'), "act has the invalid method name 'chat.class'"),
        (function('@adds("chat", "chat._x")'), "act has the invalid method name 'chat._x'"),
        (function('@adds("chat", "")'), "act has the invalid method name ''"),
    ],
)
def test_a_declaration_names_a_method_where_it_needs_one(source: str, message: str) -> None:
    """Added functions name their method, others do not, and the name is valid Python."""
    expected = f"error[override-method] overrides/specwire_overrides/acme/audio.py:2: {message}"
    assert expected == message_for(source).splitlines()[0]


def test_a_function_needs_a_return_annotation() -> None:
    """It determines the kind of the method."""
    expected = (
        "error[override-returns] overrides/specwire_overrides/acme/audio.py:2: "
        "act has no return annotation for its request\n"
        "  help: annotate it with one of Request, PagedRequest, StreamRequest, DownloadRequest, Workflow"
    )
    assert expected == message_for(function('@replaces("chat")', returns=""))


def test_an_accumulator_without_a_stream_is_an_error() -> None:
    """The operation has no events."""
    expected = (
        "error[override-dead] overrides/specwire_overrides/acme/audio.py:2: "
        "Sum combines events, but transcribe does not return a stream\n"
        "  help: remove it, or correct the operationId"
    )
    assert expected == message_for('@adds("transcribe")\nclass Sum: ...')


def test_a_module_that_does_not_parse_is_an_error() -> None:
    """The place is in the message."""
    assert "error[override-syntax] overrides/specwire_overrides/acme/audio.py:1:" in message_for("def f(:\n")


def test_an_unrecorded_pin_is_an_error() -> None:
    """A new override must be reviewed once with its operation."""
    expected = (
        "error[override-unrecorded] overrides/specwire_overrides/acme/audio.py:4: "
        "transcribe depends on transcribe, whose pin is not recorded\n"
        "  help: review the function, then `specwire accept transcribe`\n"
        "error[override-unrecorded] overrides/specwire_overrides/acme/audio.py:10: "
        "ChatAccumulator depends on chat, whose pin is not recorded\n"
        "  help: review the class, then `specwire accept chat`"
    )
    assert expected == message_of_generate()


def test_an_unreadable_pin_is_an_error() -> None:
    """A merge may have damaged it; it is not guessed."""
    recorded()
    (PINS / "chat.json").write_text("<<<<<<<")
    expected = (
        "error[override-unrecorded] overrides/specwire_overrides/acme/audio.py:10: "
        "the pin of chat cannot be read: specs/acme/override_pins/chat.json\n"
        "  help: review the class, then `specwire accept chat`"
    )
    assert expected == message_of_generate()


def test_a_changed_operation_is_an_error_of_its_override() -> None:
    """The difference is shown with both places."""
    recorded()
    edit(DOCUMENT, "prompt: {type: string}", "chunking_strategy: {type: string}")
    edit(
        DOCUMENT, "{name: page, in: query, schema: {type: integer}}", "{name: page, in: query, schema: {type: string}}"
    )
    expected = (
        "error[override-stale] overrides/specwire_overrides/acme/audio.py:4: transcribe changed under its override\n"
        "  specs/acme/openapi.yaml:6 (#/paths/~1audio/post)\n"
        "    - query parameter page (int, optional)\n"
        "    + query parameter page (str, optional)\n"
        "    - part prompt (str, optional)\n"
        "    + part chunking_strategy (str, optional)\n"
        "  help: update the function, then `specwire accept transcribe`"
    )
    assert expected == message_of_generate()


def test_a_changed_stream_is_an_error_of_its_accumulator() -> None:
    """The models of the events and of the JSON response are pinned too."""
    recorded()
    edit(DOCUMENT, "contentSchema: {$ref: '#/components/schemas/Transcript'}", "contentSchema: true")
    edit(DOCUMENT, "required: [text]\n              properties:\n                text", "properties: {words")
    edit(
        DOCUMENT,
        "words: {type: string}\n                stream: {type: boolean}",
        "words: {type: string}, stream: {type: boolean}}",
    )
    expected = (
        "error[override-stale] overrides/specwire_overrides/acme/audio.py:10: chat changed under its override\n"
        "  specs/acme/openapi.yaml:29 (#/paths/~1chat/post)\n"
        "    - field text (str, required)\n"
        "    + field words (str, optional)\n"
        "    - response text/event-stream (events of Transcript)\n"
        "    + response text/event-stream (events of Any)\n"
        "  help: update the class, then `specwire accept chat`"
    )
    assert expected == message_of_generate()


def test_a_moved_operation_is_an_error_of_its_override() -> None:
    """Another method, path or media type."""
    recorded()
    edit(DOCUMENT, "  /audio:\n    post:", "  /v2/audio:\n    put:")
    edit(DOCUMENT, "multipart/form-data", "application/x-www-form-urlencoded")
    edit(DOCUMENT, "file: {type: string, contentMediaType: application/octet-stream}", "file: {type: string}")
    expected = [
        "  specs/acme/openapi.yaml:6 (#/paths/~1v2~1audio/put)",
        "    - method POST",
        "    + method PUT",
        "    - path /audio",
        "    + path /v2/audio",
        "    - body multipart/form-data",
        "    + body application/x-www-form-urlencoded",
        "    - part file (file, required)",
        "    + form field file (str, required)",
        "    - part prompt (str, optional)",
        "    + form field prompt (str, optional)",
    ]
    assert expected == message_of_generate().splitlines()[1:-1]


def test_accept_updates_one_pin() -> None:
    """The others do not change."""
    recorded()
    before = (PINS / "chat.json").read_text()
    edit(DOCUMENT, "prompt: {type: string}", "chunking_strategy: {type: string}")
    path = accept(provider(ROOT, "acme"), "transcribe")
    generate(provider(ROOT, "acme"))
    assert (PINS / "transcribe.json", before) == (path, (PINS / "chat.json").read_text())
    assert '"chunking_strategy": "str, optional"' in path.read_text()


def test_accept_rejects_operations_without_override() -> None:
    """A pin without an override would be dead at once."""
    with pytest.raises(SpecwireCodegenError) as caught:
        accept(provider(ROOT, "acme"), "get_job")
    assert "no override of acme depends on 'get_job': chat, transcribe" == str(caught.value)


def test_a_pin_without_an_override_is_an_error() -> None:
    """Unused pins are removed."""
    recorded()
    expected = (
        "error[pin-dead] specs/acme/override_pins/transcribe.json: "
        "records the pin of transcribe, which no override depends on\n"
        "  help: remove the file"
    )
    assert expected == message_for(GOOD[GOOD.index('@adds("chat")') :])


def test_renaming_an_operation_leaves_the_old_output_untouched() -> None:
    """The generator stops before anything is written."""
    recorded()
    generate(provider(ROOT, "acme"))
    before = output()
    edit(DOCUMENT, "operationId: transcribe", "operationId: transcribe_audio")
    edit(DOCUMENT.with_name("client.toml"), "transcribe = ", "transcribe_audio = ")
    expected = (
        "error[override-dead] overrides/specwire_overrides/acme/audio.py:4: "
        "transcribe depends on 'transcribe', which is not an operation of the document\n"
        "  help: correct the operationId, or remove the override; did you mean 'transcribe_audio'?"
    )
    assert (expected, before) == (message_of_generate(), output())
