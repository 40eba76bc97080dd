"""All identifiers: from wire names to Python names, pure and stable."""

from __future__ import annotations

import hashlib
import keyword
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

_WORD = re.compile(r"(?:OAuth|IPv)[0-9]*(?![a-z])|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+|[0-9]+")
_SIGNS = (
    (re.compile(r"^\+(?=\d)"), "plus "),
    (re.compile(r"^[-\u2212](?=\d)"), "minus "),
    (re.compile(r"<="), " lte "),
    (re.compile(r">="), " gte "),
    (re.compile(r"!="), " ne "),
    (re.compile(r"(?<=\w)<$"), " lt "),
    (re.compile(r"(?<=\w)>$"), " gt "),
)
"""Signs that tell names apart, as words."""
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d"})
_PLURALS = (("apis", "api"), ("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"))

RESERVED_CLASSES = frozenset(
    "Any ClassVar Decimal Ellipsis Literal Mapping NotRequired Sequence TYPE_CHECKING TypeAlias TypedDict UNSET UUID "
    "ADDITIONAL OpenModel Unknown Unset WireModel None True False".split()
)
"""Names that a models module needs for itself."""
HELPERS = frozenset("flow given json_body lines_body multipart_body".split())
"""What builders call; an argument of the same name makes its builder use another, such as `_given`."""
RESERVED_ARGUMENTS = frozenset({"UNSET", "self"})
"""Names that no argument can have."""
RESERVED_FUNCTIONS = HELPERS | {"inputs", "models"}
"""Names that an operations module needs for itself."""
WAITING_ARGUMENTS = frozenset({"interval", "on_progress", "timeout"})
"""Names of the arguments that a method which waits for a job has beside those of its operation."""
RESERVED_CLIENTS = frozenset(
    "ApiKey AsyncClient AsyncResource Basic Bearer Client Digest Http MutualTLS Never OAuth2 Provider Resource "
    "Security".split()
)
"""Names that the module of the clients takes from the runtime."""
SHADOWING = frozenset("bool bytes date datetime dict float int list object str time timedelta type".split())
"""Names that a function must not take from the annotations beside it."""
_COLLISIONS = 6
"""Suffixes that a name gets before a person would no longer count them."""


def words(text: str) -> list[str]:
    """Split a wire name into its words: `chatCompletion_v1` -> `chat`, `Completion`, `v1`."""
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """Return a text without accents, signs that tell names apart as words, and nothing else that is not ASCII."""
    for sign, word in _SIGNS:
        text = sign.sub(word, text)
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()


def argument(text: str) -> str:
    """Return a name as `snake_case`, in its own script if it has no Latin letter; a lone sign by what it is called."""
    if words(text):
        return snake(text)
    name = re.sub(r"[^\w]+|_+", "_", unicodedata.normalize("NFKC", text).lower()).strip("_")
    if name.isidentifier() and unicodedata.is_normalized("NFKC", name):
        return f"{name}_" if keyword.iskeyword(name) else name
    return snake(unicodedata.name(text, "value") if len(text) == 1 else text)


def snake(text: str) -> str:
    """Return a name as `snake_case`; a valid name that already is one stays as it is."""
    if text.isascii() and text.isidentifier() and text.islower() and not text.startswith("_"):
        name = text
    else:
        name = "_".join(word.lower() for word in words(text)) or "value"
    if name[0].isdigit():
        name = f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def pascal(text: str) -> str:
    """Return a name as `PascalCase`; a valid one that begins with a capital and has no underscore stays as it is."""
    if text.isascii() and text.isidentifier() and text[0].isupper() and "_" not in text and not keyword.iskeyword(text):
        return text
    name = "".join(word[0].upper() + word[1:] for word in words(text)) or "Value"
    if keyword.iskeyword(name):
        return f"{name}Model"
    return f"N{name}" if name[0].isdigit() else name


def shortened(name: str, size: int) -> str:
    """Return a name of at most `size` characters: a longer one ends in a digest of the whole."""
    return name if len(name) <= size else f"{name[: size - 9]}_{_digest(name)[:8]}"


def singular(text: str) -> str:
    """Return an English plural's singular, as far as endings tell."""
    for plural, single in _PLURALS:
        if text.endswith(plural):
            return text[: -len(plural)] + single
    return text[:-1] if text.endswith("s") and not text.endswith(("ss", "us", "is")) else text


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
            taken.add(name)
            result[wire] = name
    return result


def _free(wire: str, wish: str, suffix: str, taken: Container[str]) -> str:
    """Return the wish with the suffixes it takes to be free; a digest of the wire name where it takes too many."""
    name = wish
    for _ in range(_COLLISIONS):
        if name not in taken:
            return name
        name += suffix
    digest = _digest(wire)
    return next(name for size in range(8, 65) if (name := f"{wish}{suffix}{digest[:size]}") not in taken)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def class_names(components: Iterable[str], chosen: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Give each component a class name of its own; one that is taken or reserved is extended by `Model`.

    `chosen` are names that somebody gave; who has one keeps it.
    """
    taken: set[str] = {*RESERVED_CLASSES, *chosen.values()}
    result: dict[str, str] = dict(chosen)
    pairs = [(component, pascal(component)) for component in components if component not in chosen]
    for component, wish in sorted(pairs, key=lambda pair: pair[0] != pair[1]):
        name = _free(component, wish, "Model", taken)
        taken.add(name)
        result[component] = name
    return result
