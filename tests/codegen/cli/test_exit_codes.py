"""Exit code and output of each verb."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import httpx2
import pytest
from specwire_codegen.cli import options, verbs
from specwire_codegen.cli.exit_codes import ExitCode
from specwire_codegen.openapi.casing import pascal

from tests.support.command_line import SPEC, Specwire, command, project, specwire
from tests.support.paths import ROOT

__all__ = ["project", "specwire"]


def test_check_reports_stale_packages(project: Path, specwire: Specwire) -> None:
    """0 if all files are up to date; 1 with each file that is stale, missing, superfluous or foreign."""
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
    assert sorted([*(f"stale: {line}" for line in lines), "run: specwire generate t"]) == sorted(err.splitlines())
    code, _, err = specwire("check", "--json")
    found = [json.loads(line) for line in err.splitlines()]
    assert 1 == code and {"stale"} == {one["code"] for one in found}
    assert sorted(lines) == sorted(one["message"] for one in found)


def test_check_of_a_single_document(project: Path, specwire: Specwire) -> None:
    """It uses the options that the package was generated with."""
    options = ("specs/t/openapi.yaml", "--package", "shop", "-o", "out")
    assert 1 == specwire("check", *options)[0]
    assert 0 == specwire("generate", *options)[0]
    assert 0 == specwire("check", *options)[0]


def test_accept_records_pins(project: Path, specwire: Specwire) -> None:
    """Generating fails at an unrecorded pin until it is accepted; unknown ids and providers are rejected."""
    for part in ("specs/aitre", "overrides/specwire_overrides/aitre"):
        shutil.copytree(ROOT / part, part, ignore=shutil.ignore_patterns("__pycache__"))
    pin = Path("specs/aitre/override_pins/create_completion.json")
    recorded = pin.read_text("utf-8")
    pin.unlink()
    code, out, err = specwire("generate", "aitre")
    assert (1, "") == (code, out) and "error[override-unrecorded]" in err
    assert (0, f"recorded {pin.as_posix()}\n", "") == specwire("accept", "create_completion")
    assert recorded == pin.read_text("utf-8")
    assert 0 == specwire("generate", "aitre")[0]
    code, out, err = specwire("accept", "nope", "--name", "aitre")
    assert (1, "") == (code, out) and err.startswith("error: no override of aitre depends on 'nope'")
    assert (1, "", "error: t has no overrides\n") == specwire("accept", "x", "--name", "t")
    pin.unlink()
    pin.symlink_to("elsewhere.json")
    assert 1 == specwire("accept", "create_completion")[0]
    assert pin.is_symlink()


def test_mock_serves_until_interrupted(project: Path, specwire: Specwire) -> None:
    """It prints address, key and page, responds, checks the host, and ends at an interrupt with 0."""
    code, out, err = specwire("mock", "t")
    assert (1, "") == (code, out) and err.endswith("normalized.json does not exist: run specwire generate t\n")
    assert 0 == specwire("generate")[0]
    with subprocess.Popen(command("mock", "t", "--port", "0"), stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        reported = re.fullmatch(r"t at (http://127\.0\.0\.1:\d+), no key needed\n", served.stdout.readline())
        try:
            assert reported is not None
            assert f"2 operations, shown at {reported[1]}/\n" == served.stdout.readline()
            assert "2 operations." in httpx2.get(f"{reported[1]}/").text
            assert {200: 200, 421: 421} == {
                expected: httpx2.get(f"{reported[1]}/orders/1", headers={"host": host}).status_code
                for host, expected in (("localhost", 200), ("evil.example", 421))
            }
            port = reported[1].rpartition(":")[2]
            code, out, err = specwire("mock", "t", "--port", port)
            assert (1, "") == (code, out) and err.startswith(f"error: cannot listen on 127.0.0.1:{port}")
        finally:
            served.send_signal(signal.SIGINT)
        assert ("", 0) == (served.stdout.read(), served.wait(20))


@pytest.mark.parametrize("options", [("--port", "65536"), ("--port", "-1"), ("--port", "x")])
def test_an_invalid_port_is_wrong_usage(project: Path, specwire: Specwire, options: tuple[str, str]) -> None:
    """It is checked first."""
    assert 2 == specwire("mock", "t", *options)[0]


@pytest.mark.parametrize("host", ["nope.invalid", "a" * 300, "\u00e9" * 80])
def test_an_invalid_host_is_an_error(project: Path, specwire: Specwire, host: str) -> None:
    """A name that does not resolve, or is not a host name."""
    assert 0 == specwire("generate")[0]
    code, out, err = specwire("mock", "t", "--host", host, "--port", "0")
    assert (1, "") == (code, out) and err.startswith("error: cannot resolve ")


def test_contract_checks_the_generated_client(project: Path, specwire: Specwire) -> None:
    """The generated client passes with every documented success; a fault is 1."""
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
    assert out.splitlines()[-1] == f"{name} on its mock server: 2 of 2 operations conform to the document"


def test_contract_reports_a_wrong_client(project: Path, specwire: Specwire) -> None:
    """Exit code 1, with a row and the reason."""
    name = "wrong_contract_test"
    (project.parent / "t").rename(project.parent / name)
    assert 0 == specwire("generate")[0]
    (source,) = (Path("generated/specwire_clients") / name / "operations").glob("[!_]*.py")
    source.write_text(source.read_text("utf-8").replace('method="POST"', 'method="PUT"'), "utf-8")
    code, out, err = specwire("contract", name, "--examples", "2")
    assert 1 == code
    assert re.search(r"^getOrder .* ok\s*$", out, re.MULTILINE)
    assert re.search(r"^makeOrder .* \d wrong\s*$", out, re.MULTILINE)
    assert out.splitlines()[-1].endswith("1 of 2 operations conform to the document")
    assert err.startswith("makeOrder: ")


def test_a_live_contract_prints_a_plan_first(project: Path, specwire: Specwire) -> None:
    """Calls that may cost money need an option; a dry run calls nothing."""
    name = "live_contract_test"
    (project.parent / "t").rename(project.parent / name)
    assert 0 == specwire("generate")[0]
    address = "http://user:hidden@127.0.0.1:9"
    code, out, err = specwire("contract", name, "--base-url", address, "--dry-run")
    assert (0, "") == (code, out) and err.startswith(f"calling {name} at http://127.0.0.1:9\n")
    assert "plan: call 0 of 2 operations" in err and "skip makeOrder: POST may change something" in err
    assert "--include makeOrder" in err and "hidden" not in err
    code, out, err = specwire("contract", name, "--base-url", address, "--dry-run", "--include", "make*")
    assert 0 == code and "call makeOrder (POST /orders)" in err
    code, out, err = specwire("contract", name, "--base-url", address, "--include", "Order")
    assert 2 == code and "--include 'Order' matches no operation: did you mean" in err
    code, out, err = specwire("contract", name, "--include", "*")
    assert 2 == code and "are for live servers: add --live or --base-url" in err
    code, out, err = specwire("contract", name, "--base-url", "nowhere", "--include", "*")
    assert 1 == code and "base URL 'nowhere' is unusable: " in err


def test_output_of_generate_new_and_dump(project: Path, specwire: Specwire) -> None:
    """0; unknown names, and nothing to do, are 1."""
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


def test_version_prints_the_installed_version(specwire: Specwire) -> None:
    """`--version` prints what is installed."""
    from importlib.metadata import version

    assert (0, f"{version('specwire')}\n", "") == specwire("--version")


def test_contract_ignores_servers_of_operations(project: Path, specwire: Specwire) -> None:
    """The mock server is called for them too."""
    name = "own_server_test"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        own = f"servers: [{{url: 'http://127.0.0.1:{listener.getsockname()[1]}/v2'}}]"
        text = SPEC.replace("servers: [{url: 'https://t.example'}]\n", "")
        text = text.replace("operationId: makeOrder,", f"{own}, operationId: makeOrder,")
        (project / "openapi.yaml").write_text(text, "utf-8")
        (project.parent / "t").rename(project.parent / name)
        assert 0 == specwire("generate")[0]
        code, out, err = specwire("contract", name, "--examples", "1")
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert (0, "") == (code, err), out


def test_every_verb_that_reads_documents_has_the_same_options() -> None:
    """They are declared once, except for verbs that read generated files."""
    found = {name: verbs.app[name].default_command for name in verbs.app if not name.startswith("-")}
    signatures = {name: inspect.signature(verb) for name, verb in found.items() if verb is not None}
    reading = {name: signature.parameters.get("reading") for name, signature in signatures.items()}
    assert {"call", "demo", "doctor"} == {name for name, parameter in reading.items() if parameter is None}
    stated = {(parameter.default, parameter.annotation) for parameter in reading.values() if parameter is not None}
    assert {(options.Sources(), "Reading")} == stated


def test_contract_takes_a_document_and_writes_reports(tmp_path: Path, specwire: Specwire) -> None:
    """A file outside a project, read as it is or from standard input; the page and JUnit have its operations."""
    (tmp_path / "shop.yaml").write_text(SPEC, "utf-8")
    reports = [tmp_path / name for name in ("r.html", "r.xml", "r.json")]
    options = [word for path in reports for word in ("--report", str(path))]
    code, out, err = specwire("contract", str(tmp_path / "shop.yaml"), "--examples", "1", "--only", "get*", *options)
    assert (0, "") == (code, err), out
    assert "1 of 1 operations conform to the document" in out
    assert all("getOrder" in path.read_text("utf-8") for path in reports)
    code, out, err = specwire("contract", str(tmp_path / "shop.yaml"), "--only", "nothing")
    assert 2 == code and "has no operation 'nothing'" in err
    code, out, err = specwire("contract", str(tmp_path / "shop.yaml"), "--report", "r.pdf")
    assert 2 == code and "use one of the extensions .html, .json, .xml" in err


WRONG_USAGE = [
    ("nope",),
    ("generate", "--nope"),
    ("generate", "a.yaml", "b.yaml", "--package", "x"),
    ("generate", "a.yaml"),
    ("check", "--nope"),
    ("dump-ir",),
    ("dump-ir", "specs/t/openapi.yaml", "--after", "nothing"),
    ("new", "x"),
    ("accept",),
    ("demo", "--nope"),
    ("diff", "one"),
    ("diff", "a", "b", "--fail-on", "everything"),
    ("update",),
    ("drift", "show"),
    ("drift", "apply", "one"),
    ("package", "specs/t/openapi.yaml", "--license", "mine"),
    ("package", "specs/t/openapi.yaml", "--name", "A B"),
    ("models", "specs/t/openapi.yaml", "--as", "xml"),
    ("contract", "t", "--replay", "x", "--live"),
    ("contract", "t", "--report", "x.doc"),
    ("mock", "t", "--port", "x"),
    ("mock", "t", "--proxy", "http://127.0.0.1:1", "--profile", "slow"),
    ("call",),
    ("call", "specs/t/openapi.yaml", "nope"),
    ("call", "specs/t/openapi.yaml", "orders.retrieve"),
    ("call", "specs/t/openapi.yaml", "orders.retrieve", "1", "--nope"),
    ("bulk", "specs/t/openapi.yaml", "orders.retrieve"),
    ("bulk", "specs/t/openapi.yaml", "orders.retrieve", "--input", "x", "--output", "y", "--set", "z"),
    ("batch", "specs/t/openapi.yaml"),
    ("mcp", "specs/t/openapi.yaml", "--only", "nope*"),
    ("mcp", "specs/t/openapi.yaml", "--files", "absent"),
    ("doctor", "--nope"),
    ("generate", "specs/t/openapi.yaml", "--package", "x", "--ref", "nonsense"),
    ("generate", "specs/t/openapi.yaml", "--package", "x", "--allow-remote=a b"),
]


@pytest.mark.parametrize("words", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_is_2_for_every_verb(project: Path, specwire: Specwire, words: tuple[str, ...]) -> None:
    """With a reason on stderr, and nothing on stdout."""
    code, out, err = specwire(*words)
    assert code == ExitCode.USAGE, (code, err)
    assert out == "" and err != ""
    assert not Path("x").exists()


def test_every_verb_has_a_case_of_wrong_usage() -> None:
    stated = {name for name in verbs.app if not name.startswith("-")}
    assert stated <= {words[0] for words in WRONG_USAGE}


MISSING_INPUT = [
    ("generate", "absent.yaml", "--package", "x"),
    ("check", "absent.yaml"),
    ("dump-ir", "absent.yaml"),
    ("new", "x", "--spec", "absent.yaml"),
    ("accept", "x"),
    ("diff", "absent.yaml", "absent.yaml"),
    ("update", "absent"),
    ("drift", "show", "absent.jsonl"),
    ("package", "absent.yaml"),
    ("models", "absent.yaml", "--as", "pydantic"),
    ("contract", "absent.yaml"),
    ("mock", "absent.yaml"),
    ("call", "absent.yaml"),
    ("call", "absent"),
    ("bulk", "absent.yaml", "x", "--input", "a", "--output", "b"),
    ("batch", "absent.yaml", "x", "--input", "a", "--output", "b"),
    ("mcp", "absent.yaml"),
]


@pytest.mark.parametrize("words", MISSING_INPUT, ids=" ".join)
def test_input_that_is_missing_is_1_for_every_verb(project: Path, specwire: Specwire, words: tuple[str, ...]) -> None:
    code, out, err = specwire(*words)
    assert code == ExitCode.FAILED, (code, err)
    assert out == "" and err != "" and "Traceback" not in err
