"""Component names for parts of other files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import attrs

from specwire_codegen.files import fetch
from specwire_codegen.files.layout import Layout
from specwire_codegen.files.targets import Spot, Target
from specwire_codegen.openapi import pointer as pointers
from specwire_codegen.openapi.objects import ObjectType

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LABELS = ("$defs", "definitions")
Use = tuple[ObjectType, Target]
"""A reference target and the kind of object that it is used as."""


@attrs.define
class Names:
    """The components of the bundle; `inner` are parts of other components, which stay there."""

    layout: Layout
    inner: dict[Use, Spot]
    own: dict[ObjectType, frozenset[str]] = attrs.field(factory=dict)
    """Component names of the document itself."""
    given: dict[Use, str] = attrs.field(factory=dict)
    """Component names of parts of other files."""
    parts: dict[Use, Spot] = attrs.field(factory=dict)
    """Parts of other files that become components."""
    waiting: list[tuple[ObjectType, Spot]] = attrs.field(factory=list)
    """Parts that still have to be built."""
    uses: dict[Use, int] = attrs.field(factory=dict)
    """Number of references to each part that is not a component of the document."""

    def has(self, name: str, kind: ObjectType) -> bool:
        """Return whether a reference is a bare component name, which `normalize` resolves."""
        return name in self.own[kind]

    def pointer(self, kind: ObjectType, end: Spot, written: Spot) -> str:
        """Return the pointer of the component for a part; `written` is the first target of the reference."""
        use = (kind, end.target)
        around = self.inner.get(use)
        if around is not None:
            return self.pointer(kind, around, around) + end.pointer[len(around.pointer) :]
        other = next((each for each in self.layout.sections if (each, end.target) in self.given), kind)
        if use not in self.given and other != kind:
            return self.layout.pointer(other, self.given[other, end.target])
        if use not in self.given:
            self.given[use] = self._free(kind, written)
            self.parts[use] = end
            self.waiting.append((kind, end))
            self.uses[use] = 0
        if use in self.uses:
            self.uses[use] += 1
        return self.layout.pointer(kind, self.given[use])

    def once(self) -> frozenset[Use]:
        """Return the targets with a single reference, which can be inlined.

        Schemas and components of other files keep their names.
        """
        return frozenset(
            (kind, target)
            for (kind, target), count in self.uses.items()
            if count == 1 and kind != "schema" and not _is_component(target[1])
        )

    def nested(self) -> dict[Use, Spot]:
        """Return the schemas nested in other components of the bundle, with their component.

        Schemas in `$defs` do not count; they become components with names of their own.
        """
        found: dict[Use, Spot] = {}
        for kind, (base, pointer) in self.uses:
            above = pointer
            while kind == "schema" and above and above.rpartition("/")[2] not in _LABELS:
                above = pointers.parent(above)
                if (kind, (base, above)) in self.given:
                    found[kind, (base, pointer)] = self.parts.get((kind, (base, above)), Spot(None, base, above))
                    break
        return found

    def _free(self, kind: ObjectType, spot: Spot) -> str:
        """Return an unused name for a part: its own, then prefixed with the file, then with the folders."""
        path = PurePosixPath(urlsplit(spot.base).path if fetch.is_remote(spot.base) else spot.base.replace("\\", "/"))
        tokens = [token for token in pointers.split(spot.pointer) if not token.isdigit()]
        name = _UNFIT.sub("_", tokens[-1] if tokens else path.stem).strip("_") or "external"
        sections = self.layout.sections
        taken = {*self.own[kind]}
        taken |= {each for (other, _), each in self.given.items() if sections[other] == sections[kind]}
        around = [*path.parts[:-1], path.stem] if tokens else [*path.parts[:-1]]
        while name in taken:
            name = f"{_UNFIT.sub('_', around.pop()) if around else 'external'}_{name}"
        return name


def _is_component(pointer: str) -> bool:
    tokens = pointers.split(pointer)
    return tokens[:1] == ("components",) or (len(tokens) == 2 and tokens[0] in ("parameters", "responses"))
