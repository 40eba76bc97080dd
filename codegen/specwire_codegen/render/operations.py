"""Operations to `operations/<resource>.py`: one pure function for each, which returns a request value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, assert_never

import attrs

from specwire_codegen.annotation import out
from specwire_codegen.ir import (
    ADDITIONAL,
    Api,
    BinaryBody,
    BinaryStream,
    Empty,
    Errors,
    EventStream,
    Formats,
    FormBody,
    JsonBody,
    JsonPayload,
    LinesBody,
    MultipartBody,
    Operation,
    PageNumber,
    Pagination,
    Part,
    Payload,
    Style,
    Text,
    TextBody,
)
from specwire_codegen.naming import HELPERS, RESERVED_FUNCTIONS, SHADOWING, file_name, is_device
from specwire_codegen.render.module import import_block, render_template
from specwire_codegen.render.signature import INPUTS, MODELS, Argument, answer, arguments_of, signature
from specwire_codegen.render.summary import summary_of, wait_summary
from specwire_codegen.source import docstring, literal, sentence

_ROOT = "root"
_LONGEST = 100
"""Characters that the name of a module has at most; file systems take 255 bytes."""
_ERRORS = "_ERRORS"
_WRITES = ("POST", "PUT", "PATCH")


@attrs.frozen
class Function:
    """A builder, ready to be printed."""

    name: str
    arguments: tuple[str, ...]
    shown: tuple[str, ...]
    """The arguments as the reference shows them."""
    kind: str
    """The kind of request that it makes."""
    answers: tuple[str, ...]
    """The types that the kind is of."""
    doc: str
    call: str

    @property
    def returns(self) -> str:
        """The annotation of what it returns."""
        return f"{self.kind}[{', '.join(self.answers)}]" if self.answers else self.kind


@attrs.frozen
class Builder:
    """The signature of a method, for the reference."""

    arguments: tuple[str, ...]
    kind: str
    answers: tuple[str, ...]


@attrs.frozen
class Constant:
    """The facts of an operation, ready to be printed."""

    name: str
    value: str


def module_name(operation: Operation) -> str:
    """Return the module that an operation's builder is in."""
    return module_of(operation.resource)


def module_of(resource: tuple[str, ...]) -> str:
    """Return the name of the modules of a resource, short enough for the name of a file."""
    name = file_name("_".join(resource), _LONGEST)
    bare = name.rstrip("_")
    return f"{name}_" if bare == _ROOT or is_device(bare) else name or _ROOT


def function_name(method: str) -> str:
    """Return the name of the builder of a method."""
    return f"{method}_" if method in SHADOWING | RESERVED_FUNCTIONS else method


def render_operations(api: Api, header: str) -> Iterator[tuple[str, str]]:
    """Yield each module's name and source."""
    modules: dict[str, list[Operation]] = {}
    for operation in api.operations:
        modules.setdefault(module_name(operation), []).append(operation)
    tags = dict(api.tags)
    for name, operations in sorted(modules.items()):
        title = tags.get(operations[0].resource[0] if operations[0].resource else "", "") or sentence(api.title)
        yield name, _module(name, title, operations, header)


