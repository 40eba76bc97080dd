"""Unique Python identifiers: reserved names, collisions, lengths."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from types import MappingProxyType

from specwire_codegen.openapi.casing import pascal, respelled
from specwire_codegen.openapi.transliteration import decoded, skeleton

RESERVED_CLASSES = frozenset(
    "AbstractSet Any ClassVar Decimal Ellipsis IntText Literal Mapping NotRequired Sequence TYPE_CHECKING TypeAlias "
    "TypedDict UNSET UUID ADDITIONAL OpenModel Unknown Unset WireModel None True False".split()
)
"""Names reserved by a models module."""
LONGEST_CLASS = 80
"""Longest class name, in characters, without suffixes."""
RESERVED_FIELDS = frozenset("from_dict from_json to_dict to_json".split())
"""Methods of models."""
HELPERS = frozenset("given json_body lines_body multipart_body".split())
"""Functions that builders call; a builder with an argument of the same name calls an alias, such as `_given`."""
RESERVED_ARGUMENTS = frozenset({"UNSET", "self"})
"""Names that arguments cannot have."""
RESERVED_FUNCTIONS = HELPERS | {"inputs", "models", "same_arguments", "with_fields"}
"""Names reserved by an operations module."""
WAITING_ARGUMENTS = frozenset({"interval", "on_progress", "timeout"})
"""Additional arguments of methods that wait for a job."""
RESERVED_CLIENTS = frozenset(
    "ApiKey AsyncClient AsyncResource Basic Bearer Client Digest Http MutualTLS NonRetryableErrors OAuth2 Provider "
    "Resource Security Undeclared".split()
)
"""Names that the client module imports from the runtime."""
CLIENT_OPTIONS = frozenset(
    "api_key base_url call_middleware cert cookies credentials deadline default_headers environment headers "
    "http_client keep_unknown max_response_size max_retries middleware on_drift options retry scheme_keys self "
    "server_variables timeout".split()
)
"""Keywords of clients, which variables of servers cannot have."""
SHADOWING = frozenset("bool bytes date datetime dict float int list object str time timedelta tuple type".split())
"""Names that would shadow types used in annotations."""
_PORTS = (f"{kind}{number}" for kind in ("com", "lpt") for number in "0123456789¹²³")
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS})
"""Names reserved for devices on Windows, with any extension."""
_COLLISIONS = 6
"""Maximum number of suffixes before a digest is used instead."""


def shortened(name: str, size: int) -> str:
    """Return a name of at most `size` characters; a longer one ends in its digest."""
    return name if len(name) <= size else f"{name[: size - 9]}_{_digest(name)[:8]}"


def file_name(name: str, size: int) -> str:
    """Return an ASCII file name of at most `size` characters; a digest replaces other letters."""
    if name.isascii():
        return shortened(name, size)
    plain = "".join(filter(str.isascii, name)).strip("_")
    return f"{plain[: size - 10] or 'n'}_{_digest(name)[:8]}"


def is_device(name: str) -> bool:
    """Return whether Windows reserves a file name."""
    return name.split(".", maxsplit=1)[0].rstrip(" ").lower() in _DEVICES


def distinct(names: Iterable[tuple[str, str]], reserved: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return a unique Python name for each wire name.

    Takes pairs of wire name and candidate. Names equal to their candidate take precedence; the others get underscores.
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
    """Return the candidate with the necessary suffixes, or with a digest of the wire name if there are too many.

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


def class_names(
    components: Iterable[str],
    chosen: Mapping[str, str] = MappingProxyType({}),
    casing: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return a unique class name for each component; a taken or reserved name is extended by `Model`.

    `chosen` names take precedence; words of the other names are spelled as in `casing`.
    """
    taken = {*RESERVED_CLASSES, *map(skeleton, chosen.values())}
    result: dict[str, str] = dict(chosen)
    wishes = _wishes([component for component in components if component not in chosen])
    pairs = [(component, shortened(respelled(wish, casing), LONGEST_CLASS)) for component, wish in wishes.items()]
    for component, wish in sorted(pairs, key=lambda pair: pair[0] != pair[1]):
        name = _free(component, wish, "Model", taken)
        taken.add(skeleton(name))
        result[component] = name
    return result


def _wishes(components: Sequence[str]) -> dict[str, str]:
    """Return the preferred class name of each component.

    A component that is the path of a module and a class, such as `app__models__Pet`, gets its shortest unambiguous
    suffix.
    """
    ways = {component: _ways(decoded(component)) for component in components}
    counts = Counter(way for each in ways.values() for way in each)
    return {component: next((way for way in each if counts[way] == 1), each[-1]) for component, each in ways.items()}


def _ways(component: str) -> list[str]:
    """Return the possible names of a component, the shortest first."""
    *modules, name = component.split("__")
    if not modules or not all(module and module.islower() for module in modules) or not name[:1].isupper():
        return [pascal(component)]
    parts = [*map(pascal, modules), pascal(name)]
    return list(dict.fromkeys("".join(parts[start:]) for start in reversed(range(len(parts)))))
