"""Modules of operations: a pure function for each operation, below the constant with its facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from typing import TypeAlias

import attrs

from specwire_codegen.classes.annotation import out
from specwire_codegen.ir import Api, FormBody, JsonBody, JsonPayload, Operation
from specwire_codegen.openapi.identifiers import RESERVED_FUNCTIONS, SHADOWING
from specwire_codegen.python_source import docstring, literal
from specwire_codegen.render.facts import Constant, Facts
from specwire_codegen.render.module import IMPORTED, import_block, rendered
from specwire_codegen.render.prose import (
    documentation,
    form_documentation,
    form_summary,
    resource_title,
    summary_of,
    wait_documentation,
    wait_summary,
)
from specwire_codegen.render.request import RequestSource
from specwire_codegen.render.signature import INPUTS, MODELS, Argument, arguments_of, request_type, signature

"""Maximum length of a module name; file systems allow 255 bytes."""


@attrs.frozen
class Function:
    """A builder, ready to be rendered."""

    name: str
    arguments: tuple[str, ...]
    kind: str
    """Class of the request that it returns."""
    type_arguments: tuple[str, ...]
    """Type arguments of the class."""
    doc: str
    call: str = ""
    """Source of the request; empty for a signature, which is a class that only type checkers read."""
    constant: Constant | None = None
    """Facts of its operation; None if it calls another builder."""
    base: str = ""
    """Builder of another form of the same operation, with the same arguments."""

    @property
    def returns(self) -> str:
        """The return annotation."""
        return f"{self.kind}[{', '.join(self.type_arguments)}]" if self.type_arguments else self.kind


@attrs.frozen
class Builder:
    """Signature of a method and its summary, for the reference."""

    arguments: tuple[str, ...]
    kind: str
    type_arguments: tuple[str, ...]
    summary: str


Method: TypeAlias = tuple[Operation, tuple[str, ...], Builder]
"""An operation, the name of one of its methods, and what the method calls."""


def function_name(method: str) -> str:
    """Return the name of the builder of a method."""
    return f"{method}_" if method in SHADOWING | RESERVED_FUNCTIONS else method


Functions: TypeAlias = Callable[[Operation, Sequence[Operation], Facts], Iterator[Function]]
"""Returns the functions of an operation, given its siblings and the facts of all of them."""


def render_operations(
    api: Api, header: str, functions: Functions | None = None, known: Mapping[str, tuple[str, str]] = IMPORTED
) -> Iterator[tuple[str, str]]:
    """Yield each module's name and source; `functions` builds other functions than usual, which import `known`."""
    modules: dict[str, list[Operation]] = {}
    for operation in api.operations:
        modules.setdefault(api.modules[operation.resource], []).append(operation)
    for name, operations in sorted(modules.items()):
        title = resource_title(api, operations[0].resource)
        yield name, _module(title, operations, header, functions or _functions, known)


def _module(
    title: str,
    operations: Sequence[Operation],
    header: str,
    functions: Functions,
    known: Mapping[str, tuple[str, str]],
) -> str:
    facts = Facts(operations)
    context = {
        "title": docstring(f"{title}\n\n{header}"),
        "functions": [function for operation in operations for function in functions(operation, operations, facts)],
        "constants": facts.constants,
    }
    return rendered("operations.py.jinja", context, lambda used: "\n".join(_imports(used, known)))


