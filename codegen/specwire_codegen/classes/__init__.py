"""Object models to classes: `msgspec.Struct` for responses, `TypedDict` for requests.

Each class is made twice, from the tree that datamodel-code-generator returns and straight from the IR, and the two must
be the same text. The first never holds a string of the document before it is printed; the second never sees the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from datamodel_code_generator.enums import DataModelType

from specwire_codegen.classes import direct
from specwire_codegen.classes.annotation import dict_name
from specwire_codegen.classes.dcg import emit
from specwire_codegen.classes.outline import Filled, struct_outline, typed_dict_outline
from specwire_codegen.classes.tree import printed
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.ir import ObjectModel


def structs(models: Sequence[ObjectModel]) -> str:
    """Return the `msgspec.Struct` of each model, in the order of their names."""
    ordered = sorted(models, key=lambda model: model.name)
    return _classes(DataModelType.MsgspecStruct, ordered, struct_outline, direct.struct)


def typed_dicts(models: Sequence[ObjectModel]) -> str:
    """Return the `TypedDict` of each model, in the order of their names."""
    ordered = sorted(models, key=lambda model: dict_name(model.name))
    return _classes(DataModelType.TypingTypedDict, ordered, typed_dict_outline, direct.typed_dict)


def _classes(
    kind: DataModelType,
    models: Iterable[ObjectModel],
    outlined: Callable[[ObjectModel], Filled],
    direct_text: Callable[[ObjectModel], str],
) -> str:
    filled = [(model, outlined(model)) for model in models]
    trees = emit(kind, dict.fromkeys(each.outline for _, each in filled))
    sources: list[str] = []
    for model, each in filled:
        source = printed(trees[each.outline], each.slots)
        if source != direct_text(model):
            raise SpecwireCodegenError(
                f"internal error: the class {model.name} differs from what datamodel-code-generator makes of it"
            )
        sources.append(source)
    return "\n\n\n".join(sources)