def _module(name: str, title: str, operations: Sequence[Operation], header: str) -> str:
    shared = _shared_errors(operations)
    functions = [function for operation in operations for function in _functions(operation)]
    constants = [Constant(_constant(operation), _facts(operation, shared)) for operation in operations]
    context: dict[str, Any] = {
        "title": docstring(f"{title}\n\n{header}"),
        "shared_errors": _errors(shared) if shared.by_status else "",
        "constants": constants,
        "functions": functions,
    }
    body = ast.parse(
        render_template("operations.py.jinja", {**context, "imports": "", "models": False, "inputs": False})
    )
    used = {
        f"{node.value.id}."
        for node in ast.walk(body)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    checking = ["from typing import TYPE_CHECKING"] if INPUTS in used else []
    imports = "\n".join([*checking, import_block(body)])
    context |= {"imports": imports, "models": MODELS in used, "inputs": INPUTS in used}
    return render_template("operations.py.jinja", context)


def _constant(operation: Operation) -> str:
    name = f"_{operation.name.upper()}"
    return f"{name}_" if name == _ERRORS else name


def _shared_errors(operations: Sequence[Operation]) -> Errors:
    """Return the error types that most operations of a module have, if at least two share them."""
    counts: dict[Errors, int] = {}
    for operation in operations:
        if operation.errors.by_status:
            counts[operation.errors] = counts.get(operation.errors, 0) + 1
    best = max(counts, key=lambda errors: counts[errors], default=Errors())
    return best if counts.get(best, 0) > 1 else Errors()


def _errors(errors: Errors) -> str:
    entries = (f"{status}: {out(type_, MODELS)}" for status, type_ in errors.by_status)
    return "{" + ", ".join(entries) + "}"


def _facts(operation: Operation, shared: Errors) -> str:
    facts = [
        f"id={literal(operation.id)}",
        f"method={literal(operation.http_method)}",
        f"path={literal(operation.path)}",
        f"returns={_payload(operation.payload)}",
    ]
    if operation.answers:
        answers = ", ".join(f"{status}: {_payload(payload)}" for status, payload in operation.answers)
        facts.append(f"answers={{{answers}}}")
    if operation.errors.by_status:
        facts.append(
            "errors=_ERRORS"
            if operation.errors == shared and shared.by_status
            else f"errors={_errors(operation.errors)}"
        )
    styles = {parameter.wire_name: parameter.style for parameter in operation.parameters if parameter.style is not None}
    if isinstance(operation.body, FormBody):
        styles |= dict(operation.body.styles)
    if styles:
        facts.append(
            "styles={" + ", ".join(f"{literal(name)}: {_style(style)}" for name, style in styles.items()) + "}"
        )
    if operation.server is not None:
        facts.append(f"server={literal(operation.server)}")
    if operation.formats != Formats():
        facts.append(f"formats={_formats(operation.formats)}")
    if operation.safe:
        facts.append("safe=True")
    if operation.billed:
        facts.append("billed=True")
    if not operation.secure:
        facts.append("secure=False")
    if operation.security is not None:
        facts.append(f"security={literal(operation.security)}")
    if operation.pagination is not None:
        facts.append(f"pagination={_pagination(operation.pagination)}")
    if operation.polling is not None:
        polling = operation.polling
        sets = [("success", polling.success), ("failure", polling.failure), ("attention", polling.attention)]
        sets.append(("progress", polling.progress))
        written = [
            f"{name}=frozenset({literal(values)})" for name, values in sets if values or name in ("success", "failure")
        ]
        facts.append(
            f"polling=Polling(status={literal(polling.status)}, {', '.join(written)}, interval={polling.interval})"
        )
    if operation.refusal is not None:
        refusal = operation.refusal
        accepted = f"frozenset({literal(refusal.accepted)})"
        facts.append(f"refusal=Refusal({literal(refusal.code)}, {accepted}, {literal(refusal.message)})")
    return f"Operation({', '.join(facts)})"


def _style(style: Style) -> str:
    rest = "".join(f", {name}=True" for name in ("base64", "empty", "spans") if getattr(style, name))
    return f"Style({literal(style.style)}, {style.explode}, {style.allow_reserved}, {style.content_json}{rest})"


def _formats(formats: Formats) -> str:
    named = (("base64", formats.base64), ("decimal", formats.decimal))
    return f"Formats({', '.join(f'{name}=frozenset({literal(names)})' for name, names in named if names)})"


def _payload(payload: Payload) -> str:
    match payload:
        case JsonPayload(type_, "application/json"):
            return f"JsonPayload({out(type_, MODELS)})"
        case JsonPayload(type_, media_type):
            return f"JsonPayload({out(type_, MODELS)}, {literal(media_type)})"
        case Text(media_type):
            return f"TextPayload({literal(media_type)})"
        case BinaryStream(media_type):
            return f"BinaryPayload({literal(media_type)})"
        case Empty():
            return "EmptyPayload()"
        case EventStream():
            facts = [out(payload.event, MODELS)]
            if payload.framing != "sse":
                facts.append(f"framing={literal(payload.framing)}")
            if payload.terminator is not None:
                facts.append(f"terminator={literal(payload.terminator)}")
            if payload.errors:
                written = (
                    f"EventError({literal(error.path)}{'' if error.equals is None else ', ' + literal(error.equals)})"
                    for error in payload.errors
                )
                facts.append(f"errors=({', '.join(written)},)")
            if payload.media_type != "text/event-stream":
                # Gateways that wrap events label their lines as JSON.
                accept = f"{payload.media_type}, application/json" if payload.item else payload.media_type
                facts.append(f"accept={literal(accept)}")
            if payload.resumable:
                facts.append("resumable=True")
            if payload.finish:
                facts.append(f"finish={literal(payload.finish)}")
            if payload.item:
                facts.append(f"item={literal(payload.item)}")
            return f"EventsPayload({', '.join(facts)})"
        case _:
            assert_never(payload)


def _pagination(pagination: Pagination) -> str:
    facts = {
        attribute.name: getattr(pagination, attribute.name)
        for attribute in attrs.fields(type(pagination))
        if attribute.name != "item"
    }
    needed = {"items", *(["first"] if isinstance(pagination, PageNumber) and pagination.first is None else [])}
    written = ", ".join(f"{name}={literal(value)}" for name, value in facts.items() if value or name in needed)
    return f"{type(pagination).__name__}({written})"


def _functions(operation: Operation) -> Iterator[Function]:
    arguments = list(arguments_of(operation))
    kind, answers = answer(operation)
    yield Function(
        function_name(operation.name),
        signature(arguments, Argument.declaration),
        signature(arguments, Argument.shown),
        kind,
        answers,
        _doc(operation, arguments),
        f"{kind}({', '.join([_constant(operation), *_request(operation, _called(arguments))])})",
    )
    if operation.polling is not None and operation.polling.method is not None:
        yield _waiter(operation, arguments)


def builders(operation: Operation) -> Iterator[tuple[tuple[str, ...], Builder]]:
    """Yield the methods of an operation with their signatures."""
    methods = [operation.method]
    if operation.polling is not None and operation.polling.method is not None:
        methods.append(operation.polling.method)
    for method, function in zip(methods, _functions(operation), strict=True):
        yield method, Builder(function.shown, function.kind, function.answers)


def _waiter(operation: Operation, arguments: list[Argument]) -> Function:
    assert operation.polling is not None and operation.polling.method is not None
    assert isinstance(operation.payload, JsonPayload)
    answer = out(operation.payload.type, MODELS)
    optional = ["interval: float | None = None", "timeout: float | None = None"]
    optional.append(f"on_progress: Callable[[{answer}], object] | None = None")
    passed = [argument.name if argument.positional else f"{argument.name}={argument.name}" for argument in arguments]
    sections = [(argument.name, argument.doc) for argument in arguments if argument.doc]
    sections += [
        ("interval", f"Seconds between two polls; {operation.polling.interval:g} if not given."),
        ("timeout", "Seconds in all, after which `WaitTimeoutError` is raised; None waits for ever."),
        ("on_progress", "Told of the answer after each poll."),
    ]
    rest = ", ".join(operation.polling.attention)
    settled = f"It also comes back in the status {rest}, in which it waits for the caller." if rest else ""
    text = f"{wait_summary(operation)}\n\n{settled}"
    keywords = "interval=interval, timeout=timeout, on_progress=on_progress"
    return Function(
        function_name(operation.polling.method[-1]),
        signature(arguments, Argument.declaration, optional),
        signature(arguments, Argument.shown, optional),
        "Flow",
        (answer,),
        docstring(text, indent=4, sections=[("Args", sections)]),
        f"{_called(arguments)('flow')}.wait({function_name(operation.name)}({', '.join(passed)}), {keywords})",
    )


def _doc(operation: Operation, arguments: Iterable[Argument]) -> str:
    summary = summary_of(operation)
    paragraphs = [summary]
    if operation.description.strip() and sentence(operation.description) != summary:
        paragraphs.append(operation.description)
    if operation.deprecated:
        paragraphs.append("Deprecated.")
    paragraphs.append(f"`{operation.http_method} {operation.path}`, operation `{operation.id}`.")
    documented = [(argument.name, argument.doc) for argument in arguments if argument.doc]
    return docstring("\n\n".join(paragraphs), indent=4, sections=[("Args", documented)])


def _called(arguments: Iterable[Argument]) -> Callable[[str], str]:
    """Return how a builder with these arguments calls its helpers: privately where an argument has the name."""
    taken = {argument.name for argument in arguments} & HELPERS
    return lambda helper: f"_{helper}" if helper in taken else helper


def _request(operation: Operation, called: Callable[[str], str]) -> Iterator[str]:
    for place, keyword in (("path", "path"), ("query", "query"), ("header", "headers"), ("cookie", "cookies")):
        values = [parameter for parameter in operation.parameters if parameter.place == place]
        if values:
            mapping = _mapping((parameter.wire_name, parameter.name) for parameter in values)
            yield f"{keyword}={mapping}" if place == "path" else f"{keyword}={called('given')}({mapping})"
    body = _body(operation, called)
    if body:
        yield f"body={body}"


def _body(operation: Operation, called: Callable[[str], str]) -> str:
    fixed = [(wire, literal(value)) for wire, value in operation.fixed]
    match operation.body:
        case None:
            return ""
        case JsonBody(_, None, required, media_type, blank):
            given_ = "{} if body is UNSET else body" if required and blank else "body"
            rest = "" if media_type == "application/json" else f", {literal(media_type)}"
            made = f"JsonBody({given_}{rest})"
            return made if required else f"None if body is UNSET else {made}"
        case JsonBody(_, fields, required, media_type) if fields is not None:
            mapping = _mapping([*((field.wire_name, field.name) for field in fields), *fixed])
            rest = "" if media_type == "application/json" else f", {literal(media_type)}"
            # `{}` says the same as no body, and is what servers take that forgot to say that theirs is required.
            whole = required or (operation.http_method in _WRITES and not any(field.asked for field in fields))
            return f"{called('json_body')}({mapping}{rest}{'' if whole else ', required=False'})"
        case JsonBody():
            return ""
        case FormBody(free=True):
            return "None if body is UNSET else FormBody(body)"
        case FormBody(fields):
            return f"FormBody({called('given')}({_mapping((field.wire_name, field.name) for field in fields)}))"
        case MultipartBody(free=True):
            return "multipart_body(fields=fields or None, files=files or {})"
        case MultipartBody(parts):
            fields_ = _mapping((part.wire_name, part.name) for part in parts if part.file == "no")
            files = _mapping((part.wire_name, part.name) for part in parts if part.file != "no")
            types = {part.wire_name: part.content_type for part in parts if part.content_type is not None}
            facts = [f"fields={fields_}", f"files={files}", *([f"types={literal(types)}"] if types else [])]
            if styles := [(part.wire_name, _style(part.style)) for part in parts if part.style is not None]:
                facts.append(f"styles={_mapping(styles)}")
            if headed := [part for part in parts if part.headers]:
                headers = ((part.wire_name, [(one.wire_name, one.name) for one in part.headers]) for part in headed)
                facts.append(f"headers={_mapping((wire, _mapping(pairs)) for wire, pairs in headers)}")
                facts += _header_styles(headed)
            if operation.formats != Formats():
                facts.append(f"formats={_formats(operation.formats)}")
            return f"{called('multipart_body')}({', '.join(facts)})"
        case BinaryBody(media_type, required):
            made = f"BinaryBody(body, {literal(media_type)})"
            return made if required else f"None if body is UNSET else {made}"
        case LinesBody(_, framing, media_type, required):
            rest = "" if framing == "jsonl" else f", {literal(framing)}"
            made = f"{called('lines_body')}(body, {literal(media_type)}{rest})"
            return made if required else f"None if body is UNSET else {made}"
        case TextBody(media_type, required):
            made = f"TextBody(body, {literal(media_type)})"
            return made if required else f"None if body is UNSET else {made}"
        case _:
            assert_never(operation.body)


def _header_styles(parts: Iterable[Part]) -> Iterator[str]:
    styled = (
        (part.wire_name, [(one.wire_name, _style(one.style)) for one in part.headers if one.style is not None])
        for part in parts
    )
    styles = [(wire, _mapping(pairs)) for wire, pairs in styled if pairs]
    if styles:
        yield f"header_styles={_mapping(styles)}"


def _mapping(pairs: Iterable[tuple[str, str]]) -> str:
    keyed = (("ADDITIONAL" if wire == ADDITIONAL else literal(wire), name) for wire, name in pairs)
    return "{" + ", ".join(f"{key}: {name}" for key, name in keyed) + "}"
