"""Subject of a document outside a project: its client is generated into a folder and imported from there."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import attrs

from specwire_codegen.config import read_config
from specwire_codegen.contract.subject import Subject, make_importable, subject_in
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.files import fetch
from specwire_codegen.files.access import Access, access_to
from specwire_codegen.files.disk import standard_input
from specwire_codegen.files.library import Library
from specwire_codegen.files.load import load, load_from
from specwire_codegen.generate import build
from specwire_codegen.mock.sources import NAME
from specwire_codegen.output.package import write
from specwire_codegen.project import require_package_name, single


def subject_of_document(source: str, access: Access, folder: Path) -> Subject:
    """Generate the client of a file, a URL or standard input into a folder, and load both."""
    document: Document | None = None
    path = source
    if source == NAME:
        document = load_from(Library(standard_input(access)))
        path = str(folder / "openapi.yaml")
    elif fetch.is_remote(source):
        document = load(source, access.with_more(access_to(source)))
        path = str(folder / "openapi.yaml")
    data: Any = document.data if document is not None else load(Path(source), access).data
    name = _package_name(data)
    target = single(path, name, folder)
    built = build(target, access, source=document)
    write(target.output, built.files)
    make_importable(folder)
    config = read_config(target.config, name)
    found = subject_in(name, name, json.loads(built.normalized), built.api)
    return attrs.evolve(found, prices=config.prices, currency=config.currency)


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
    return name not in sys.modules and importlib.util.find_spec(name) is None
