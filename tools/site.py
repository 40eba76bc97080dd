"""Documentation site: the pages of docs/README.md and of the shipped clients, and the API of the runtime.

Usage: python tools/site.py [FOLDER]; the site is written to build/site by default. A broken link is an error.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import specwire
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException
from specwire import outputs

ROOT = Path(__file__).parents[1]
INDEX = "docs/README.md"
HOME = "README.md"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_DIAGRAM = re.compile(r"^```mermaid\n.*?^```$", re.DOTALL | re.MULTILINE)
_ARROW = re.compile(r"^ *(\S+) --> (\S+)$", re.MULTILINE)
_REFERENCE = "Reference"

Entry: TypeAlias = "tuple[str, str | Sequence[Entry]]"
"""Title and page in the repository, or title and entries of a group."""


def sections() -> dict[str, list[Entry]]:
    """Return the sections of the index with their entries."""
    found: dict[str, list[Entry]] = {}
    for part in (ROOT / INDEX).read_text("utf-8").split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        found[title] = [entry for item in text.split("\n- ")[1:] for entry in _entries(item)]
    return found


def _entries(item: str) -> Iterator[Entry]:
    """Yield the entries of an item: its links, in a group if a name with a colon precedes them."""
    pages = [(title.replace("`", ""), _resolved(INDEX, link)) for _, title, link in _LINK.findall(item)]
    group, colon, _ = item.partition(":")
    if colon and "[" not in group:
        yield group, pages
    else:
        yield from pages[:1] if colon else pages


def _pages(entries: Iterable[Entry]) -> Iterator[str]:
    for _, target in entries:
        if isinstance(target, str):
            yield target
        else:
            yield from _pages(target)


def _resolved(page: str, link: str) -> str:
    """Return the path in the repository that a link of a page leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), link))


def clients() -> list[tuple[str, str]]:
    """Return the titles and the pages of the shipped clients."""
    paths = sorted((ROOT / "generated" / "specwire_clients").glob("*/api.md"))
    return [(path.parent.name.capitalize(), path.relative_to(ROOT).as_posix()) for path in paths]


def places(pages: Iterable[str]) -> dict[str, str]:
    """Return the path of each page within the site."""
    found = {HOME: "index.md"}
    for page in pages:
        place = page.removeprefix("docs/")
        if place.startswith("generated/"):
            place = f"clients/{page.split('/')[2]}.md"
        elif place.endswith("/README.md"):
            place = f"{place.removesuffix('/README.md')}.md"
        found[page] = place.lower()
    return found


def rewritten(page: str, text: str, known: Mapping[str, str]) -> str:
    """Return a page with links within the site; a link to another file of the repository becomes its name."""

    def relinked(found: re.Match[str]) -> str:
        image, title, link = found.groups()
        name, hash_, anchor = link.partition("#")
        if "://" in link or not name:
            return found[0]
        target = _resolved(page, name)
        if target in known:
            place = posixpath.relpath(known[target], posixpath.dirname(known[page]) or ".")
            return f"{image}[{title}]({place}{hash_}{anchor})"
        if image:
            return f"![{title}]({posixpath.relpath(target, posixpath.dirname(known[page]) or '.')})"
        return f"{title} (`{target}`)" if title.strip("`") != target else title

    parts = _FENCED.split(_DIAGRAM.sub(_table, text))
    return "".join(part if part.startswith("```") else _LINK.sub(relinked, part) for part in parts)


def _table(diagram: re.Match[str]) -> str:
    """Return a diagram of imports as a table, since the script that draws one would come from another host."""
    targets = dict[str, list[str]]()
    for source, target in _ARROW.findall(diagram[0]):
        targets.setdefault(source, []).append(target)
    rows = (f"| `{source}` | {', '.join(f'`{each}`' for each in found)} |" for source, found in targets.items())
    return "\n".join(["| package | imports |", "|---|---|", *rows])


def images(page: str, text: str) -> Iterator[str]:
    """Yield the paths in the repository of the images of a page."""
    for image, _, link in _LINK.findall(_FENCED.sub("", text)):
        if image and "://" not in link:
            yield _resolved(page, link)


def runtime_page() -> str:
    """Return the page of the public names of the runtime, which mkdocstrings fills from their docstrings."""
    names = [name for name in sorted(dir(specwire), key=str.lower) if name[0] != "_"]
    blocks = "\n\n".join(f"::: specwire.{name}" for name in (*names, *(f"outputs.{name}" for name in outputs.__all__)))
    return f"# Runtime\n\nThe public names of `specwire` and `specwire.outputs`.\n\n{blocks}\n"


def stage(folder: Path) -> dict[str, Any]:
    """Write the pages of the site to a folder, and return the configuration of mkdocs."""
    groups = sections()
    groups[_REFERENCE] += [(f"API of {title}", page) for title, page in clients()]
    groups["Project"] = [
        ("Changelog", "CHANGELOG.md"),
        ("Contributing", "CONTRIBUTING.md"),
        ("Security", "SECURITY.md"),
    ]
    known = places(sorted({page for entries in groups.values() for page in _pages(entries)}))
    shutil.rmtree(folder, ignore_errors=True)
    for page, place in known.items():
        text = (ROOT / page).read_text("utf-8")
        _write(folder / place, rewritten(page, text, known))
        for image in images(page, text):
            (folder / image).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / image, folder / image)
    _write(folder / "runtime.md", runtime_page())
    listed = {title: _navigation(entries, known) for title, entries in groups.items()}
    listed[_REFERENCE].append({"Runtime": "runtime.md"})
    nav = [{"Home": "index.md"}, *({title: entries} for title, entries in listed.items())]
    return {"INHERIT": str(ROOT / "mkdocs.yml"), "docs_dir": str(folder), "nav": nav}


def _navigation(entries: Iterable[Entry], known: Mapping[str, str]) -> list[Any]:
    return [
        {title: known[target] if isinstance(target, str) else _navigation(target, known)} for title, target in entries
    ]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def main(folder: Path) -> None:
    """Build the site."""
    pages = folder.parent / f"{folder.name}-pages"
    settings = stage(pages)
    file = pages.parent / f"{folder.name}.yml"
    file.write_text(yaml.safe_dump({**settings, "site_dir": str(folder)}, sort_keys=False), "utf-8")
    try:
        build(load_config(str(file), strict=True))
    except MkDocsException as problem:
        sys.exit(f"error: {problem}")
    print(f"wrote {folder}/index.html")


if __name__ == "__main__":
    main((Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site").resolve())
