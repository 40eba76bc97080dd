"""Run the generator over a folder of documents, check what comes, and write the result as one table.

    SPECWIRE_CORPUS=folder python bench/corpus.py [--only GLOB] [--jobs 2] [--skip-types] [--peer] [--into FOLDER]

The folder has `dev/*.json` (or `.yaml`). Written: `bench/corpus.md`, `bench/corpus.svg`, and details as JSON lines.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from bench.peer import PeerSurvey, peer_survey, prepared
from bench.plot import scatter
from bench.survey import Survey

BENCH = Path(__file__).parent
ROOTS = [str(BENCH.parent / name) for name in ("runtime", "codegen", "overrides", "generated")]
TIMEOUT = 300


class Checked(msgspec.Struct, frozen=True):
    """Survey of a document, with findings of type checkers and the time of a peer."""

    survey: Survey
    package: str
    mypy: tuple[str, ...] | None = None
    pyright: tuple[str, ...] | None = None
    peer_seconds: float | None = None
    """Time of datamodel-code-generator on the document, without starting Python; None if it failed or did not run."""
    client: PeerSurvey | None = None
    """What openapi-python-client made of the document; None if it did not run."""

    @property
    def ratio(self) -> float | None:
        """Return our seconds divided by the peer's."""
        return self.survey.seconds / self.peer_seconds if self.peer_seconds else None


def documents(folder: Path, only: str) -> list[Path]:
    """Return the documents of a corpus, sorted."""
    found = (path for path in (folder / "dev").iterdir() if path.suffix in (".json", ".yaml", ".yml"))
    return sorted(path for path in found if fnmatch.fnmatch(path.name, only))


def surveyed(file: Path, package: str, output: Path) -> Survey:
    """Generate and survey a document in a child process."""
    size = file.stat().st_size
    command = [sys.executable, "-m", "bench.survey", str(file), package, str(output)]
    try:
        done = _run(command, BENCH.parent)
    except subprocess.TimeoutExpired:
        return Survey(file.name, size, False, f"took more than {TIMEOUT} s")
    if done.returncode != 0:
        return Survey(file.name, size, False, done.stderr.strip()[-2000:])
    return msgspec.json.decode(done.stdout, type=Survey)


PEER = """
import sys, time, warnings
from pathlib import Path
from datamodel_code_generator import DataModelType, generate
from datamodel_code_generator.format import Formatter
warnings.simplefilter("ignore")
started = time.process_time()
generate(Path(sys.argv[1]), input_file_type="openapi", output=Path(sys.argv[2]),
         output_model_type=DataModelType.MsgspecStruct, formatters=[Formatter.BUILTIN])
print(time.process_time() - started)
"""


def peer_seconds(file: Path, folder: Path) -> float | None:
    """Return the time of datamodel-code-generator for the models of a document; None if it fails."""
    done = _run([sys.executable, "-c", PEER, str(file), str(folder / f"{file.stem}.py")], folder)
    return round(float(done.stdout), 3) if done.returncode == 0 else None


def client_of_peer(file: Path) -> PeerSurvey:
    """Return the survey of openapi-python-client for a document."""
    with tempfile.TemporaryDirectory() as folder:
        return peer_survey(prepared(), file, Path(folder))


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([*ROOTS, str(BENCH.parent)])
    bytecode = {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir(), "specwire-bytecode")),
    }
    environment = {**os.environ, "PYTHONPATH": path, **bytecode}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT
    )


