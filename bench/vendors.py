"""Compare generated clients with the SDKs that vendors publish for the same documents; write one table.

    SPECWIRE_VENDORS=folder python -m bench.vendors [--config] [--only GLOB] [--list SDK]

The folder has a folder for each SDK: `openapi.yaml` (or `.json`), the facts of its methods in `methods.json`, and
`stainless.yml` where the vendor publishes one. Written: `bench/vendors.md`. Nothing is rendered: the lowered API shows
what a client would have.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import attrs
import msgspec
from specwire_codegen.classes.annotation import out
from specwire_codegen.compat.types import Alias, entries_of
from specwire_codegen.generate import api_of, document_of
from specwire_codegen.ir import Api, EventStream, JsonPayload, ListOf, ModelRef, Nullable, Operation, TypeExpr
from specwire_codegen.project import Target, provider, single
from specwire_codegen.render.signature import MODELS, arguments_of

BENCH = Path(__file__).parent
COLUMNS = ("operations", "joined", "dotted", "last", "resource", "arguments", "callable", "pages", "streams", "models")
"""Columns of the table; all but the first are shares of SDK methods."""
_SENT_BY_US = frozenset({"stream", "stream_response"})
"""Arguments of SDKs that ask for a stream; a generated client sends them by itself."""


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of an SDK method; with `pos`, the SDK shows it as a positional one."""

    name: str
    required: bool
    pos: bool


class Method(msgspec.Struct, frozen=True):
    """A public method of an SDK."""

    name: str
    http: str
    path: str
    model: str | None
    paginated: str | bool | None
    streaming: bool
    stream_arg: bool
    params: tuple[Parameter, ...]


class Sdk(msgspec.Struct, frozen=True):
    """The facts of an SDK."""

    name: str
    methods: tuple[Method, ...]


@attrs.frozen
class Compared:
    """An SDK method, and the methods of the generated client for the same operation."""

    method: Method
    ours: tuple[Operation, ...]
    types: Mapping[str, Mapping[tuple[str, ...], str]] | None
    """Annotations of the classes of `types` by name and package; None for a client without the package."""

    @property
    def closest(self) -> Operation:
        """The method whose name is most like the SDK's."""
        wanted = self.method.name.split(".")
        return max(self.ours, key=lambda one: (".".join(one.method) == self.method.name, one.name == wanted[-1]))

    def _names(self) -> list[tuple[str, ...]]:
        """Return the names of our methods, aliases included."""
        return [name for one in self.ours for name in (one.method, *one.aliases)]

    def found(self, column: str) -> bool | None:
        """Return whether the client has what the SDK method has; None if the SDK does not have it either."""
        sdk, ours = self.method, self.closest if self.ours else None
        resource, _, last = sdk.name.rpartition(".")
        match column:
            case "joined":
                return ours is not None
            case "models":
                name = _class_name(sdk)
                if ours is None or name is None:
                    return None
                if self.types is None:
                    return name in _answers(ours)
                packages = {tuple(sdk.name.split(".")[:-2]), *self.types.get(name, {})}
                return any(self.types.get(name, {}).get(each) in _annotations(ours) for each in packages)
            case "pages" | "streams" if not (sdk.paginated if column == "pages" else sdk.streaming):
                return None
            case _ if ours is None:
                return None
            case "dotted":
                return any(".".join(name) == sdk.name for name in self._names())
            case "last":
                return any(name[-1] == last for name in self._names())
            case "resource":
                return any(".".join(name[:-1]) == resource for name in self._names())
            case "arguments":
                names = {argument.name for one in self.ours for argument in arguments_of(one)}
                return {each.name for each in sdk.params} - _SENT_BY_US <= names
            case "callable":
                return any(_is_callable(sdk, one) for one in self.ours)
            case "pages":
                return any(one.pagination is not None for one in self.ours)
            case _:
                return any(isinstance(one.payload, EventStream) for one in self.ours)


def _is_callable(sdk: Method, ours: Operation) -> bool:
    """Return whether our method takes the call that the SDK shows: its required arguments and nothing else."""
    arguments = list(arguments_of(ours))
    positional = [argument.name for argument in arguments if argument.positional]
    given = [each.name for each in sdk.params if each.required and each.pos]
    keywords = {each.name for each in sdk.params if each.required and not each.pos} - _SENT_BY_US
    bound = positional[: len(given)]
    needed = {argument.name for argument in arguments if argument.required and argument.default is None}
    known = {argument.name for argument in arguments}
    free = not keywords & set(bound) and keywords <= known
    return len(bound) == len(given) and free and needed <= keywords | set(bound)