def _imports(used: AbstractSet[str], known: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield the import lines of a module."""
    yield import_block(used, known=known)
    if MODELS in used:
        yield "from .. import models"
    if INPUTS in used:
        yield "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from .. import inputs"


def _functions(operation: Operation, siblings: Sequence[Operation], facts: Facts) -> Iterator[Function]:
    arguments = list(arguments_of(operation))
    request = RequestSource(operation, arguments, facts)
    kind, type_arguments = request_type(operation)
    constant = facts.of(operation)
    base = base_form(operation, siblings)
    yield Function(
        name=function_name(operation.name),
        arguments=("request: BaseRequest",) if base else signature(arguments, Argument.declaration),
        kind=kind,
        type_arguments=type_arguments,
        doc=form_documentation(operation, base) if base else documentation(operation, arguments),
        call=f"{kind}({', '.join([constant.name, *(request.copied() if base else request.keywords())])})",
        constant=constant,
        base=function_name(base.name) if base else "",
    )
    if (stream := switched_to(operation, siblings)) is not None:
        yield _selected(operation, stream, arguments)
    if operation.polling is not None and operation.polling.method is not None:
        yield _waiter(operation, arguments)


def selected_name(operation: Operation) -> str:
    """Return the name of the signature with the argument that selects the stream.

    Different methods have different names: an underscore is only left out if a capital takes its place.
    """
    assert operation.switch is not None
    return re.sub("(?:^|_)([a-z])", lambda found: found[1].upper(), f"{operation.name}_by_{operation.switch[0]}")


def switched_to(operation: Operation, siblings: Sequence[Operation]) -> Operation | None:
    """Return the stream that an argument of a method selects; both are on the same resource."""
    if operation.switch is None or operation.pagination is not None or operation.mixed:
        return None
    near = {method for method in operation.streams if method[:-1] == operation.resource}
    return next((one for one in siblings if one.id == operation.id and near & {one.method, *one.aliases}), None)


def _selected(operation: Operation, stream: Operation, arguments: list[Argument]) -> Function:
    """Return the signature of a method with the argument that selects its stream."""
    assert operation.switch is not None
    name, value = operation.switch
    rest = [argument for argument in arguments if argument.name != name]
    kind, type_arguments = request_type(stream)
    switch = Argument(name, f"Literal[{literal(value)}]", True, "")
    return Function(
        name=selected_name(operation),
        arguments=("self", *signature([*rest, switch], Argument.declaration)),
        kind=kind,
        type_arguments=type_arguments,
        doc=docstring(f"Signature of `{operation.name}` with `{name}={literal(value)}`.", indent=4),
    )


def base_form(operation: Operation, siblings: Sequence[Operation]) -> Operation | None:
    """Return the operation of which this one is a further form: same arguments, another response."""
    base = next((one for one in siblings if one.id == operation.id and one.body == operation.body), operation)
    if base is operation or base.parameters != operation.parameters:
        return None
    return base if next(arguments_of(base), None) is not None and _is_extensible(operation) else None


def _is_extensible(operation: Operation) -> bool:
    """Return True if the fixed fields of an operation can be added to a request that was built without them."""
    if operation.fixed_query:
        return False
    match operation.body:
        case _ if not operation.fixed:
            return True
        case JsonBody(fields=fields, media_type="application/json"):
            return fields is not None
        case FormBody(free=free):
            return not free
        case _:
            return False


def builders(api: Api) -> Iterator[Method]:
    """Yield each method of an operation."""
    modules: dict[str, list[Operation]] = {}
    for operation in api.operations:
        siblings = modules.setdefault(api.modules[operation.resource], [])
        siblings.append(operation)
        base = base_form(operation, siblings)
        arguments = list(arguments_of(operation))
        shown = signature(arguments, Argument.shown)
        bases = [method[-1] for method in (base.method, *base.aliases)] if base else []
        for index, method in enumerate((operation.method, *operation.aliases)):
            named = bases[index] if index < len(bases) else bases[0] if bases else ""
            summary = form_summary(operation, named) if named else summary_of(operation)
            yield operation, method, Builder(shown, *request_type(operation), summary)
        if operation.polling is not None and operation.polling.method is not None:
            shown = signature(arguments, Argument.shown, _waiting(operation))
            waiter = Builder(shown, "Workflow", (_polled(operation),), wait_summary(operation))
            yield operation, operation.polling.method, waiter


def _waiter(operation: Operation, arguments: list[Argument]) -> Function:
    assert operation.polling is not None
    assert operation.polling.method is not None
    passed = [argument.name if argument.positional else f"{argument.name}={argument.name}" for argument in arguments]
    keywords = "interval=interval, timeout=timeout, on_progress=on_progress"
    return Function(
        name=function_name(operation.polling.method[-1]),
        arguments=signature(arguments, Argument.declaration, _waiting(operation)),
        kind="Workflow",
        type_arguments=(_polled(operation),),
        doc=wait_documentation(operation, arguments),
        call=f"_wait({function_name(operation.name)}({', '.join(passed)}), {keywords})",
    )


def _polled(operation: Operation) -> str:
    assert isinstance(operation.payload, JsonPayload)
    return out(operation.payload.type, MODELS)


def _waiting(operation: Operation) -> list[str]:
    """Return the arguments that a waiting method has in addition to those of its operation."""
    return [
        "interval: float | None = None",
        "timeout: float | None = None",
        f"on_progress: Callable[[{_polled(operation)}], object] | None = None",
    ]
