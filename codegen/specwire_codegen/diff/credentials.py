"""Changes of the credentials that operations need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specwire_codegen.diff.change import Change
from specwire_codegen.diff.methods import Method
from specwire_codegen.diff.operations import Pair
from specwire_codegen.ir import Api, Operation, Requirement


def credential_changes(old: Api, new: Api, pairs: Sequence[Pair]) -> Iterator[Change]:
    """Yield operations that reject credentials which were enough before.

    Schemes that the new client lacks are changes of the client, reported once.
    """
    kept = {name for name, _ in new.security.schemes} if new.security else set()
    for pair in pairs:
        after = _alternatives(new, pair.new)
        lost = [
            each
            for each in _alternatives(old, pair.old)
            if kept.issuperset(each) and not any(set(each).issuperset(one) for one in after)
        ]
        if not lost:
            continue
        method = Method(pair.new.method, pair.new)
        text = "now needs credentials"
        if () not in lost:
            text = f"now needs the credentials {_shown(after)}; {_shown(lost)} was enough before"
        yield Change("risky", "method", "changed", method.shown, text, method.endpoint)


def _alternatives(api: Api, operation: Operation) -> tuple[Requirement, ...]:
    """Return the credentials each of which is enough for an operation; an empty one if it needs none."""
    stated = api.alternatives(operation)
    return stated if stated and operation.secure else ((),)


def _shown(alternatives: Sequence[Requirement]) -> str:
    return " or ".join(" with ".join(each) for each in alternatives)
