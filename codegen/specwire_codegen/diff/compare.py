"""All changes between two versions of a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specwire_codegen.diff.change import Change, ordered
from specwire_codegen.diff.credentials import credential_changes
from specwire_codegen.diff.models import ModelChanges, Usage
from specwire_codegen.diff.operations import OperationChanges, method_changes, pairs_of
from specwire_codegen.diff.relation import Types
from specwire_codegen.diff.renames import renamed_classes
from specwire_codegen.diff.usage import received
from specwire_codegen.ir import Api


def changes(old: Api, new: Api) -> tuple[Change, ...]:
    """Return the changes between two versions, the worst first."""
    pairs = pairs_of(old, new)
    renamed = renamed_classes(old, new, pairs)
    before, after = ({model.name: model for model in api.models} for api in (old, new))
    typing = Types(before, after, renamed)
    found = [*_client(old, new), *method_changes(old, new, pairs)]
    for pair in pairs:
        found += OperationChanges(pair, typing).all()
    found += credential_changes(old, new, pairs)
    found += _models(old, new, renamed, typing)
    return ordered(found)


def _client(old: Api, new: Api) -> Iterator[Change]:
    """Yield changes of the class of the client and of its constructor."""
    if old.class_name != new.class_name:
        text = f"renamed to {new.class_name}"
        yield Change("breaking", "client", "renamed", old.class_name, text)
    base_url, credentials = f"{new.class_name}(base_url=)", f"{new.class_name}(credentials=)"
    if old.base_url and not new.base_url:
        yield Change("breaking", "client", "changed", base_url, "now required: the document names no server")
    elif old.base_url != new.base_url:
        text = f"the default is now {new.base_url}, before {old.base_url or 'none'}"
        yield Change("risky" if old.base_url else "safe", "client", "changed", base_url, text)
    before, after = (dict(api.security.schemes) if api.security else {} for api in (old, new))
    for scheme in before.keys() - after.keys():
        yield Change("breaking", "client", "removed", credentials, f"the scheme {scheme} was removed")
    for scheme in after.keys() - before.keys():
        yield Change("safe", "client", "added", credentials, f"the scheme {scheme} was added")
    for scheme in before.keys() & after.keys():
        if before[scheme] != after[scheme]:
            yield Change("risky", "client", "changed", credentials, f"the scheme {scheme} works differently")
    if new.security and new.security.required and not (old.security and old.security.required):
        yield Change("breaking", "client", "changed", f"{new.class_name}(api_key=)", "now required")


def _models(old: Api, new: Api, renamed: Mapping[str, str], typing: Types) -> Iterator[Change]:
    before, after = ({model.name: model for model in api.models} for api in (old, new))
    sent = old.inputs | new.inputs | old.webhook_responses | new.webhook_responses
    in_responses = received(old) | received(new)
    for name, model in before.items():
        now = after.get(renamed.get(name, name))
        if now is None:
            yield Change("breaking", "model", "removed", f"models.{name}", "removed")
            continue
        usage = Usage({name, now.name} & sent != set(), {name, now.name} & in_responses != set())
        yield from ModelChanges(model, now, usage, typing).all()
    for name in after.keys() - before.keys() - set(renamed.values()):
        yield Change("safe", "model", "added", f"models.{name}", "added")
