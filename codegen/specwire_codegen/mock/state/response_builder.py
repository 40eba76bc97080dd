"""Response values: an example, overlaid with the known fields of the resource."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from specwire_codegen.mock.document.document import Document, Schema
from specwire_codegen.mock.document.operations import MediaType, Polling
from specwire_codegen.mock.document.pointers import ABSENT, find, place
from specwire_codegen.mock.state.job_state import Job
from specwire_codegen.mock.values.examples import Examples, schema_of
from specwire_codegen.mock.values.identifiers import Clock, timestamp

CREATED = ("created", "created_at", "createdAt", "created_time")
CHANGED = ("updated_at", "updatedAt", "modified_at", "modifiedAt")
ENDED = ("completed", "finished", "finish", "ended", "failed", "cancelled", "expired", "succeeded")
"""Prefixes of the names of fields that are set only after a job has ended."""


def overlay(base: Any, fields: Mapping[str, Any], fits: Callable[[Any], bool]) -> Any:
    """Return the base with the valid fields, all at once or else one by one."""
    if not isinstance(base, dict):
        return base
    if fits(whole := {**base, **fields}):
        return whole
    for name, value in fields.items():
        if fits(candidate := {**base, name: value}):
            base = candidate
    return base


@attrs.frozen(eq=False)
class ResponseBuilder:
    """Builder of response values for resources."""

    document: Document
    examples: Examples
    clock: Clock

    def show(self, schema: Schema, base: Any, fields: Mapping[str, Any]) -> Any:
        """Return the base overlaid with the declared and valid fields."""
        declared = self.document.properties(schema)
        known = {name: value for name, value in fields.items() if name in declared}
        return overlay(base, known, lambda value: self.examples.validators.accepts(schema, value))

    def closest(
        self,
        media: MediaType,
        candidates: Iterable[Any],
        fields: Mapping[str, Any],
        rank: Callable[[Any], int] = lambda _: 0,
    ) -> Any:
        """Return the candidate or schema variant that the fields belong to; among several, by rank.

        Fields that discriminate the variants of a union must match the candidate, so that a job of one kind is never
        shown as another. Of the other fields, as many as possible must match.
        """
        schema = schema_of(media)
        names = self.document.properties(schema).keys() & fields.keys()
        tags = {tag for tag in self._tags(schema) if tag in names}

        def differs(candidate: Any) -> tuple[int, int]:
            held = candidate if isinstance(candidate, dict) else {}
            return sum(held.get(tag) != fields[tag] for tag in tags), len(names - held.keys())

        ranked = sorted(candidates, key=lambda one: (*differs(one), rank(one)))
        if ranked and differs(ranked[0])[0] == 0:
            return ranked[0]
        drawn = [one for one in self._variants(schema) if self.examples.fits(media, one)]
        return min([*ranked, *drawn], key=differs)

    def _tags(self, schema: Schema) -> Iterator[str]:
        """Yield the properties that discriminate the variants of a schema."""
        for one in self.document.variants(schema):
            name = one.get("discriminator", {}).get("propertyName")
            if isinstance(name, str):
                yield name
            for branch in (*one.get("oneOf", ()), *one.get("anyOf", ())):
                for name, member in self.document.properties(branch).items():
                    stated = self.document.resolve(member)
                    if isinstance(stated, dict) and ("const" in stated or len(stated.get("enum", ())) == 1):
                        yield name

    def _variants(self, schema: Schema) -> list[Any]:
        """Return a value of each variant of a union."""
        resolved = self.document.resolve(schema)
        branches = (resolved.get("oneOf") or resolved.get("anyOf") or ()) if isinstance(resolved, dict) else ()
        return [self.examples.drawer.draw(branch) for branch in branches]

    def times(self, base: Any, names: Iterable[str]) -> dict[str, Any]:
        """Return the current time for the time fields of the base."""
        held = base if isinstance(base, dict) else {}
        present = [name for name in names if held.get(name) is not None]
        now = self.clock() if present else 0.0
        return {name: timestamp(held[name], now) for name in present}

    def job(
        self, media: MediaType, polling: Polling, job: Job, others: Iterable[Any], fields: Mapping[str, Any]
    ) -> Any:
        """Return a job in its current status, based on the closest example."""
        own = self.examples.values(media) or (self.examples.value(media),)
        candidates = [*own, *(one for one in others if self.examples.fits(media, one))]
        final = (*polling.success, *polling.failure)

        def distance(candidate: Any) -> int:
            status = find(candidate, polling.status)
            return 0 if status == job.status else 1 if (status in final) == (job.status in final) else 2

        base = self.closest(media, candidates, fields, distance)
        value = self.show(schema_of(media), base, fields)
        fitting = (
            step
            for step in (place(value, polling.status, job.status), value)
            if find(step, polling.status) is not ABSENT and self.examples.fits(media, step)
        )
        value = next(fitting, value)
        return self._consistent(media, value, job, ended=job.status in final, success=job.status in polling.success)

    def _consistent(self, media: MediaType, value: Any, job: Job, *, ended: bool, success: bool) -> Any:
        """Set progress and end time to match the status."""
        if not isinstance(value, dict):
            return value
        changes: dict[str, Any] = {}
        match value.get("progress"):
            case str():
                changes["progress"] = "100%" if success else f"{int(job.progress * 100)}%"
            case bool() | None:
                pass
            case int() | float():
                changes["progress"] = 100 if success else int(job.progress * 100)
        if not ended:
            changes |= {name: None for name in value if name.lower().startswith(ENDED) and _is_time(name)}
        return overlay(value, changes, lambda one: self.examples.fits(media, one))


def _is_time(name: str) -> bool:
    return name.endswith(("_at", "At", "Time", "_time"))
