"""Shipped clients with their documents, and a harness for each; fixtures of the contract and conformance tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from specwire_codegen.contract.harness import Harness
from specwire_codegen.contract.subject import Subject, operation_label, subject_of
from specwire_codegen.project import provider, providers

from tests.support.paths import ROOT


@cache
def subject_named(name: str) -> Subject:
    """Load the client and the document of a provider, once per session."""
    return subject_of(provider(ROOT, name))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `operation` for every method, and one that takes only `subject` for every provider."""
    subjects = [subject_named(name) for name in providers(ROOT)]
    if "operation" in metafunc.fixturenames:
        pairs = [(subject, operation) for subject in subjects for operation in subject.api.operations]
        ids = [f"{subject.name}-{operation_label(operation)}" for subject, operation in pairs]
        metafunc.parametrize(("subject", "operation"), pairs, ids=ids)
    elif "subject" in metafunc.fixturenames:
        metafunc.parametrize("subject", subjects, ids=[subject.name for subject in subjects])


@pytest.fixture(scope="session")
def harness_of() -> Iterator[Callable[[Subject], Harness]]:
    """Function that returns the harness of a provider, which is made when it is first needed."""
    with ExitStack() as stack:
        made: dict[str, Harness] = {}

        def harness(subject: Subject) -> Harness:
            if subject.name not in made:
                made[subject.name] = stack.enter_context(Harness(subject))
            return made[subject.name]

        yield harness


@pytest.fixture(scope="session")
def moonshot() -> Subject:
    """Provider with the smallest document."""
    return subject_named("moonshot")