def _class_name(sdk: Method) -> str | None:
    """Return the class that an SDK method returns, or the items of its pages."""
    text = str(sdk.paginated) if isinstance(sdk.paginated, str) else sdk.model or ""
    names = [name for name in re.findall(r"[A-Za-z_]\w*", text) if name[0].isupper()]
    plain = [
        name
        for name in names
        if name not in ("Optional", "Union", "List", "Iterator", "HttpxBinaryResponseContent", "NoneType")
    ]
    return plain[-1] if plain else None


def _answers(operation: Operation) -> set[str]:
    """Return the classes that a method returns, and those of the items of its pages."""
    types: list[TypeExpr] = [operation.payload.type] if isinstance(operation.payload, JsonPayload) else []
    types += [operation.pagination.item] if operation.pagination is not None else []
    return {name for type_ in types for name in _names(type_)}


def _types(api: Api) -> Mapping[str, Mapping[tuple[str, ...], str]]:
    """Return what users import from `types`: annotations of classes by name and package."""
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for package, entry in entries_of(api):
        if isinstance(entry, Alias):
            found.setdefault(entry.name, {}).setdefault(package, entry.value)
    return found


def _annotations(operation: Operation) -> set[str]:
    """Return what a method returns, and the items of its pages, as annotations; null left out."""
    types = [operation.payload.type] if isinstance(operation.payload, JsonPayload) else []
    types += [operation.pagination.item] if operation.pagination is not None else []
    return {out(each.type if isinstance(each, Nullable) else each, MODELS) for each in types} | {
        out(each, MODELS) for each in types
    }


def _names(type_: TypeExpr) -> Iterator[str]:
    match type_:
        case ModelRef(name):
            yield name
        case Nullable(inner) | ListOf(inner):
            yield from _names(inner)
        case _:
            pass


def route(path: str) -> str:
    """Return a path without host, query, fragment and the names of its parameters."""
    bare = re.sub(r"^https?://[^/]+", "", re.split(r"[?#]", path, maxsplit=1)[0])
    return re.sub(r"\{[^{}]*\}", "{}", bare).rstrip("/")


def marks(path: str) -> str:
    """Return the fixed part of the query of a path: `beta=true`."""
    return path.partition("?")[2].partition("#")[0]


def compared(sdk: Sdk, api: Api) -> list[Compared]:
    """Join the methods of an SDK to the operations of a client by HTTP method and route."""
    before = _common_prefix(sdk, api)
    by_route: dict[tuple[str, str], list[Operation]] = {}
    for operation in api.operations:
        by_route.setdefault((operation.http_method, route(operation.path)), []).append(operation)
    types = _types(api) if api.compat is not None else None
    found = []
    for method in sdk.methods:
        here = by_route.get(
            (method.http, before + route(method.path)), by_route.get((method.http, route(method.path)), [])
        )
        same = [each for each in here if marks(each.path) == marks(method.path)]
        found.append(Compared(method, tuple(same or here), types))
    return found


def _common_prefix(sdk: Sdk, api: Api) -> str:
    """Return what the paths of the document have before those of the SDK, if most agree."""
    paths = {route(operation.path) for operation in api.operations}
    counts: Counter[str] = Counter()
    for path in {route(method.path) for method in sdk.methods}:
        counts.update({each.removesuffix(path) for each in paths if path and each.endswith(path)})
    return counts.most_common(1)[0][0] if counts else ""


def client_of(folder: Path, config: bool) -> Api:
    """Return the client of a document, on its own or with what `specwire new --from` makes of a configuration."""
    spec = next(path for path in sorted(folder.glob("openapi.*")))
    with tempfile.TemporaryDirectory() as scratch:
        target = _configured(folder, spec, Path(scratch)) if config else single(spec, "client", Path(scratch))
        document, _ = document_of(target)
        return api_of(target, document)


