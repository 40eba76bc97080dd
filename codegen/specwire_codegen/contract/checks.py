"""Server checks by schemathesis: examples, coverage of every keyword, generated data, sequences of calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs
import schemathesis
from schemathesis import engine
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events

from specwire_codegen.contract.subject import operations_of
from specwire_codegen.mock.document.document import Document
from specwire_codegen.openapi.media_types import base_type

PhaseName: TypeAlias = Literal["examples", "coverage", "fuzzing", "stateful"]
ALL_PHASES: tuple[PhaseName, ...] = ("examples", "coverage", "fuzzing", "stateful")

CHECKS: Mapping[str, PhaseName | None] = {
    "not_a_server_error": None,
    "status_code_conformance": None,
    "content_type_conformance": None,
    "response_headers_conformance": None,
    "response_schema_conformance": None,
    "negative_data_rejection": None,
    "positive_data_acceptance": None,
    "ignored_auth": None,
    "missing_required_header": "coverage",
    "unsupported_method": "coverage",
    "allow_header_conformance": "coverage",
    "use_after_free": "stateful",
    "ensure_resource_availability": "stateful",
}
"""Checks by schemathesis name, and the phase if a check runs in only one."""
LEFT_OUT = {
    "max_response_time": "a document promises no speed",
    "object_level_authorization": "it needs the keys of two accounts",
}
"""Checks that do not run, and why."""
EXCEPTIONS = {
    "the event that ends a stream": "OpenAPI cannot describe it, so schemathesis treats it as a normal event",
    "a wrong type in a form": "a form part is text, so the number 1 and the text 1 are the same",
    "an empty text in a query that may be null": "null is sent as the empty text",
}
"""Findings of schemathesis that are not faults of the server."""


@attrs.frozen
class Plan:
    """Extent of the checks."""

    base_url: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    """Credentials."""
    examples: int
    phases: tuple[PhaseName, ...] = ALL_PHASES
    only: frozenset[str] | None = None
    """Ids of the operations to call; None for all."""
    invalid: bool = True
    """True to also send invalid requests."""
    own: frozenset[int] = frozenset()
    """Statuses that the server may return even if the document does not list them."""
    rate: str | None = None
    """Request rate limit, such as `5/s`."""


@attrs.define
class Checked:
    """Result for one operation; findings in sequences of calls have no operation."""

    operation_id: str | None
    cases: int = 0
    findings: list[str] = attrs.field(factory=list)


def checks_in(phases: Collection[PhaseName]) -> list[str]:
    """Return the names of the checks in these phases."""
    return [name for name, phase in CHECKS.items() if phase is None or phase in phases]


def check_document(document: Mapping[str, Any], plan: Plan) -> list[Checked]:
    """Run schemathesis on a server and return the results of every called operation and of sequences."""
    labels = {f"{method} {path}": raw["operationId"] for method, path, raw in operations_of(document)}
    chosen = frozenset(labels.values()) if plan.only is None else plan.only
    found = {name: Checked(name) for name in labels.values() if name in chosen}
    chains = Checked(None)
    for event in engine.from_schema(_schema(document, plan, chosen)).execute():
        match event:
            case events.ScenarioFinished(label=label, recorder=recorder):
                checked = found.get(labels.get(label or "", ""), chains)
                checked.cases += len(recorder.interactions)
                checked.findings += _findings(recorder)
            case events.NonFatalError(label=label, value=value):
                found.get(labels.get(label, ""), chains).findings.append(f"{type(value).__name__}: {value}")
            case events.FatalError(exception=exception):
                raise exception
            case _:
                continue
    return [*found.values(), chains]


def _schema(document: Mapping[str, Any], plan: Plan, chosen: Collection[str]) -> schemathesis.BaseSchema:
    phases: dict[str, Any] = {phase: {"enabled": phase in plan.phases} for phase in ALL_PHASES}
    settings: dict[str, Any] = {
        "seed": 1,
        "base-url": plan.base_url,
        "headers": dict(plan.headers),
        "generation": {
            "max-examples": plan.examples,
            "deterministic": True,
            "database": "none",
            "mode": "all" if plan.invalid else "positive",
        },
        "phases": phases,
        "checks": {name: {"enabled": False} for name in LEFT_OUT if name != "max_response_time"},
        "cache": {"enabled": False},
        "warnings": False,
        "max-failures": 20,
    }
    if plan.rate is not None:
        settings["rate-limit"] = plan.rate
    config = schemathesis.Config.from_dict(settings)
    schema = schemathesis.openapi.from_dict(dict(document), config=config)
    schema.hooks.hook("after_call")(_EndOfStream(_terminators(document)))
    schema.hooks.hook("filter_failure")(_Failures(plan.own, _nullable_queries(document)))
    if plan.only is None:
        return schema
    return schema.include(operation_id=sorted(chosen))


def _findings(recorder: Any) -> Iterator[str]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                case = recorder.cases[case_id].value
                yield f"{check.name}: {failure.title}: {failure.message}\n{case!r}"


class _Failures:
    """Filter of findings that are not faults: see `EXCEPTIONS` and `Plan.own`."""

    def __init__(self, own: frozenset[int], nullable: Collection[tuple[str, str, str]]) -> None:
        self._own = own
        self._nullable = nullable

    def __call__(
        self, context: Any, failure: Failure, case: schemathesis.Case[Any], response: schemathesis.Response
    ) -> bool:
        kind = type(failure).__name__
        if kind == "UndefinedStatusCode":
            return response.status_code not in self._own
        if kind == "AcceptedNegativeData" and any(
            value == "" and (case.method.lower(), case.path, name) in self._nullable
            for name, value in (case.query or {}).items()
        ):
            return False
        form = case.media_type in ("multipart/form-data", "application/x-www-form-urlencoded")
        if kind != "AcceptedNegativeData" or not form or case.meta is None:
            return True
        mutations = getattr(case.meta.phase.data, "mutations", ())
        return not mutations or any(mutation.keywords != ("type",) for mutation in mutations)


def _nullable_queries(document: Mapping[str, Any]) -> frozenset[tuple[str, str, str]]:
    """Return method, path and name of the query parameters that may be null."""
    types = Document(dict(document)).types
    return frozenset(
        (method.lower(), path, parameter["name"])
        for method, path, raw in operations_of(document)
        for parameter in raw.get("parameters", ())
        if parameter.get("in") == "query" and "null" in types(parameter.get("schema", {}))
    )


def _terminators(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the data of the final event of streams, by media type."""
    return {
        media_type: media["x-specwire-stream"]["terminator"]
        for _, _, raw in operations_of(document)
        for response in raw.get("responses", {}).values()
        for media_type, media in response.get("content", {}).items()
        if "terminator" in media.get("x-specwire-stream", {})
    }


class _EndOfStream:
    """Hook that removes the final event of a stream from its response."""

    def __init__(self, terminators: Mapping[str, str]) -> None:
        self._terminators = terminators

    def __call__(self, context: Any, case: schemathesis.Case[Any], response: schemathesis.Response) -> None:
        media_type = base_type((response.headers.get("content-type") or [""])[0])
        terminator = self._terminators.get(media_type)
        if terminator is not None:
            response.content = response.content.removesuffix(f"data: {terminator}\n\n".encode())
