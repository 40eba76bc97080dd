"""Code that uses everything in a client, to be checked against another version of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specwire_codegen.classes.annotation import out
from specwire_codegen.diff.methods import Method, methods
from specwire_codegen.diff.usage import received
from specwire_codegen.ir import Api, Field, ObjectModel
from specwire_codegen.render.signature import MODELS, arguments_of

HEADER = """from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from typing import Any, Literal

from specwire.support import (
    DateInput, DateTimeInput, DecimalInput, DurationInput, FileInput, IntText, IntTextInput, TimeInput, UUIDInput
)
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from {package} import {client}, inputs, models
"""


def usage(api: Api, package: str) -> tuple[str, dict[int, str]]:
    """Return code that uses every method, argument, class and field, and what each line uses."""
    lines = HEADER.format(package=package, client=api.class_name).splitlines()
    subjects: dict[int, str] = {number: api.class_name for number in range(1, len(lines) + 1)}
    for number, (subject, code) in enumerate(_uses(api)):
        for line in code.format(number=number).splitlines():
            lines.append(line)
            subjects[len(lines)] = subject
    return "\n".join(lines) + "\n", subjects


def _uses(api: Api) -> Iterator[tuple[str, str]]:
    for method in methods(api):
        yield from ((method.shown, code) for code in _calls(api, method))
    seen = received(api)
    for model in api.models:
        name = f"{MODELS}{model.name}"
        if not isinstance(model, ObjectModel):
            yield name, f"def use{{number}}(value: {name}) -> None: ..."
            continue
        if model.name in seen:
            for field in model.fields:
                yield f"{name}.{field.name}", f"def use{{number}}(value: {name}) -> object: return value.{field.name}"
        if model.name in api.inputs:
            given = [field for field in model.fields if field.access != "read-only"]
            asked = [field for field in given if field.required_in_request and field.constant is None]
            yield from ((name, _construction(name, fields)) for fields in (asked, given))


def _construction(name: str, fields: Sequence[Field]) -> str:
    """Return code that makes an object of a class from variables of the types of its fields."""
    typed = "".join(f", {field.name}: {out(field.type, MODELS)}" for field in fields)
    given = ", ".join(f"{field.name}={field.name}" for field in fields)
    return f"def use{{number}}(_: None{typed}) -> object: return {name}({given})"


def _calls(api: Api, method: Method) -> Iterator[str]:
    """Yield a call with all arguments, one with the required ones, and other ways to call."""
    found = list(arguments_of(method.operation))
    asked = [argument for argument in found if argument.required and argument.default is None]
    ways = [""] if method.waits or method.operation.pagination is None else ["", ".iter", ".pages"]
    for chosen in (found, asked):
        typed = "".join(f", {argument.name}: {argument.annotation}" for argument in chosen)
        given = ", ".join(
            argument.name if argument.positional else f"{argument.name}={argument.name}" for argument in chosen
        )
        for way in ways:
            path = ".".join(method.path)
            yield f"def use{{number}}(client_: {api.class_name}{typed}) -> object: return client_.{path}{way}({given})"