def mypy_errors(tree: Path, packages: Sequence[str], batch: int = 25) -> dict[str, list[str]]:
    """Return the errors of mypy --strict by package; a few packages at a time, to bound the memory."""
    found: dict[str, list[str]] = {package: [] for package in packages}
    for start in range(0, len(packages), batch):
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--no-error-summary"]
        command += ["--cache-dir", str(tree / ".mypy_cache"), "--python-version", "3.11"]
        for package in packages[start : start + batch]:
            command += ["-p", package]
        environment = {**os.environ, "MYPYPATH": os.pathsep.join([str(tree), ROOTS[0]])}
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            package = re.split(r"[/\\]", line, maxsplit=1)[0]
            if ": error:" in line and package in found:
                found[package].append(line)
        if done.returncode > 1:
            raise SystemExit(f"mypy failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return found


def pyright_errors(tree: Path, packages: Sequence[str], batch: int = 40) -> dict[str, list[str]]:
    """Return the errors of pyright by package."""
    found: dict[str, list[str]] = {package: [] for package in packages}
    for start in range(0, len(packages), batch):
        settings = {
            "include": list(packages[start : start + batch]),
            "extraPaths": [ROOTS[0]],
            "pythonVersion": "3.11",
            "pythonPlatform": "Linux",
        }
        (tree / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
        command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        for one in json.loads(done.stdout)["generalDiagnostics"]:
            file = Path(one["file"]).relative_to(tree.resolve())
            if one["severity"] == "error":
                line = one["range"]["start"]["line"] + 1 if "range" in one else 1
                found[file.parts[0]].append(f"{file}:{line}: {one['message']}")
    return found


def run(files: Sequence[Path], tree: Path, *, jobs: int, types: bool, peer: bool) -> list[Checked]:
    """Generate and check all documents."""
    names = {file: f"p{number:03}" for number, file in enumerate(files, 1)}
    with ThreadPoolExecutor(jobs) as pool:
        surveys = list(pool.map(lambda file: surveyed(file, names[file], tree), files))
        with tempfile.TemporaryDirectory() as folder:
            times = list(pool.map(lambda file: peer_seconds(file, Path(folder)) if peer else None, files))
    clients = [
        client_of_peer(file) if peer else None for file in files
    ]  # one after another, since times are of children
    packages = [names[file] for file, one in zip(files, surveys, strict=True) if one.generated]
    mypy = mypy_errors(tree, packages) if types else {}
    pyright = pyright_errors(tree, packages) if types else {}
    return [
        Checked(
            one,
            names[file],
            tuple(mypy[names[file]]) if names[file] in mypy else None,
            tuple(pyright[names[file]]) if names[file] in pyright else None,
            seconds,
            client,
        )
        for file, one, seconds, client in zip(files, surveys, times, clients, strict=True)
    ]


PEERS = """\
| datamodel-code-generator (msgspec, models only) | 92.0 % | n/a | 92.0 % | 14 of 19 | | | 1.4 | 4.0 | 5.1 | 196 |
| openapi-generator (python) | 92.9 % | 68.1 % | 83.9 % | 0 of 17 | | | 1.5 | 3.7 | 5.6 | 260 |
| pyopenapi-gen | 92.9 % | 35.9 % | 73.2 % | 11 of 19 | | | 2.1 | 14.6 | 21.4 | 86 |
"""
"""Measured on another 112 documents, half of them from the same corpus; type checks on 20 of these."""


def table(results: Sequence[Checked], day: str) -> str:
    """Return the result as Markdown."""
    surveys = [one.survey for one in results]
    made = [one for one in surveys if one.generated]
    ratios = [one.ratio for one in results if one.ratio is not None]
    clean = {
        name: [getattr(one, name) == () for one in results if getattr(one, name) is not None]
        for name in ("mypy", "pyright")
    }
    whole = [one for one in made if not one.import_errors and not one.decoder_errors]
    row = [
        "**specwire**",
        _share(len(made), len(surveys)),
        _share(sum(one.emitted for one in whole), sum(one.operations for one in surveys)),
        _share(len(whole), len(surveys)),
        *(f"{sum(clean[name])} of {len(clean[name])}" if clean[name] else "not run" for name in ("mypy", "pyright")),
        str(sum(len(one.numbered) for one in made)),
        *_times([one.seconds for one in made]),
        f"{max(one.memory for one in made):.0f}",
    ]
    lines = [
        f"# The corpus, {day}",
        "",
        f"{len(surveys)} documents, {sum(one.operations for one in surveys):,} operations, "
        f"{sum(one.size for one in surveys) / 1e6:.1f} MB. Seconds are processor seconds of generating alone, which other load on",
        "the machine makes longer; memory is the peak of the process, in MB. openapi-python-client ran on the same documents;",
        "`imports` means there that all modules can be imported. The peers below it were measured on another selection of 112",
        "documents, half of them from this one.",
        "",
        "| tool | generated | operations emitted and importable | imports, every model decodes | mypy --strict | "
        "pyright | numbered names | median s | p95 s | max s | peak MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        f"| {' | '.join(row)} |",
        *_row_of_peer(results),
        PEERS,
    ]
    if ratios:
        total = sum(one.survey.seconds for one in results if one.ratio is not None)
        theirs = sum(one.peer_seconds or 0 for one in results)
        lines += [
            f"Seconds over datamodel-code-generator's on the same document ({len(ratios)} that it can read): "
            f"median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}, all together {total / theirs:.2f}.",
            "",
        ]
    flawed = [text for one in results if (text := _flaws(one))]
    lines += ["## What falls short", "", *(flawed or ["Nothing."]), "", "![seconds against size](corpus.svg)", ""]
    return "\n".join(lines)


def _row_of_peer(results: Sequence[Checked]) -> list[str]:
    found = [one.client for one in results if one.client is not None]
    made = [one for one in found if one.generated]
    if not made:
        return []
    operations = sum(one.survey.operations for one in results)
    row = [
        "openapi-python-client",
        _share(len(made), len(found)),
        _share(sum(one.emitted for one in made), operations),
        _share(sum(one.whole for one in made), len(found)),
        *("not run", "not run", ""),
        *_times([one.seconds for one in made]),
        "",
    ]
    return [f"| {' | '.join(row)} |"]


def _times(seconds: Sequence[float]) -> list[str]:
    """Return the median, the 95th percentile and the maximum."""
    ordered = sorted(seconds)
    return [f"{each:.1f}" for each in (statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1])]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part:,} of {whole:,})"


