"""Python names that are free: reserved names, collisions, lengths."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from types import MappingProxyType

from specwire_codegen.openapi.casing import pascal
from specwire_codegen.openapi.transliteration import decoded, skeleton

RESERVED_CLASSES = frozenset(
    "AbstractSet Any ClassVar Decimal Ellipsis Literal Mapping NotRequired Sequence TYPE_CHECKING TypeAlias TypedDict "
    "UNSET UUID ADDITIONAL OpenModel Unknown Unset WireModel None True False".split()
)
"""Names that a models module needs for itself."""
LONGEST_CLASS = 80
"""Characters of the name of a class, without suffixes."""
HELPERS = frozenset("given json_body lines_body multipart_body wait".split())
"""What builders call; an argument of the same name makes its builder use another, such as `_given`."""
RESERVED_ARGUMENTS = frozenset({"UNSET", "self"})
"""Names that no argument can have."""
RESERVED_FUNCTIONS = HELPERS | {"inputs", "models", "same_arguments", "with_fields"}
"""Names that an operations module needs for itself."""
WAITING_ARGUMENTS = frozenset({"interval", "on_progress", "timeout"})
"""Names of the arguments that a method which waits for a job has beside those of its operation."""
RESERVED_CLIENTS = frozenset(
    "ApiKey AsyncClient AsyncResource Basic Bearer Client Digest Http MutualTLS NonRetryableErrors OAuth2 Provider "
    "Resource Security Undeclared".split()
)
"""Names that the module of the clients takes from the runtime."""
SHADOWING = frozenset("bool bytes date datetime dict float int list object str time timedelta tuple type".split())
"""Names that a function must not take from the annotations beside it."""
_PORTS = (f"{kind}{number}" for kind in ("com", "lpt") for number in "0123456789¹²³")
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS})
"""Names that mean devices on Windows, whatever follows them behind a dot."""
_COLLISIONS = 6
"""Suffixes that a name gets before a person would no longer count them."""


def shortened(name: str, size: int) -> str:
    """Return a name of at most `size` characters: a longer one ends in a digest of the whole."""
    return name if len(name) <= size else f"{name[: size - 9]}_{_digest(name)[:8]}"


def file_name(name: str, size: int) -> str:
    """Return a name of ASCII for a file, of at most `size` characters; what it cannot say is in a digest."""
    if name.isascii():
        return shortened(name, size)
    plain = "".join(filter(str.isascii, name)).strip("_")
    return f"{plain[: size - 10] or 'n'}_{_digest(name)[:8]}"


def is_device(name: str) -> bool:
    """Whether no file can have this name on Windows."""
    return name.split(".")[0].rstrip(" ").lower() in _DEVICES


def distinct(names: Iterable[tuple[str, str]], reserved: frozenset[str] = frozenset()) -> dict[str, str]:
    """Give each wire name a Python name of its own.

    Takes pairs of wire name and wished name. Who is named exactly as wished keeps it; the others get underscores.
    """
    pairs = list(names)
    taken = set(reserved)
    result: dict[str, str] = {}
    for exact in (True, False):
        for wire, wish in pairs:
            if wire in result or (wire == wish) != exact:
                continue
            name = _free(wire, wish, "_", taken)
            taken.add(skeleton(name))
            result[wire] = name
    return result


def _free(wire: str, wish: str, suffix: str, taken: Container[str]) -> str:
    """Return the wish with the suffixes it takes to be free; a digest of the wire name where it takes too many.

    `taken` holds skeletons, so that no two names look the same.
    """
    name = wish
    for _ in range(_COLLISIONS):
        if skeleton(name) not in taken:
            return name
        name += suffix
    digest = _digest(wire)
    return next(name for size in range(8, 65) if skeleton(name := f"{wish}{suffix}{digest[:size]}") not in taken)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def class_names(components: Iterable[str], chosen: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Give each component a class name of its own; one that is taken or reserved is extended by `Model`.

    `chosen` are names that somebody gave; who has one keeps it.
    """
    taken = {*RESERVED_CLASSES, *map(skeleton, chosen.values())}
    result: dict[str, str] = dict(chosen)
    wishes = _wishes([component for component in components if component not in chosen])
    pairs = [(component, shortened(wish, LONGEST_CLASS)) for component, wish in wishes.items()]
    for component, wish in sorted(pairs, key=lambda pair: pair[0] != pair[1]):
        name = _free(component, wish, "Model", taken)
        taken.add(skeleton(name))
        result[component] = name
    return result


def _wishes(components: Sequence[str]) -> dict[str, str]:
    """Return the class name that each component would have by itself.

    A component that is the path of a module and a class, as `app__models__Pet`, wishes for the least of it that no
    other one could wish for.
    """
    ways = {component: _ways(decoded(component)) for component in components}
    counts = Counter(way for each in ways.values() for way in each)
    return {component: next((way for way in each if counts[way] == 1), each[-1]) for component, each in ways.items()}


def _ways(component: str) -> list[str]:
    """Return the names by which a component could be called, the shortest first."""
    *modules, name = component.split("__")
    if not modules or not all(module and module.islower() for module in modules) or not name[:1].isupper():
        return [pascal(component)]
    parts = [*map(pascal, modules), pascal(name)]
    return list(dict.fromkeys("".join(parts[start:]) for start in reversed(range(len(parts)))))
