"""Each verb to its end: exit code and output; and every way to end early, without a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from specwire_codegen.cli import main, verbs
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.naming import pascal

ROOT = Path(__file__).parents[2]
SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: 'https://t.example'}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getOrder
      responses: {'200': {description: d, content: {application/json: {schema: {type: object}}}}}
  /orders:
    post: {operationId: makeOrder, responses: {'201': {description: done}}}
"""
OVERLAY = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n"

Specwire = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one provider, not generated yet; no two tests have the same provider, for imports are kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SPECWIRE_DEBUG", raising=False)
    folder = tmp_path / "specs" / "t"
    folder.mkdir(parents=True)
    (folder / "openapi.yaml").write_text(SPEC, "utf-8")
    return folder


@pytest.fixture
def specwire(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Specwire:
    """Run the command line in this process; returns exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["specwire", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        printed = capsys.readouterr()
        assert isinstance(exit_.value.code, int)
        return exit_.value.code, printed.out, printed.err

    return run


def command(*arguments: str, code: str = "from specwire_codegen.cli import main; main()") -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.argv = {['specwire', *arguments]}; {code}"]


# The verbs


def test_check(project: Path, specwire: Specwire) -> None:
    """0 where all is as it would be generated; 1 with each file that is stale, missing, too many or not ours."""
    assert 0 == specwire("generate")[0]
    assert (0, "everything is as it would be generated\n", "") == specwire("check")
    package = Path("generated/specwire_clients/t")
    (package / "client.py").write_text("x = 1\n", "utf-8")
    (package / "py.typed").unlink()
    (package / "mine.py").write_text("", "utf-8")
    (project / "normalized.json").write_bytes(b"\xff")
    where = f"({package.as_posix()})"
    lines = [f"create py.typed {where}", f"change client.py {where}", f"not generated: mine.py {where}"]
    lines += ["change specs/t/normalized.json"]
    code, out, err = specwire("check", "t")
    assert (1, "") == (code, out)
    assert sorted([*(f"stale: {line}" for line in lines), "run: specwire generate"]) == sorted(err.splitlines())
    code, _, err = specwire("check", "--json")
    found = [json.loads(line) for line in err.splitlines()]
    assert 1 == code and {"stale"} == {one["code"] for one in found}
    assert sorted(lines) == sorted(one["message"] for one in found)


def test_check_of_a_document_alone(project: Path, specwire: Specwire) -> None:
    """A package that was made of one document anywhere is checked with the options it was made with."""
    options = ("specs/t/openapi.yaml", "--package", "shop", "-o", "out")
    assert 1 == specwire("check", *options)[0]
    assert 0 == specwire("generate", *options)[0]
    assert 0 == specwire("check", *options)[0]


def test_accept(project: Path, specwire: Specwire) -> None:
    """Generating stops at a contract that is not recorded, until it is; unknown ids and providers are refused."""
    for part in ("specs/aitre", "overrides/specwire_overrides/aitre"):
        shutil.copytree(ROOT / part, part, ignore=shutil.ignore_patterns("__pycache__"))
    contract = Path("specs/aitre/contracts/create_completion.json")
    recorded = contract.read_text("utf-8")
    contract.unlink()
    code, out, err = specwire("generate", "aitre")
    assert (1, "") == (code, out) and "error[override-unrecorded]" in err
    assert (0, f"recorded {contract.as_posix()}\n", "") == specwire("accept", "create_completion")
    assert recorded == contract.read_text("utf-8")
    assert 0 == specwire("generate", "aitre")[0]
    code, out, err = specwire("accept", "nope", "--name", "aitre")
    assert (1, "") == (code, out) and err.startswith("error: no override of aitre stands on 'nope'")
    assert (1, "", "error: t has no overrides\n") == specwire("accept", "x", "--name", "t")
    contract.unlink()
    contract.symlink_to("elsewhere.json")
    assert 1 == specwire("accept", "create_completion")[0]
    assert contract.is_symlink()


def test_mock(project: Path, specwire: Specwire) -> None:
    """It tells its address and its key, answers, checks the host, and ends at an interrupt with 0."""
    code, out, err = specwire("mock", "t")
    assert (1, "") == (code, out) and err.endswith("normalized.json is not there: run specwire generate t\n")
    assert 0 == specwire("generate")[0]
    with subprocess.Popen(command("mock", "t", "--port", "0"), stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        told = re.fullmatch(r"t at (http://127\.0\.0\.1:\d+), key: test-key\n", served.stdout.readline())
        try:
            assert told is not None
            assert {200: 200, 421: 421} == {
                expected: httpx2.get(f"{told[1]}/orders/1", headers={"host": host}).status_code
                for host, expected in (("localhost", 200), ("evil.example", 421))
            }
            port = told[1].rpartition(":")[2]
            code, out, err = specwire("mock", "t", "--port", port)
            assert (1, "") == (code, out) and err.startswith(f"error: cannot listen on 127.0.0.1:{port}")
        finally:
            served.send_signal(signal.SIGINT)
        assert ("", 0) == (served.stdout.read(), served.wait(20))


@pytest.mark.parametrize("options", [("--port", "65536"), ("--port", "-1"), ("--port", "x")])
def test_a_port_that_is_none_is_wrong_usage(project: Path, specwire: Specwire, options: tuple[str, str]) -> None:
    """The number is checked before anything is done."""
    assert 2 == specwire("mock", "t", *options)[0]


@pytest.mark.parametrize("host", ["nope.invalid", "a" * 300, "\u00e9" * 80])
def test_a_host_that_is_none(project: Path, specwire: Specwire, host: str) -> None:
    """A name that cannot be resolved, or could not even be asked for, is an error."""
    assert 0 == specwire("generate")[0]
    code, out, err = specwire("mock", "t", "--host", host, "--port", "0")
    assert (1, "") == (code, out) and err.startswith("error: cannot resolve ")


def test_contract(project: Path, specwire: Specwire) -> None:
    """The client that was just generated is found and checked, every success that is declared is one; 1 for a fault."""
    (project.parent / "t").rename(project.parent / "contract_test")
    name = "contract_test"
    code, out, err = specwire("contract", name)
    assert (1, "") == (code, out) and "run specwire generate" in err
    assert 0 == specwire("generate")[0]
    code, out, err = specwire("contract", name, "--examples", "2")
    assert (0, "") == (code, err), out
    rows = [re.split(r"  +", line.strip()) for line in out.splitlines()]
    assert ["operation", "document", "sent", "read", "verdict"] == rows[0][:5]
    assert [["getOrder", "ok"], ["makeOrder", "ok"]] == [[row[0], row[-1]] for row in rows[1:3]]
    assert out.splitlines()[-1] == f"{name} on its mock server: 2 of 2 operations as the document says"


def test_contract_of_a_client_that_is_wrong(project: Path, specwire: Specwire) -> None:
    """A client that sends something else than the document says is exit code 1, with a row and the reason."""
    name = "wrong_contract_test"
    (project.parent / "t").rename(project.parent / name)
    assert 0 == specwire("generate")[0]
    (source,) = (Path("generated/specwire_clients") / name / "operations").glob("[!_]*.py")
    source.write_text(source.read_text("utf-8").replace('method="POST"', 'method="PUT"'), "utf-8")
    code, out, err = specwire("contract", name, "--examples", "2")
    assert 1 == code
    assert re.search(r"^getOrder .* ok\s*$", out, re.MULTILINE)
    assert re.search(r"^makeOrder .* \d wrong\s*$", out, re.MULTILINE)
    assert out.splitlines()[-1].endswith("1 of 2 operations as the document says")
    assert err.startswith("makeOrder: ")


def test_a_live_contract_says_what_it_calls(project: Path, specwire: Specwire) -> None:
    """The server is named before it is called; what may cost money needs two options."""
    name = "live_contract_test"
    (project.parent / "t").rename(project.parent / name)
    assert 0 == specwire("generate")[0]
    address = "http://user:hidden@127.0.0.1:9"
    code, out, err = specwire("contract", name, "--base-url", address, "--all-operations")
    assert (1, "") == (code, out) and "at http://127.0.0.1:9, " in err and "makeOrder. Add --yes" in err
    _, _, err = specwire("contract", name, "--base-url", address, "--examples", "1")
    assert err.startswith(f"calling operations that only read of {name} at http://127.0.0.1:9\n")
    assert "hidden" not in err.splitlines()[0]
    code, out, err = specwire("contract", name, "--base-url", "nowhere")
    assert 1 == code and "is no base URL" in err


def test_generate_new_and_dump(project: Path, specwire: Specwire) -> None:
    """What they print, and 0; unknown names are 1, and nothing to do at all too."""
    code, out, err = specwire("generate")
    assert (0, "") == (code, err) and ["client", "t"] == [line.split()[0] for line in out.splitlines()]
    assert " unchanged " in specwire("generate")[1]
    code, out, err = specwire("new", "other", "--spec", "specs/t/openapi.yaml")
    assert (0, "") == (code, err) and out.endswith("next: specwire generate other\n")
    code, out, err = specwire("dump-ir", "t")
    assert (0, "") == (code, err) and pascal("t") == json.loads(out)["class_name"]
    for verb in ("generate", "check", "dump-ir", "mock", "contract"):
        code, out, err = specwire(verb, "nobody")
        assert (1, "") == (code, out) and re.match(r"error(\[no-such-file\])?:? .*nobody", err), err
    assert 1 == specwire("generate", "--root", "elsewhere")[0]


def test_the_version_is_the_package_s(specwire: Specwire) -> None:
    """`--version` prints what is installed."""
    from importlib.metadata import version

    assert (0, f"{version('specwire')}\n", "") == specwire("--version")


# What can go wrong


@pytest.mark.parametrize(
    ("problem", "code", "line"),
    [
        (KeyboardInterrupt(), 130, r"error: interrupted"),
        (SpecwireCodegenError("broken: mend it"), 1, r"error: broken: mend it"),
        (RecursionError("deep"), 1, r"error: the input is nested too deeply( \(at \w+\.py:\d+\))?: flatten it"),
        (PermissionError(13, "Permission denied", "a/b"), 1, r"error: a/b: Permission denied: check path, .*"),
        (OSError(28, "No space left on device"), 1, r"error: No space left on device: check path, .*"),
        (ModuleNotFoundError("x", name="starlette.app"), 1, r"error: .* starlette, .*pip install 'specwire\[mock\]'"),
        (ModuleNotFoundError("x", name="jinja2"), 1, r"error: .* jinja2, .*pip install 'specwire\[codegen\]'"),
        (ValueError("odd\nsecond line"), 1, r"error: internal error: ValueError: odd.*SPECWIRE_DEBUG=1"),
        (ModuleNotFoundError("no", name="specwire_x"), 1, r"error: internal error: ModuleNotFoundError.*"),
        (MemoryError(), 1, r"error: internal error: MemoryError.*"),
        (ExceptionGroup("several", [ValueError("a")]), 1, r"error: internal error: ExceptionGroup: several.*"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_is_raised_is_a_line(
    specwire: Specwire, monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: int, line: str
) -> None:
    """No exception of a verb leaves a traceback, as text and as JSON; SPECWIRE_DEBUG and --debug show it."""

    def fail(*_: object) -> None:
        raise problem

    monkeypatch.delenv("SPECWIRE_DEBUG", raising=False)
    monkeypatch.setattr(verbs, "_targets", fail)
    found, out, err = specwire("check")
    assert (code, "") == (found, out) and re.fullmatch(f"{line}\n", err), err
    found, out, err = specwire("check", "--json")
    assert code == found and "error" == json.loads(err)["severity"]
    if code == 1:
        assert "Traceback" in specwire("check", "--debug")[2]
        monkeypatch.setenv("SPECWIRE_DEBUG", "1")
        found, _, err = specwire("check")
        assert code == found and "Traceback" in err and re.search(line, err)


@pytest.mark.parametrize(
    "module", ["attrs", "cyclopts", "rich", "jinja2", "yaml", "starlette", "uvicorn", "jsonschema_rs"]
)
def test_a_package_that_is_not_installed_is_named(project: Path, module: str) -> None:
    """Each verb says what is missing, and the command that installs it."""
    (project / "normalized.json").write_text('{"openapi": "3.2.0", "paths": {}}', "utf-8")
    verb = ("mock", "t") if module in ("starlette", "uvicorn", "jsonschema_rs") else ("generate",)
    code = f"sys.modules[{module!r}] = None; from specwire_codegen.cli import main; main()"
    done = subprocess.run(command(*verb, code=code), capture_output=True, text=True, check=False)
    extra = "mock" if verb[0] == "mock" else "codegen"
    expected = f"error: this needs {module}, which is not installed: pip install 'specwire[{extra}]'\n"
    assert (1, "", expected) == (done.returncode, done.stdout, done.stderr)


def test_a_reader_that_has_seen_enough(project: Path) -> None:
    """A closed pipe ends the command without a word."""
    with subprocess.Popen(command("dump-ir", "t"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dumping:
        assert dumping.stdout is not None and dumping.stderr is not None
        dumping.stdout.close()
        assert (b"", 141) == (dumping.stderr.read(), dumping.wait(30))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(project: Path) -> None:
    """Output that cannot be written is an error, not half an answer with 0."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(command("dump-ir", "t"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert 1 == done.returncode
    assert done.stderr.startswith("error: No space left on device") and 1 == done.stderr.count("\n")


def test_an_interrupt_while_generating(project: Path) -> None:
    """Ctrl-C is exit code 130 and a line, and leaves no half package."""
    code = (
        "import os, signal, specwire_codegen.generate as generate; "
        "generate.formatted = lambda files: os.kill(os.getpid(), signal.SIGINT); "
        "from specwire_codegen.cli import main; main()"
    )
    done = subprocess.run(command("generate", code=code), capture_output=True, text=True, check=False)
    assert (130, "", "error: interrupted\n") == (done.returncode, done.stdout, done.stderr)
    assert not Path("generated").exists()


def test_output_without_an_encoding_for_it(project: Path) -> None:
    """What the terminal has no bytes for is escaped."""
    done = subprocess.run(
        command("generate", "\u6f22.yaml", "--package", "x"),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 1 == done.returncode and done.stderr.startswith("error[no-such-file] \\u6f22.yaml")


def test_nothing_of_a_document_steers_the_terminal(project: Path, specwire: Specwire) -> None:
    """Names, places, helps and titles are printed without control characters."""
    steering = "\x1b]0;owned\x07"
    written = '"A\\x1b]0;owned\\a": {$ref: "#/components/schemas/B\\x1b]0;owned\\a"}'
    (project / "openapi.yaml").write_text(f"{SPEC}components: {{schemas: {{{written}}}}}\n", "utf-8")
    for verb in (("generate",), ("generate", f"a{steering}.yaml", "--package", "x"), ("dump-ir", f"n{steering}")):
        code, out, err = specwire(*verb)
        assert code in (0, 1) and "owned" in err
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", out + err), (out, err)


FILES: dict[str, dict[str, str | bytes | None]] = {
    "overlay.yaml": {
        "parentheses": OVERLAY + '- {target: "$[?' + "(" * 2000 + "@.a" + ")" * 2000 + ']", remove: true}',
        "fewer": OVERLAY + '- {target: "$[?' + "(" * 900 + "@.a" + ")" * 900 + ']", remove: true}',
        "negations": OVERLAY + '- {target: "$[?' + "!" * 1900 + '@.a]", remove: true}',
        "segments": OVERLAY + '- {target: "$' + ".a" * 50000 + '", remove: true}',
        "no path": OVERLAY + "- {target: x, remove: true}",
        "copy of no path": OVERLAY + "- {target: $.info, copy: '$[?(('}",
        "index": OVERLAY + "- {target: '$[99999999999999999999]', remove: true}",
        "deep": OVERLAY + "- {target: $, update: " + "{x-a: " * 3000 + "1" + "}" * 3000 + "}",
        "version": OVERLAY.replace("1.0.0", "2.0.0"),
        "version of a word": OVERLAY.replace("1.0.0", "x"),
        "version of two": OVERLAY.replace("1.0.0", "1.2.0"),
        "empty": "",
        "binary": b"\xff\xfe\x00",
        "folder": None,
    },
    "client.toml": {
        "deep list": "a = " + "[" * 5000 + "]" * 5000,
        "deep table": "a = " + "{a = " * 3000 + "1" + "}" * 3000,
        "long number": "a = " + "9" * 10_000,
        "binary": b"\xff\xfe",
        "broken": "[client",
        "unknown table": "[clients]",
        "no table": "client = 1",
        "unknown key": "[client]\nclas = 'A'",
        "wrong kind": "[client]\nclass = 1\nrequires_base_url = 'yes'",
        "variable": "[client]\nkey = 'A=B'\nbase_url = 'a\\u0000b'",
        "method": "[operations]\ngetOrder = 1",
        "folder": None,
    },
    "openapi.yaml": {
        "deep": "a: " + "[" * 20_000 + "]" * 20_000,
        "deep json": '{"a":' * 5000 + "1" + "}" * 5000,
        "empty": "",
        "binary": b"\xff\xfe\x00\x01",
        "latin": SPEC.replace("title: T", "title: \xe9").encode("latin-1"),
        "list": "[]",
        "folder": None,
    },
    "source.toml": {
        "binary": b"\xff",
        "broken": "[",
        "deep": "a = " + "[" * 5000,
        "folder": None,
    },
    "normalized.json": {"other": "{}", "binary": b"\xff", "deep": "[" * 100_000, "folder": None},
}


@pytest.mark.parametrize(("file", "kind"), [(file, kind) for file, kinds in FILES.items() for kind in kinds])
def test_a_file_that_is_no_such_thing(project: Path, specwire: Specwire, file: str, kind: str) -> None:
    """Any content of any file that is read is an error with its place and a help, and nothing is written."""
    content, path = FILES[file][kind], project / file
    path.unlink(missing_ok=True)
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    code, out, err = specwire("generate", "t")
    assert (1, "") == (code, out)
    assert re.match(rf"error\[[a-z0-9-]+\] specs/t/{re.escape(file)}(:\d+)*: ", err), err
    assert "Traceback" not in err and "\n  help: " in err
    assert all(len(line) < 1300 for line in err.splitlines())
    assert not Path("generated").exists()
    if file != "normalized.json":
        assert 1 == specwire("check")[0]
        assert 1 == specwire("dump-ir", "t")[0]


@pytest.mark.parametrize("special", ["fifo", "dangling"])
@pytest.mark.parametrize("file", ["overlay.yaml", "client.toml", "source.toml", "openapi.yaml"])
def test_a_file_that_cannot_be_read_is_not_passed_over(
    project: Path, specwire: Specwire, file: str, special: str
) -> None:
    """A pipe or a link to nowhere is an error: the file is meant to count."""
    path = project / file
    path.unlink(missing_ok=True)
    if special == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere")
    code, out, err = specwire("generate", "t")
    assert (1, "") == (code, out) and f"specs/t/{file}" in err or "no specs/" in err, err


@pytest.mark.parametrize(
    "name", ["import", "class", "json", "os", "msgspec", "specwire", "httpx", "__init__", "A", "a-b", ""]
)
def test_names_of_packages_that_others_have(project: Path, specwire: Specwire, name: str) -> None:
    """A package that would shadow one that clients need, or that no statement can import, is refused."""
    for arguments in (
        ("generate", "specs/t/openapi.yaml", f"--package={name}"),
        ("new", name, "--spec", "specs/t/openapi.yaml"),
    ):
        code, out, err = specwire(*arguments)
        assert (1, "") == (code, out) and err.startswith(f"error: {name!r} is "), err
    assert ["t"] == os.listdir("specs") and not Path(name or "generated").exists()


@pytest.mark.parametrize("place", ["afile", "afile/deeper", "/dev/null", "/proc/nowhere", "a" * 300])
def test_an_output_that_cannot_be_a_folder(project: Path, specwire: Specwire, place: str) -> None:
    """The path and the reason are named."""
    Path("afile").write_text("mine", "utf-8")
    code, out, err = specwire("generate", "specs/t/openapi.yaml", "--package", "shop", "-o", place)
    assert (1, "") == (code, out) and re.match(r"error\[(output-not-a-folder|not-writable)\] ", err) and "help: " in err
    assert "mine" == Path("afile").read_text("utf-8")
