"""Server checks by schemathesis: examples, coverage of every keyword, generated data, sequences of calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import attrs
import schemathesis
from schemathesis import engine
from schemathesis.core import NotSet
from schemathesis.engine import Status, events

from specwire_codegen.contract.exceptions import EndOfStream, FailureFilter, without_ignored_headers
from specwire_codegen.contract.subject import operations_of
from specwire_codegen.contract.values.case import Body, Case
from specwire_codegen.contract.values.exchange import Exchange, Pairs, text_of
from specwire_codegen.contract.values.finding import Finding, Side
from specwire_codegen.contract.wire.credentials import ServerKeys

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
_REASON = 500
"""Maximum number of characters of a server's reason."""
_HARMLESS = ("NoLinksFound",)
"""Errors of schemathesis that only report a phase without work."""
_UNWRITABLE = {
    "Unsupported type: 'Binary'": "schemathesis cannot write some of its requests: a part is a file or a text"
}
"""Errors of schemathesis about its own requests, and what to tell the user."""


@attrs.frozen
class Plan:
    """Extent of the checks."""

    base_url: str
    keys: ServerKeys
    examples: int
    phases: tuple[PhaseName, ...] = ALL_PHASES
    only: frozenset[str] | None = None
    """Ids of the operations to call; None for all."""
    invalid: bool = True
    """True to also send invalid requests."""
    own: frozenset[int] = frozenset()
    """Statuses that the server may return even if the document does not list them."""
    side: Side = "server"
    """Side to blame for a response that the document does not allow."""
    observe: Callable[[Exchange], object] = lambda exchange: None
    """Called with every exchange."""
    stopped: Callable[[], bool] = lambda: False
    """Returns True to end the checks before their time."""
    progress: Callable[[str], object] = lambda operation_id: None
    """Called with the id of every operation when its checks begin."""
    seconds: float = 300.0
    """Time limit of one request: long, as a slow machine is not a finding."""


@attrs.define
class Checked:
    """Result for one operation; findings in sequences of calls have no operation."""

    operation_id: str | None
    cases: int = 0
    found: dict[tuple[str, str], Found] = attrs.field(factory=dict)
    """Smallest failure by check and title."""
    notes: list[str] = attrs.field(factory=list)
    """Reasons why requests were not made."""

    @property
    def findings(self) -> list[Found]:
        """Every kind of failure once."""
        return [*self.found.values()]

    def add(self, found: Found) -> None:
        """Add a failure, unless a smaller one of its kind is known."""
        kind = (found.finding.check, found.title)
        if kind not in self.found or found.size < self.found[kind].size:
            self.found[kind] = found


@attrs.frozen
class Found:
    """Failure of one request."""

    finding: Finding
    title: str
    case: Case | None = None
    """The call, for the client."""

    @property
    def size(self) -> int:
        """Size of the request."""
        exchange = self.finding.exchange
        return 0 if exchange is None else len(exchange.url) + len(exchange.body)


def checks_in(phases: Collection[PhaseName]) -> list[str]:
    """Return the names of the checks in these phases."""
    return [name for name, phase in CHECKS.items() if phase is None or phase in phases]


def check_document(document: Mapping[str, Any], plan: Plan) -> list[Checked]:
    """Run schemathesis on a server and return the results of every called operation and of sequences."""
    labels = {f"{method} {path}": raw["operationId"] for method, path, raw in operations_of(document)}
    chosen = frozenset(labels.values()) if plan.only is None else plan.only
    results = {name: Checked(name) for name in labels.values() if name in chosen}
    chains = Checked(None)
    stream = engine.from_schema(_schema(document, plan, chosen)).execute()
    for event in stream:
        if plan.stopped():
            stream.stop()
        match event:
            case events.ScenarioStarted(label=str(label)) if label in labels:
                plan.progress(labels[label])
            case events.ScenarioFinished(label=label, recorder=recorder):
                checked = results.get(labels.get(label or "", ""), chains)
                checked.cases += len(recorder.interactions)
                for interaction in recorder.interactions.values():
                    plan.observe(_exchange(interaction))
                for found in _failures(recorder, plan.side):
                    checked.add(found)
            case events.NonFatalError(value=value) if type(value).__name__ in _HARMLESS:
                continue
            case events.NonFatalError(label=label, value=value):
                checked = results.get(labels.get(label, ""), chains)
                if str(value) in _UNWRITABLE:
                    checked.notes.append(_UNWRITABLE[str(value)])
                    continue
                title = type(value).__name__
                checked.add(Found(Finding("document", "schemathesis", f"{title}: {value}"), title))
            case events.Interrupted() if not plan.stopped():
                raise KeyboardInterrupt
            case events.FatalError(exception=exception):
                raise exception
            case _:
                continue
    return [*results.values(), chains]


def _schema(document: Mapping[str, Any], plan: Plan, chosen: Collection[str]) -> schemathesis.BaseSchema:
    phases: dict[str, Any] = {phase: {"enabled": phase in plan.phases} for phase in ALL_PHASES}
    settings: dict[str, Any] = {
        "seed": 1,
        "base-url": plan.base_url,
        "request-timeout": plan.seconds,
        "headers": dict(plan.keys.headers),
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
    if plan.keys.schemes:
        settings["auth"] = {"openapi": {name: dict(scheme) for name, scheme in plan.keys.schemes.items()}}
    config = schemathesis.Config.from_dict(settings)
    schema = schemathesis.openapi.from_dict(without_ignored_headers(document), config=config)
    schema.hooks.hook("after_call")(EndOfStream(document))
    schema.hooks.hook("filter_failure")(FailureFilter(document, plan.own, is_mock=plan.side == "document"))
    if plan.only is None:
        return schema
    return schema.include(operation_id=sorted(chosen))


def _failures(recorder: Any, side: Side) -> Iterator[Found]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                failure = check.failure_info.failure
                interaction = recorder.interactions.get(case_id)
                message = f"{failure.title}: {failure.message}{_reason(failure, interaction)}"
                exchange = None if interaction is None else _exchange(interaction)
                finding = Finding(side, check.name, message, exchange)
                yield Found(finding, failure.title, _call(recorder.cases[case_id].value))


def _reason(failure: Any, interaction: Any) -> str:
    """Return why the server rejected a valid request."""
    if type(failure).__name__ != "RejectedPositiveData" or interaction is None or interaction.response is None:
        return ""
    return f"\nThe server responded: {text_of(interaction.response.content or b'')[:_REASON]}"


def _call(case: schemathesis.Case[Any]) -> Case:
    """Return a call of schemathesis as one for the client."""
    body = case.body
    return Case(
        path=dict(case.path_parameters or {}),
        query=dict(case.query or {}),
        header=dict(case.headers or {}),
        cookie=dict(case.cookies or {}),
        body=None if isinstance(body, NotSet) else Body(case.media_type or "", body),
    )


def _exchange(interaction: Any) -> Exchange:
    request, response = interaction.request, interaction.response
    sent = Exchange(request.method, request.uri, _pairs(request.headers), request.body or b"")
    if response is None:
        return sent
    return attrs.evolve(
        sent,
        status=response.status_code,
        response_headers=_pairs(response.headers),
        response_body=response.content or b"",
        started=interaction.timestamp - response.elapsed,
        seconds=response.elapsed,
    )


def _pairs(headers: Mapping[str, Any]) -> Pairs:
    listed = ((name.lower(), value if isinstance(value, list) else [value]) for name, value in headers.items())
    return tuple((name, str(value)) for name, values in listed for value in values)
