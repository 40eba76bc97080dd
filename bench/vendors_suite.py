"""Run the test suites that Stainless generated with three SDKs against our clients for the same documents.

    SPECWIRE_VENDORS=folder python -m bench.vendors_suite [SDK ...] [--sdists FOLDER] [--clients FOLDER] [--failures]

Downloaded when run, and never kept: the source distributions, which hold the tests, and pytest-asyncio, which they
need. Each client is generated with `specwire new --from stainless.yml`, or read from `--clients`. The tests are those
of `tests/api_resources`, unchanged, with the SDK's own `conftest.py` and `tests/utils.py`; only private helpers of the
SDK that these import are replaced (`bench/vendors_shims.py`). The server is our mock of the normalized document.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import attrs

ROOT = Path(__file__).parents[1]
SDKS: Mapping[str, str] = {"onebusaway": "1.31.0", "lumaai": "1.15.0", "stagehand": "3.21.0"}
"""SDKs on PyPI, and the versions whose documents are at hand."""
ENOUGH = 0.99
"""Share of tests that must pass."""
_KEY = re.compile(r'"(My [A-Za-z ]+)"')
"""Keys that the tests send."""


@attrs.frozen
class Result:
    """Results of the tests of one SDK."""

    sdk: str
    passed: int
    failed: Mapping[str, str]
    """Messages by test."""
    skipped: int

    @property
    def share(self) -> float:
        """Share of the tests that passed."""
        return self.passed / max(1, self.passed + len(self.failed))


def main() -> int:
    """Run the suites and print a line for each; 1 if one falls short."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sdks", nargs="*", choices=[*SDKS, []], help="SDKs to run; all by default")
    parser.add_argument("--sdists", type=Path, help="folder with the source distributions, instead of downloads")
    parser.add_argument("--clients", type=Path, help="folder with a generated project for each SDK")
    parser.add_argument("--failures", action="store_true", help="print the tests that fail")
    arguments = parser.parse_args()
    vendors = os.environ.get("SPECWIRE_VENDORS")
    if not vendors:
        print("skipped: SPECWIRE_VENDORS names no folder of documents")
        return 0
    short = False
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        _install(work / "site")
        for sdk in arguments.sdks or SDKS:
            suite = _suite(sdk, arguments.sdists, work)
            project = arguments.clients / sdk if arguments.clients else _project(sdk, Path(vendors), work)
            result = _run(sdk, suite, project, work)
            total = result.passed + len(result.failed)
            print(f"{sdk} {SDKS[sdk]}: {result.passed} of {total} tests pass ({result.share:.1%})", flush=True)
            if arguments.failures:
                for message, count in Counter(result.failed.values()).most_common():
                    print(f"  {count} x {message[:300]}")
                    print(*[f"      {test}" for test, why in result.failed.items() if why == message][:3], sep="\n")
            short = short or result.share < ENOUGH
    return int(short)


def _install(folder: Path) -> None:
    command = ["install", "--quiet", "--no-deps", "--target", str(folder), "pytest-asyncio"]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True, timeout=300)


def _suite(sdk: str, sdists: Path | None, work: Path) -> Path:
    """Return the folder of an SDK's source distribution."""
    name = f"{sdk}-{SDKS[sdk]}"
    if sdists is None:
        command = [
            "download",
            "--quiet",
            "--no-binary",
            ":all:",
            "--no-deps",
            "--dest",
            str(work),
            f"{sdk}=={SDKS[sdk]}",
        ]
        subprocess.run([sys.executable, "-m", "pip", *command], check=True, timeout=300)
    with tarfile.open((sdists or work) / f"{name}.tar.gz") as archive:
        archive.extractall(work / "suites", filter="data")
    return work / "suites" / name


def _project(sdk: str, vendors: Path, work: Path) -> Path:
    """Return the folder of a project with a client for an SDK, made from its document and its configuration."""
    project = work / "projects" / sdk
    project.mkdir(parents=True)
    document = next((vendors / sdk).glob("openapi.*"))
    command = ["new", sdk, "--spec", str(document), "--from", str(vendors / sdk / "stainless.yml")]
    for each in (command, ["generate", sdk]):
        subprocess.run([sys.executable, "-m", "specwire_codegen", *each], cwd=project, check=True, timeout=300)
    return project


def _run(sdk: str, suite: Path, project: Path, work: Path) -> Result:
    report = work / f"{sdk}.xml"
    with _mock(sdk, suite, project) as url:
        environment = {
            **os.environ,
            "TEST_API_BASE_URL": url,
            "PYTHONPATH": os.pathsep.join(
                map(str, (project / "generated" / "specwire_clients", suite, work / "site", ROOT))
            ),
            "SPECWIRE_SDK": sdk,
        }
        command = ["-q", "-p", "bench.vendors_shims", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"]
        command += [
            "-o",
            "asyncio_default_fixture_loop_scope=session",
            "-o",
            "filterwarnings=",
            "-o",
            "xfail_strict=true",
        ]
        command += [f"--rootdir={suite}", "-c", os.devnull, "--junitxml", str(report), "tests/api_resources"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *command],
            cwd=suite,
            env=environment,
            timeout=900,
            capture_output=True,
            text=True,
        )
    if not report.is_file():
        raise SystemExit(f"{sdk}: pytest ended with {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return _read(sdk, report)


@contextmanager
def _mock(sdk: str, suite: Path, project: Path) -> Iterator[str]:
    from specwire_codegen.mock.app import build
    from specwire_codegen.mock.server import serve

    document = json.loads((project / "specs" / sdk / "normalized.json").read_text("utf-8"))
    keys = set(_KEY.findall((suite / "tests" / "conftest.py").read_text("utf-8")))
    keys |= {key.rpartition(" ")[2] for key in keys}  # of a header, the mock reads the last word
    with serve(build(document, keys=keys)) as url:
        yield url


def _read(sdk: str, report: Path) -> Result:
    passed = skipped = 0
    failed: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        test = f"{case.get('classname')}.{case.get('name')}"
        problem = case.find("failure")
        problem = case.find("error") if problem is None else problem
        if problem is not None:
            message = problem.get("message") or ""
            if message == "collection failure":
                message = (problem.text or "").strip().rpartition("\n")[2]
            failed[test] = " ".join(message.split())
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    return Result(sdk, passed, failed, skipped)


if __name__ == "__main__":
    sys.exit(main())
