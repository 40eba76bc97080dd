"""Faults in the names of methods, for documents whose tags and operationIds are good enough to compare with.

    python -m bench.names FOLDER... [--list]

A document counts if half of its operations have a plain tag and an operationId with other words than its path. A method
has a fault if its name

- repeats a word of its resource (`pets.get_pet`), or a word of itself (`list_list`);
- holds the HTTP method, a version, `api` or the name of a path parameter that its operationId lacks;
- ends in an underscore, if it is not a keyword of Python, or in a number that its operationId does not end in;
- deletes or updates several items with the plain verb that one item of the resource has;
- has none of the telling words of its operationId, in the method or in its resource: what it does is lost;
- is longer than 60 characters.
"""

from __future__ import annotations

import argparse
import keyword
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import gettempdir

from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.documents.document import Document
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Operation
from specwire_codegen.openapi.casing import words
from specwire_codegen.openapi.plurals import singular
from specwire_codegen.openapi.walk import operations_of
from specwire_codegen.project import single

_LONGEST = 60
_SYNONYMS = (
    "get retrieve read fetch find show view describe list index all search",
    "create add post new insert make register",
    "update edit modify patch put replace change set partial",
    "delete destroy remove",
)
"""Verbs that may replace each other."""
_SAME = {word: group.split()[0] for group in _SYNONYMS for word in group.split()}
_SILENT = frozenset(
    "a an the and by for from in into of on per to via with id ids get controller api v1 v2 v3 all".split()
)


def _words(text: str) -> list[str]:
    return [singular(word.lower()) for word in words(text)]


def _meaning(name: list[str]) -> set[str]:
    return {_SAME.get(word, word) for word in name}


def faults(operation: Operation, siblings: Sequence[Operation]) -> Iterator[str]:
    """Yield the faults of a method's name."""
    name, resource = _words(operation.name), [word for part in operation.resource for word in _words(part)]
    own = [word for part in operation.resource[-1:] for word in _words(part)]
    spoken = _words(operation.id)
    fixed = _words(re.sub(r"\{[^{}]*\}", " ", operation.path))
    keys = set(_words(" ".join(re.findall(r"\{([^{}]*)\}", operation.path)))) - {"id"} - set(fixed)
    if own and set(own) <= set(name) or len(set(name)) < len(name):
        yield "repeats a word"
    noise = {"post", "put", "patch", "head", "v1", "v2", "v3", "api", "endpoint", "controller"} & set(name)
    if noise - ({operation.http_method.lower()} if operation.http_method == "HEAD" else set()):
        yield "holds noise"
    if keys & set(name) and "by" not in name:
        yield "holds a parameter"
    underscored = operation.name.endswith("_") and not keyword.iskeyword(operation.name[:-1])
    if underscored or re.search(r"\d$", operation.name) and not re.search(r"\d$", operation.id):
        yield "ends in an underscore or number"
    if operation.name in ("delete", "update", "patch") and not operation.path.rstrip("/").endswith("}"):
        inside = operation.path.rstrip("/") + "/{"
        if any(each.path.startswith(inside) and each.http_method == operation.http_method for each in siblings):
            yield "names one item, but changes all"
    telling = _meaning([word for word in spoken if word not in _SILENT])
    if telling and not telling & (_meaning(name) | set(resource)):
        yield "ignores its operationId"
    if len(".".join(operation.method)) > _LONGEST:
        yield "is too long"


def is_good(document: Document) -> bool:
    """Return whether tags and operationIds of a document are plain and add words to its paths."""
    good, every = 0, 0
    for path, item in document.data.get("paths", {}).items():
        for _, _, operation in operations_of(item):
            every += 1
            tags = operation.get("tags") or [""]
            tag = re.fullmatch(r"[A-Za-z][\w -]{1,30}", str(tags[0])) is not None and str(tags[0]).lower() != "default"
            good += tag and bool(set(_words(operation["operationId"])) - set(_words(path)))
    return every > 1 and 2 * good >= every


def documents(folder: Path) -> Iterator[Path]:
    """Yield the documents below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".json", ".yaml", ".yml") and path.is_file() and path.stat().st_size < 4_000_000:
            head = path.read_text("utf-8", errors="replace")
            if re.search(r"[\"']?(openapi|swagger)[\"']?\s*:", head) and "expected" not in path.parts:
                yield path


def run(arguments: Sequence[str]) -> int:
    """Measure the documents of some folders, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--list", action="store_true", help="print every fault")
    given = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    methods = faulty = good = 0
    for path in (path for folder in given.folders for path in documents(folder)):
        target = single(path, "client", Path(gettempdir()))
        try:
            document, _ = document_of(target)
            if not is_good(document):
                continue
            api = api_of(target, document)
        except (SpecwireCodegenError, OSError) as problem:
            print(f"{path.name}: {str(problem)[:80]}", file=sys.stderr)
            continue
        good += 1
        for operation in api.operations:
            found = list(faults(operation, api.operations))
            methods, faulty = methods + 1, faulty + bool(found)
            counts.update(found)
            if found and given.list:
                name = ".".join(operation.method)
                print(f"{path.name}: {operation.http_method} {operation.path} {operation.id}: {name} {found}")
    print(f"{good} documents, {methods} methods, {faulty} with faults: {100 * faulty / max(methods, 1):.1f} %")
    for fault, count in counts.most_common():
        print(f"  {count} {fault}")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
