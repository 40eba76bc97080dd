"""Early ends of a run: an exit code and a line, never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError

from tests.support.command_line import SPEC, Specwire, command, project, specwire

__all__ = ["project", "specwire"]


@pytest.mark.parametrize(
    ("problem", "code", "line"),
    [
        (KeyboardInterrupt(), 130, r"error: interrupted"),
        (SpecwireCodegenError("broken: fix it"), 1, r"error: broken: fix it"),
        (RecursionError("deep"), 1, r"error: the input is nested too deeply( \(at \w+\.py:\d+\))?: flatten it"),
        (PermissionError(13, "Permission denied", "a/b"), 1, r"error: a/b: Permission denied: check path, .*"),
        (OSError(28, "No space left on device"), 1, r"error: No space left on device: check path, .*"),
        (ModuleNotFoundError("x", name="starlette.app"), 1, r'error: .* starlette, .*pip install "specwire\[mock\]"'),
        (ModuleNotFoundError("x", name="jinja2"), 1, r'error: .* jinja2, .*pip install "specwire\[codegen\]"'),
        (ValueError("odd\nsecond line"), 1, r"error: internal error: ValueError: odd.*SPECWIRE_DEBUG=1"),
        (ModuleNotFoundError("no", name="specwire_x"), 1, r"error: internal error: ModuleNotFoundError.*"),
        (MemoryError(), 1, r"error: internal error: MemoryError.*"),
        (ExceptionGroup("several", [ValueError("a")]), 1, r"error: internal error: ExceptionGroup: several.*"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_exception_is_one_line(
    specwire: Specwire, monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: int, line: str
) -> None:
    """As text and as JSON; SPECWIRE_DEBUG and --debug show the traceback."""

    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.delenv("SPECWIRE_DEBUG", raising=False)
    monkeypatch.setattr(Path, "glob", fail)  # the command looks for providers
    found, out, err = specwire("check")
    assert (code, "") == (found, out) and re.fullmatch(f"{line}\n", err), err
    found, out, err = specwire("check", "--json")
    known = {"interrupted", "failed", "too-deep", "not-accessible", "internal-error"}
    assert code == found and "error" == json.loads(err)["severity"] and json.loads(err)["code"] in known
    if code == 1:
        assert "Traceback" in specwire("check", "--debug")[2]
        monkeypatch.setenv("SPECWIRE_DEBUG", "1")
        found, _, err = specwire("check")
        assert code == found and "Traceback" in err and re.search(line, err)


@pytest.mark.parametrize(
    "module", ["attrs", "cyclopts", "rich", "jinja2", "yaml", "starlette", "uvicorn", "jsonschema_rs"]
)
def test_a_missing_package_is_named_with_the_install_command(project: Path, module: str) -> None:
    """For each verb that needs an extra."""
    (project / "normalized.json").write_text('{"openapi": "3.2.0", "paths": {}}', "utf-8")
    verb = ("mock", "t") if module in ("starlette", "uvicorn") else ("generate",)
    code = f"sys.modules[{module!r}] = None; from specwire_codegen.cli import main; main()"
    done = subprocess.run(command(*verb, code=code), capture_output=True, text=True, check=False)
    extra = "mock" if verb[0] == "mock" else "codegen"
    expected = f'error: {verb[0]} needs {module}, which is not installed: pip install "specwire[{extra}]"\n'
    assert (1, "", expected) == (done.returncode, done.stdout, done.stderr)


def test_a_closed_pipe_ends_the_command_silently(project: Path) -> None:
    """The exit code is that of SIGPIPE."""
    with subprocess.Popen(command("dump-ir", "t"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dumping:
        assert dumping.stdout is not None and dumping.stderr is not None
        dumping.stdout.close()
        assert (b"", 141) == (dumping.stderr.read(), dumping.wait(30))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error(project: Path) -> None:
    """Truncated output never has exit code 0."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(command("dump-ir", "t"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert 1 == done.returncode
    assert done.stderr.startswith("error: No space left on device") and 1 == done.stderr.count("\n")


def test_an_interrupt_leaves_no_partial_package(project: Path) -> None:
    """Ctrl-C is exit code 130 and one line."""
    code = (
        "import os, signal, time, specwire_codegen.generate as generate; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "  # a background job of a shell ignores it
        "generate.formatted = lambda *_: (os.kill(os.getpid(), signal.SIGINT), time.sleep(60)); "
        "from specwire_codegen.cli import main; main()"
    )
    done = subprocess.run(command("generate", code=code), capture_output=True, text=True, check=False)
    assert (130, "", "error: interrupted\n") == (done.returncode, done.stdout, done.stderr)
    assert not Path("generated").exists()


def test_unencodable_output_is_escaped(project: Path) -> None:
    """The terminal's encoding may not have a character."""
    done = subprocess.run(
        command("generate", "\u6f22.yaml", "--package", "x"),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode and done.stderr.startswith("error[no-such-file] \\u6f22.yaml")


def test_no_text_of_a_document_prints_control_characters(project: Path, specwire: Specwire) -> None:
    """Names, places, helps and titles."""
    steering = "\x1b]0;owned\x07"
    written = '"A\\x1b]0;owned\\a": {$ref: "#/components/schemas/B\\x1b]0;owned\\a"}'
    (project / "openapi.yaml").write_text(f"{SPEC}components: {{schemas: {{{written}}}}}\n", "utf-8")
    for verb in (("generate",), ("generate", f"a{steering}.yaml", "--package", "x"), ("dump-ir", f"n{steering}")):
        code, out, err = specwire(*verb)
        assert code in (0, 1) and "owned" in err
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out + err), (out, err)


def test_a_missing_opentelemetry_is_named_with_the_install_command() -> None:
    """It is an extra of the runtime."""
    code = "import sys; sys.modules['opentelemetry'] = None; import specwire.otel"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    expected = 'ImportError: specwire.otel needs opentelemetry-api: pip install "specwire[otel]"'
    assert expected == done.stderr.splitlines()[-1]


def test_fifty_findings_are_shown_and_the_others_counted(project: Path, specwire: Specwire) -> None:
    """Errors come first; `--json` has all."""
    paths = "".join(f"  /p{number}: {{get: {{operationId: n{number}{'x' * 1001}}}}}\n" for number in range(200))
    odd = "".join(f"    A{number}: {{type: odd{number}}}\n" for number in range(60))
    (project / "openapi.yaml").write_text(
        f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}components:\n  schemas:\n{odd}", "utf-8"
    )
    code, out, err = specwire("generate")
    assert (1, "") == (code, out)
    lines = err.splitlines()
    assert 50 == sum(line.startswith("error[") for line in lines) and not any(
        line.startswith("warning[") for line in lines
    )
    assert re.fullmatch(r"150 more errors: --json prints all", lines[-1]), lines[-1]
    assert len(err) < 50 * 3 * 300 and all(len(line) <= 300 for line in lines)
    _, _, err = specwire("generate", "--json")
    found = [json.loads(line) for line in err.splitlines()]
    assert 200 == sum(each["severity"] == "error" for each in found)


def test_an_error_without_a_place_is_a_short_line(specwire: Specwire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Problem and remedy stay; the middle of a long list is cut."""

    def fail(*_: object, **__: object) -> None:
        raise SpecwireCodegenError(f"broken: {'name, ' * 500}: fix it")

    monkeypatch.setattr(Path, "glob", fail)  # the command looks for providers
    _, _, err = specwire("check")
    assert re.fullmatch(r"error: broken: .* \.\.\. .*: fix it\n", err) and len(err) <= 301
