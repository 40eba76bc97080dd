"""mypy as the judge: what breaks code that uses the old client is reported as breaking."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.project import single

from tests.sampling import sample_number, sampled

from . import judging
from .edits import DOCUMENT, EDITS, edited
from .judging import Client, Pair, judged

CHUNKS = [tuple(EDITS)[start : start + 6] for start in range(0, len(EDITS), 6)]


def generate(document: dict[str, Any], package: str, folder: Path) -> Client:
    """Write the client of a document, and return it."""
    spec = folder / f"{package}.json"
    spec.write_text(json.dumps(document), "utf-8")
    return judging.generate(single(spec, package, folder))


@pytest.mark.parametrize("names", sampled([(chunk,) for chunk in CHUNKS], 2))
def test_type_errors_of_users_are_breaking_changes(names: Sequence[str], tmp_path: Path) -> None:
    """Code for one version, checked against the other, in both directions."""
    shop = generate(DOCUMENT, "shop", tmp_path)
    pairs: list[Pair] = []
    for number, name in enumerate(names):
        package = f"shop{number}"
        other = generate(edited(EDITS[name]), package, tmp_path)
        pairs += (Pair(name, shop, other), Pair(f"{name}, undone", other, shop))
    assert [] == [line for verdict in judged(tmp_path, pairs) for line in verdict.unreported]


def several(seed: int) -> tuple[str, dict[str, Any]]:
    """Return the document after a few edits, drawn by a seed; an edit that no longer applies is left out."""
    draw = random.Random(seed)
    document, names = copy.deepcopy(DOCUMENT), []
    for name in draw.sample(sorted(EDITS), 4):
        attempt = copy.deepcopy(document)
        try:
            EDITS[name].change(attempt)
        except (LookupError, AssertionError, AttributeError):
            continue
        document = attempt
        names.append(name)
    return ", ".join(names), document


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(1, 20))])
def test_type_errors_of_several_edits_are_breaking_changes(seed: int, tmp_path: Path) -> None:
    """Between versions that each differ by a few random edits, in both directions."""
    clients: list[tuple[str, Client]] = []
    for number in range(4):
        name, document = several(100 * (seed + sample_number()) + number)
        clients.append((name, generate(document, f"shop{number}", tmp_path)))
    pairs = [Pair(f"{name} to {other}", one, two) for name, one in clients for other, two in clients if one is not two]
    assert [] == [f"{verdict.name}: {line}" for verdict in judged(tmp_path, pairs) for line in verdict.unreported]


def test_the_judge_sees_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the reported changes, the judge complains."""
    shop = generate(DOCUMENT, "shop", tmp_path)
    other = generate(edited(EDITS["method removed"]), "shop0", tmp_path)
    monkeypatch.setattr(judging, "changes", lambda old, new: ())
    (verdict,) = judged(tmp_path, [Pair("method removed", shop, other)])
    assert verdict.unreported
    assert all(line.startswith("client.pets.delete()") for line in verdict.unreported)
