"""Drift that is declared is gone: recorded by a client, applied as an overlay, and read by the client made from it."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import httpx2
import pytest
from specwire import DriftReport
from specwire.errors import APIStatusError
from specwire_codegen.drift.actions import DECLARED
from specwire_codegen.drift.entries import read_drifts
from specwire_codegen.drift.proposal import Proposal, propose
from specwire_codegen.files.access import Access
from specwire_codegen.generate import build
from specwire_codegen.output.files import replace_file
from specwire_codegen.output.package import write
from specwire_codegen.project import Target, single

from tests.sampling import sample_number

from .drawn import ALL, CASES, document, responses

NUMBERS = {name: number for number, name in enumerate(CASES)}


def call_all(target: Target, package: str, bodies: Mapping[str, tuple[int, Any]]) -> DriftReport:
    """Generate a client, call each operation that has a response, and return the drift."""
    renamed = single(target.spec, package, target.output.parent)
    built = build(renamed)
    write(renamed.output, built.files)

    def answer(request: httpx2.Request) -> httpx2.Response:
        status, body = bodies[request.url.path]
        return httpx2.Response(status, json=body)

    report = DriftReport()
    transport = httpx2.MockTransport(answer)
    kind = getattr(importlib.import_module(package), built.api.class_name)
    client = kind(http_client=httpx2.Client(transport=transport), on_drift=report, max_retries=0)
    for operation in built.api.operations:
        if operation.path in bodies:
            method = reduce(getattr, operation.method, client)
            try:
                method()
            except APIStatusError as error:
                assert error.status_code == bodies[operation.path][0]
    return report


def declared(
    folder: Path, version: str, paths: Mapping[str, tuple[int, Any]], name: str
) -> tuple[Proposal, DriftReport]:
    """Record the drift of responses, declare it, and return the drift of the same responses afterwards."""
    sys.path.insert(0, str(folder))
    try:
        spec = folder / "openapi.json"
        spec.write_text(json.dumps(document(version)), "utf-8")
        target = single(spec, "drawn", folder)
        call_all(target, f"{name}_before", paths).save(folder / "drift.jsonl")
        proposal = propose(target, read_drifts([folder / "drift.jsonl"]).entries, Access())
        replace_file(proposal.file, proposal.text)
        return proposal, call_all(target, f"{name}_after", paths)
    finally:
        sys.path.remove(str(folder))


def shown(report: DriftReport) -> list[str]:
    return [entry.example for entry in report.entries]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(1, 20))])
def test_declared_drift_is_gone(tmp_path: Path, version: str, seed: int) -> None:
    """For a random drift of each schema, also of an empty response and an undeclared error."""
    drawn = responses(seed + sample_number())
    paths = {f"/case{NUMBERS[name]}": (200, {"it": value}) for name, (_, value) in drawn.items()}
    paths["/empty"] = (418, {"why": "tea"})
    name = f"drawn{seed}_{version.replace('.', '')}"
    proposal, after = declared(tmp_path, version, paths, name)
    assert [] == [f"{left.entry.example}: {left.reason}" for left in proposal.left if left.reason != DECLARED]
    assert [] == shown(after), proposal.text
    assert len(proposal.additions) > len(CASES) / 2


@pytest.mark.exhaustive
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(("name", "kind"), ALL)
def test_each_kind_of_drift_by_itself(tmp_path: Path, version: str, name: str, kind: str) -> None:
    """No other correction helps."""
    paths = {f"/case{NUMBERS[name]}": (200, {"it": CASES[name].drifts[kind]})}
    package = f"alone{ALL.index((name, kind))}_{version.replace('.', '')}"
    proposal, after = declared(tmp_path, version, paths, package)
    assert ([], []) == ([*proposal.left], shown(after)), proposal.text
