"""Client of a document, generated into a folder and imported from there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.clients.targets import make_importable
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.access import Access
from specwire_codegen.generate import build, source_of
from specwire_codegen.ir import Api
from specwire_codegen.output.package import write
from specwire_codegen.project import Target, require_package_name, single


@attrs.frozen(eq=False)
class GeneratedClient:
    """A package, importable by the name of its target."""

    target: Target
    document: dict[str, Any]
    """The normalized document."""
    api: Api


def generated_client(source: str, access: Access, folder: Path) -> GeneratedClient:
    """Generate the client of a file, a URL or standard input into a folder, and make it importable."""
    document = source_of(single(source, "client", folder), access)
    target = single(source, _package_name(document.data), folder)
    built = build(target, access, source=document)
    write(target.output, built.files)
    make_importable(folder)
    return GeneratedClient(target, json.loads(built.normalized), built.api)


def _package_name(data: Any) -> str:
    """Return a package name made of the title, which no installed package has."""
    info = data.get("info", {}) if isinstance(data, dict) else {}
    title = info.get("title", "") if isinstance(info, dict) else ""
    name = "_".join(re.findall(r"[a-z0-9]+", str(title).lower())[:3])
    return next(one for one in _candidates(name) if _is_free(one))


def _candidates(name: str) -> Iterator[str]:
    yield from (name, f"{name}_client", f"api_{name}")
    yield from (f"client_{number}" for number in count(1))


def _is_free(name: str) -> bool:
    """Return True for a valid name that no package has, also none of an earlier run in this process."""
    try:
        require_package_name(name)
    except SpecwireCodegenError:
        return False
    return name not in sys.modules and find_spec(name) is None
