"""Classes of object models: `msgspec.Struct` for responses, `TypedDict` for requests.

Each class is generated twice, from the tree that datamodel-code-generator returns and directly from the IR; both must
be the same text. The first contains no document strings before it is printed; the second never uses the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from specwire_codegen.classes import direct
from specwire_codegen.classes.annotation import dict_name
from specwire_codegen.classes.emitter import EMITTED, Emitter
from specwire_codegen.classes.outline import Kind, Outline, struct_outline, typed_dict_outline
from specwire_codegen.classes.tree import printed
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.ir import ObjectModel


def structs(models: Sequence[ObjectModel], emitter: Emitter = EMITTED) -> list[str]:
    """Return the `msgspec.Struct` of each model, sorted by name."""
    ordered = sorted(models, key=lambda model: model.name)
    return _classes("struct", ordered, struct_outline, direct.struct, emitter)


def typed_dicts(models: Sequence[ObjectModel], emitter: Emitter = EMITTED) -> list[str]:
    """Return the `TypedDict` of each model, sorted by name."""
    ordered = sorted(models, key=lambda model: dict_name(model.name))
    return _classes("typed dict", ordered, typed_dict_outline, direct.typed_dict, emitter)


def _classes(
    kind: Kind,
    models: Iterable[ObjectModel],
    outlined: Callable[[ObjectModel], Outline],
    direct_text: Callable[[ObjectModel], str],
    emitter: Emitter,
) -> list[str]:
    outlines = [(model, outlined(model)) for model in models]
    emitted = emitter.emit(kind, [outline for _, outline in outlines])
    sources: list[str] = []
    for model, outline in outlines:
        members = [(emitted[member], slots) for member, slots in outline.members]
        source = printed(emitted[outline.head][0], outline.slots, members)
        if source != direct_text(model):
            raise SpecwireCodegenError(
                f"internal error: the class {model.name} differs from the output of datamodel-code-generator"
            )
        sources.append(source)
    return sources