def _flaws(one: Checked) -> str:
    survey = one.survey
    found = {
        "error": [survey.error] if survey.error else [],
        "missing": survey.missing,
        "import": survey.import_errors,
        "decoder": survey.decoder_errors,
        "mypy": one.mypy or (),
        "pyright": one.pyright or (),
        "numbered": survey.numbered,
    }
    parts = [f"{name} {len(items)}: {items[0][:160]}" for name, items in found.items() if items]
    return f"- `{survey.document}`: {'; '.join(parts)}" if parts else ""


def main() -> None:
    """Parse the command line, run, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="*", help="documents to take, by a pattern of their names")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--skip-types", action="store_true", help="run neither mypy nor pyright")
    parser.add_argument(
        "--peer",
        action="store_true",
        help="time datamodel-code-generator and openapi-python-client on the same documents",
    )
    parser.add_argument("--into", type=Path, help="keep the packages and details.jsonl here; the table goes here too")
    arguments = parser.parse_args()
    if "SPECWIRE_CORPUS" not in os.environ:
        parser.exit(2, "SPECWIRE_CORPUS is not set: name the folder that has dev/ with the documents\n")
    files = documents(Path(os.environ["SPECWIRE_CORPUS"]), arguments.only)
    with tempfile.TemporaryDirectory() as scratch:
        tree = (arguments.into or Path(scratch)).resolve()
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir(parents=True)
        results = run(files, tree, jobs=arguments.jobs, types=not arguments.skip_types, peer=arguments.peer)
        place = arguments.into.resolve() if arguments.into else BENCH
        details = "".join(msgspec.json.encode(one).decode() + "\n" for one in results)
        (place / "corpus.jsonl").write_text(details, "utf-8")
        text = table(results, time.strftime("%Y-%m-%d"))
        (place / "corpus.md").write_text(text, "utf-8")
        points = [(one.survey.size / 1000, one.survey.seconds) for one in results if one.survey.generated]
        (place / "corpus.svg").write_text(scatter(points, "document, kB", "seconds"), "utf-8")
    print(text)


if __name__ == "__main__":
    main()
