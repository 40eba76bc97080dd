"""Compare the speed and memory of the generator in two checkouts of this repository, and its growth with size.

    python -m bench.perf.generator --against dd72d0f                        # a small document, cold and unchanged
    python -m bench.perf.generator --against dd72d0f --document openapi.yaml --operations 16000
    python -m bench.perf.generator --against dd72d0f --growth               # writes generator.svg

Every run is a new process, `python -m specwire_codegen generate`, with its bytecode cached. The checkouts take turns.
The measure is processor time of the process and its children, so other load on the machine hardly matters. The files
that the two checkouts write are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.plot import scatter

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
GROWTH = (1_000, 2_000, 4_000, 8_000, 16_000)
_SHOWN = 5
"""Number of files that a message lists."""
SCALARS: tuple[dict[str, Any], ...] = (
    {"type": "string"},
    {"type": "integer", "format": "int64"},
    {"type": "number"},
    {"type": "boolean", "default": False},
    {"type": "string", "format": "date-time"},
    {"type": ["string", "null"]},
    {"type": "string", "enum": ["open", "closed", "merged"]},
)


class Run(NamedTuple):
    """The cost of one run."""

    seconds: float
    """Processor time of the process and its children."""
    megabytes: float
    """Peak resident memory of the largest process."""


class Case(NamedTuple):
    """A document, and whether its client was generated before."""

    name: str
    document: Path
    unchanged: bool = False


def document(operations: int) -> dict[str, Any]:
    """Return a document of any size, shaped like the large ones: resources with items, shared models, unions, docs."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Error": _object(0, {"message": {"type": "string"}})}
    for number in range((operations + 3) // 4):
        name = f"Item{number:04}"
        schemas |= dict(_schemas(number, name))
        methods = [*_operations(number, name)][: operations - 4 * number]
        area, key = f"area{number // 40}", f"{name[0].lower()}{name[1:]}"
        for (method, operation), path in zip(methods, ("", "", "/{id}", "/{id}"), strict=False):
            paths.setdefault(f"/{area}/{key}s{path}", {})[method] = {"tags": [area], **operation}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Sample", "version": "1", "description": "A document of any size."},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _schemas(number: int, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    fields = {f"field{each}": _text(SCALARS[(number + each) % len(SCALARS)]) for each in range(6 + number % 9)}
    other = {"$ref": f"#/components/schemas/Item{number // 2:04}"}
    nested = {"type": "object", "properties": {"unit": {"type": "string"}, f"size{number % 50}": {"type": "integer"}}}
    yield name, _object(number, {"id": {"type": "string"}, **fields, "parent": other, "extent": nested})
    page = {"items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}, "next": {"type": "string"}}
    yield f"{name}List", _object(number, page)
    if number % 10 == 0:
        yield f"{name}Event", {"oneOf": [{"$ref": f"#/components/schemas/{name}"}, {"type": "string"}, other]}


def _object(number: int, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"What the service keeps under number {number}.",
        "required": list(properties)[:2],
        "properties": properties,
    }


def _text(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema["type"], list):  # as OpenAPI 3.0 writes it
        schema = {"type": schema["type"][0], "nullable": True}
    return {**schema, "description": "A property of the item, as of its last change."}


def _operations(number: int, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    def content(schema: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}

    def operation(verb: str, response: str, *parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "operationId": f"{verb}{name}",
            "summary": f"Access item {number} by way of {verb}.",
            "parameters": list(parameters),
            "responses": {
                "200": {"description": "Done.", "content": content(response)},
                "default": {"description": "Failed.", "content": content("Error")},
            },
            **more,
        }

    item = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    body = {"requestBody": {"required": True, "content": content(name)}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}}
    order = {"name": f"order{number % 30}", "in": "query", "schema": {"type": "string", "enum": ["up", "down"]}}
    yield "get", operation("list", f"{name}List", limit, order)
    yield "post", operation("create", name, **body)
    yield "get", operation("get", f"{name}Event" if number % 10 == 0 else name, item)
    yield "patch", operation("update", name, item, **body)


def measured(checkout: Path, document: Path, folder: Path, bytecode: Path) -> Run:
    """Generate a document with a checkout in a new process; `folder` has the output and the build cache."""
    roots = [str(checkout / name) for name in ("runtime", "codegen")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(roots),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(bytecode),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "specwire_codegen", "generate", str(document), "--package", "sample"]
    with (folder / "printed").open("w+b") as printed:
        streams = [(os.POSIX_SPAWN_DUP2, printed.fileno(), number) for number in (1, 2)]
        arguments = [*command, "--output", str(folder / "out")]
        _, status, used = os.wait4(os.posix_spawn(sys.executable, arguments, environment, file_actions=streams), 0)
        if status:
            printed.seek(0)
            raise SystemExit(f"{checkout}: {document.name} fails: {printed.read().decode()[-2000:]}")
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def compared(case: Case, checkouts: Sequence[Path], rounds: int, bytecode: Path) -> list[list[Run]]:
    """Return the runs of a case in each checkout; raise SystemExit if the checkouts write different files."""
    found: list[list[Run]] = [[] for _ in checkouts]
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / str(number) for number in range(len(checkouts))]
        for _ in range(rounds):
            for checkout, folder, runs in zip(checkouts, folders, found, strict=True):
                if not case.unchanged:
                    shutil.rmtree(folder, ignore_errors=True)
                if not folder.exists():
                    folder.mkdir()
                    first = measured(checkout, case.document, folder, bytecode)
                runs.append(measured(checkout, case.document, folder, bytecode) if case.unchanged else first)
        written = [_files(folder / "out") for folder in folders]
    if any(each != written[0] for each in written):
        names = sorted(name for name in written[0].keys() | written[-1].keys() if len({*_texts(written, name)}) > 1)
        shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        print(f"{case.name}: different files: {shown}", file=sys.stderr)
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _texts(written: Sequence[dict[str, bytes]], name: str) -> list[bytes | None]:
    return [each.get(name) for each in written]


def row(case: Case, found: Sequence[Sequence[Run]]) -> str:
    """Return the runs of a case as a row of a table: the median of each checkout, and their ratio."""
    seconds = [statistics.median(run.seconds for run in runs) for runs in found]
    memory = [max(run.megabytes for run in runs) for runs in found]
    cells = [
        *(f"{each:.2f}" for each in seconds),
        f"{seconds[-1] / seconds[0]:.2f}",
        *(f"{each:.0f}" for each in memory),
    ]
    return f"| {case.name} | {' | '.join(cells)} |"


def unpacked(commit: str, folder: Path) -> Path:
    """Return a checkout of a commit."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=CHECKOUT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def cases(folder: Path, documents: Sequence[Path], sizes: Sequence[int]) -> list[Case]:
    """Return the cases, with the documents of these sizes written to a folder."""
    made = {2: folder / "2.json", **{size: folder / f"{size}.json" for size in sizes}}
    for size, path in made.items():
        path.write_text(json.dumps(document(size)), "utf-8")
    return [
        Case("2 operations, cold", made[2]),
        Case("2 operations, unchanged", made[2], unchanged=True),
        *(Case(f"{path.parent.name}/{path.name}", path) for path in documents),
        *(Case(f"{size:,} operations", made[size]) for size in sizes),
    ]


def main() -> None:
    """Read the command line, run, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", help="commit to compare with")
    parser.add_argument("--document", type=Path, action="append", default=[], help="another document; may be repeated")
    parser.add_argument("--operations", type=int, action="append", default=[], help="size of a made document")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help="plot the time of made documents against their size")
    arguments = parser.parse_args()
    sizes = sorted({*arguments.operations, *(GROWTH if arguments.growth else ())})
    with tempfile.TemporaryDirectory() as scratch:
        checkouts, bytecode = [CHECKOUT], Path(scratch) / "bytecode"
        if arguments.against:
            checkouts.insert(0, unpacked(arguments.against, Path(scratch) / "against"))
        names = [arguments.against, "now"][-len(checkouts) :]
        print(f"| document | {' | '.join(f'{name}, s' for name in names)} | ratio | ", end="")
        print(f"{' | '.join(f'{name}, MB' for name in names)} |\n|---|{'---|' * (2 * len(names) + 1)}")
        points: list[tuple[float, float]] = []
        tiny = Case("bytecode", cases(Path(scratch), (), ())[0].document)
        compared(tiny, checkouts, 1, bytecode)
        for case in cases(Path(scratch), [path.resolve() for path in arguments.document], sizes):
            found = compared(case, checkouts, arguments.rounds, bytecode)
            print(row(case, found), flush=True)
            if case.document.stem.isdigit() and not case.unchanged:
                points.append((float(case.document.stem), statistics.median(run.seconds for run in found[-1])))
        if arguments.growth:
            (HERE / "generator.svg").write_text(scatter(points, "operations", "seconds"), "utf-8")


if __name__ == "__main__":
    main()
