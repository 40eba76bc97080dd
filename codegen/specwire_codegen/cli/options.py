"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import attrs
import cyclopts
from cyclopts.completion import CompletionContext

from specwire_codegen.files.access import Access, access


@attrs.frozen
class Sources:
    """Options that extend the files and servers that a document may refer to."""

    refs_within: tuple[Path, ...] = ()
    """Also allow references into this file or folder. May be repeated."""
    ref: tuple[str, ...] = ()
    """Read local copies of remote references: URL-PREFIX=FOLDER or URL=FILE. May be repeated."""
    allow_remote: tuple[str, ...] = ()
    """Allow fetching from this host; without a value, from the hosts in local files. May be repeated."""

    @property
    def access(self) -> Access:
        """The access that the options allow."""
        return access(self.refs_within, self.ref, self.allow_remote)


COMMON = (
    "Options of every command: --json prints diagnostics as JSON, one per line; --quiet prints errors only; "
    "--verbose prints every warning; --debug prints the traceback of an error."
)
"""End of every help."""
NO_MORE = Sources()
Reading = Annotated[Sources, cyclopts.Parameter(name="*")]
Overlays = Annotated[
    tuple[Path, ...],
    cyclopts.Parameter(name="--overlay", help="Also apply this overlay, after those of client.toml. May be repeated."),
]
Strict = Annotated[bool, cyclopts.Parameter(name="--strict", negative="", help="Turn warnings into errors.")]
RunHooks = Annotated[
    bool, cyclopts.Parameter(name="--run-hooks", negative="", help="Run the hooks that pyproject.toml names.")
]
Root = Annotated[
    Path, cyclopts.Parameter(name="--root", help="Project folder, with specs/, overrides/ and generated/.")
]


def _clients(context: CompletionContext) -> Mapping[str, str]:
    """Return the words that complete the name of a client."""
    return _candidates(context.incomplete)


def _methods(context: CompletionContext) -> Mapping[str, str]:
    """Return the words that complete the name of a method."""
    return _candidates(str(context["client"].raw), context.incomplete)


def _candidates(*words: str) -> Mapping[str, str]:
    from specwire_codegen.call.candidates import candidates

    return {each.text: each.doc for each in candidates(words)}


ClientName = Annotated[str, cyclopts.Parameter(completer=_clients)]
MethodName = Annotated[str, cyclopts.Parameter(completer=_methods)]
From = Annotated[Path, cyclopts.Parameter(name="--from")]
Output = Annotated[Path, cyclopts.Parameter(name=["--output", "-o"])]
Port = Annotated[int, cyclopts.Parameter(validator=cyclopts.validators.Number(gte=0, lte=65535))]
Count = Annotated[int, cyclopts.Parameter(validator=cyclopts.validators.Number(gte=1))]
Above = Annotated[float, cyclopts.Parameter(validator=cyclopts.validators.Number(gt=0))]
Price = Annotated[float, cyclopts.Parameter(validator=cyclopts.validators.Number(gte=0))]


def shown_default(value: Any) -> str | None:
    """Return a default as help shows it; None if it is nothing, or a flag that is off."""
    return None if value is None or value is False or value == () else str(value)