def _configured(folder: Path, spec: Path, scratch: Path) -> Target:
    """Return the target that `specwire new --from stainless.yml` writes."""
    command = [sys.executable, "-m", "specwire_codegen", "new", "client", "--spec", str(spec), "--root", str(scratch)]
    done = subprocess.run(
        [*command, "--from", str(folder / "stainless.yml")], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{folder.name}: specwire new --from failed:\n{done.stderr}")
    return provider(scratch, "client")


def share(results: Sequence[bool | None]) -> float | None:
    """Return the share of True among what is not None."""
    known = [each for each in results if each is not None]
    return sum(known) / len(known) if known else None


def table(rows: Mapping[str, Mapping[str, float | None]], sizes: Mapping[str, int]) -> str:
    """Return the rows as Markdown, the mean over SDKs last."""
    lines = [f"| SDK | {' | '.join(COLUMNS)} |", f"|---{'|---:' * len(COLUMNS)}|"]
    for name, row in rows.items():
        lines.append(f"| {name} | {sizes[name]} | {' | '.join(_percent(row[column]) for column in COLUMNS[1:])} |")
    means = [share_of(rows, column) for column in COLUMNS[1:]]
    lines.append(f"| **mean** | {sum(sizes.values())} | {' | '.join(map(_percent, means))} |")
    return "\n".join(lines)


def share_of(rows: Mapping[str, Mapping[str, float | None]], column: str) -> float | None:
    """Return the mean of a column over the SDKs that have a value."""
    known = [value for row in rows.values() if (value := row[column]) is not None]
    return sum(known) / len(known) if known else None


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}"


def measured(folders: Sequence[Path], config: bool, listed: str) -> str:
    """Return the table of these SDKs; print each difference of the listed one."""
    rows: dict[str, Mapping[str, float | None]] = {}
    sizes: dict[str, int] = {}
    for folder in folders:
        sdk = msgspec.json.decode((folder / "methods.json").read_bytes(), type=Sdk)
        found = compared(sdk, client_of(folder, config))
        rows[folder.name] = {column: share([each.found(column) for each in found]) for column in COLUMNS[1:]}
        sizes[folder.name] = len(sdk.methods)
        if folder.name == listed:
            _list(found)
    return table(rows, sizes)


def _list(found: Sequence[Compared]) -> None:
    for each in found:
        ours = sorted({".".join(one.method) for one in each.ours})
        missed = [column for column in COLUMNS[1:] if each.found(column) is False]
        if missed:
            print(f"{each.method.http} {each.method.path}: {each.method.name}, ours {', '.join(ours)}: {missed}")


def run(arguments: Sequence[str]) -> int:
    """Measure, print and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", action="store_true", help="with the configurations where there are")
    parser.add_argument("--only", default="*", help="SDKs by name")
    parser.add_argument("--list", default="", help="print the differences of one SDK")
    parser.add_argument("--write", action="store_true", help="write bench/vendors.md")
    given = parser.parse_args(arguments)
    root = os.environ.get("SPECWIRE_VENDORS", "")
    if not root or not Path(root).is_dir():
        print("skipped: SPECWIRE_VENDORS names no folder with documents and SDKs")
        return 0
    folders = sorted(path.parent for path in Path(root).glob("*/methods.json"))
    folders = [folder for folder in folders if fnmatch.fnmatch(folder.name, given.only)]
    bare = measured(folders, False, "" if given.config else given.list)
    print(bare)
    with_config = ""
    if given.config:
        with_config = measured([each for each in folders if (each / "stainless.yml").is_file()], True, given.list)
        print(with_config)
    if given.write:
        (BENCH / "vendors.md").write_text(_page(bare, with_config), "utf-8")
    return 0


def _page(bare: str, with_config: str) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=BENCH
    ).stdout.strip()
    command = "python -m bench.vendors --write" + (" --config" if with_config else "")
    head = (
        "# Generated clients and the SDKs of vendors\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}: `SPECWIRE_VENDORS=folder {command}`\n\n"
        "Shares of SDK methods in percent. An SDK method is joined to an operation by HTTP method and path. The other\n"
        "columns are shares of the joined methods: same dotted name, same name of the method, same resource, all\n"
        "arguments of the SDK by the same names, a call with the SDK's required arguments is accepted, pages of those\n"
        "that the SDK pages, streams of those that it streams, and the class of the response. The last row is the mean\n"
        "over SDKs.\n\n"
    )
    text = f"{head}## From the document alone\n\n{bare}\n"
    if with_config:
        text += f"\n## With the vendor's Stainless configuration\n\n{with_config}\n"
    return text


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
