"""The providers under test, one bench for each and session, and one test for each operation and method.

`SPECWIRE_CONTRACT_EXAMPLES` says how much is drawn for each check of an operation; more takes longer and sees more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.subject import Subject, operation_label, subject_of
from specwire_codegen.ir import Operation
from specwire_codegen.project import provider, providers

from tests.support.paths import ROOT


@cache
def subject_named(name: str) -> Subject:
    """Load a provider, once in a session."""
    return subject_of(provider(ROOT, name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that takes `operation` every method there is, and one that takes only `subject` every provider."""
    subjects = [subject_named(name) for name in providers(ROOT)]
    if "operation" in metafunc.fixturenames:
        pairs = [(subject, operation) for subject in subjects for operation in subject.api.operations]
        ids = [f"{subject.name}-{operation_label(operation)}" for subject, operation in pairs]
        metafunc.parametrize(("subject", "operation"), pairs, ids=ids)
    elif "subject" in metafunc.fixturenames:
        metafunc.parametrize("subject", subjects, ids=[subject.name for subject in subjects])


@pytest.fixture(scope="session")
def examples(exhaustive: bool) -> int:
    """How much to draw for each check of an operation."""
    return int(os.environ.get("SPECWIRE_CONTRACT_EXAMPLES", "8" if exhaustive else "3"))


@pytest.fixture(scope="session")
def benches() -> Iterator[Callable[[Subject], Harness]]:
    """Benches by provider, made when they are needed."""
    with ExitStack() as stack:
        made: dict[str, Harness] = {}

        def bench(subject: Subject) -> Harness:
            if subject.name not in made:
                made[subject.name] = stack.enter_context(Harness(subject))
            return made[subject.name]

        yield bench


@pytest.fixture
def bench(benches: Callable[[Subject], Harness], subject: Subject) -> Harness:
    """The bench of the provider under test."""
    return benches(subject)


@pytest.fixture
def covers(record_property: Callable[[str, object], None], subject: Subject) -> Callable[[Operation, str], None]:
    """Note for the summary that an operation's method passed a kind of test, with both clients."""

    def note(operation: Operation, kind: str) -> None:
        record_property("contract", f"{subject.name} {operation.id} {operation_label(operation)} {kind}")

    return note


@pytest.fixture(scope="session")
def moonshot() -> Subject:
    """The smallest of the providers."""
    return subject_named("moonshot")
