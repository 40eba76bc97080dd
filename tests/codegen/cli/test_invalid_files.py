"""Invalid files, names and folders: an error with place and help, and nothing is written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.command_line import SPEC, Specwire, project, specwire

__all__ = ["project", "specwire"]
OVERLAY = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n"

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
def test_any_invalid_content_is_an_error(project: Path, specwire: Specwire, file: str, kind: str) -> None:
    """For each file that is read."""
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
def test_an_unreadable_file_is_not_ignored(project: Path, specwire: Specwire, file: str, special: str) -> None:
    """A pipe or a dangling link is an error."""
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
def test_an_invalid_package_name_is_rejected(project: Path, specwire: Specwire, name: str) -> None:
    """It would shadow a dependency or cannot be imported."""
    for arguments in (
        ("generate", "specs/t/openapi.yaml", f"--package={name}"),
        ("new", name, "--spec", "specs/t/openapi.yaml"),
    ):
        code, out, err = specwire(*arguments)
        assert (1, "") == (code, out) and err.startswith(f"error: {name!r} is "), err
    assert ["t"] == os.listdir("specs") and not Path(name or "generated").exists()


@pytest.mark.parametrize("place", ["afile", "afile/deeper", "/dev/null", "/proc/nowhere", "a" * 300])
def test_an_output_path_that_cannot_be_a_folder_is_an_error(project: Path, specwire: Specwire, place: str) -> None:
    """The message has path and reason."""
    Path("afile").write_text("mine", "utf-8")
    code, out, err = specwire("generate", "specs/t/openapi.yaml", "--package", "shop", "-o", place)
    assert (1, "") == (code, out) and re.match(r"error\[(output-not-a-folder|not-writable)\] ", err) and "help: " in err
    assert "mine" == Path("afile").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[clients]",
            "error[unknown-table] {0}: [clients] is not a table of client.toml\n  help: did you mean 'client'?\n",
        ),
        ("client = 1", "error[bad-value] {0}: client must be a table\n  help: write [client] above its lines\n"),
        (
            "[client]\nclas = 'A'",
            "error[unknown-key] {0}:2:1: [client] has no key 'clas'\n  help: did you mean 'class'?\n",
        ),
        ("[client]\nkey = 1", "error[bad-value] {0}:2:1: key must be a string\n  help: put it into quotes\n"),
        (
            "[client]\nrequires_base_url = 'yes'",
            "error[bad-value] {0}:2:1: requires_base_url must be true or false\n  help: write it without quotes\n",
        ),
        (
            "[client]\nkey = 'A=B'",
            "error[bad-name] {0}:2:1: 'A=B' is not a valid name for an environment variable\n"
            "  help: use letters, digits and underscores, such as SHOP_API_KEY\n",
        ),
    ],
)
def test_mistakes_in_client_toml_are_reported_with_their_line(
    project: Path, specwire: Specwire, text: str, expected: str
) -> None:
    """Each mistake in `client.toml` is named whole, with its line."""
    (project / "client.toml").write_text(text, "utf-8")
    assert (1, "", expected.format("specs/t/client.toml")) == specwire("generate")


def test_a_byte_order_mark_in_toml_is_accepted(project: Path, specwire: Specwire) -> None:
    """Editors of Windows write one."""
    (project / "client.toml").write_bytes(b"\xef\xbb\xbf[client]\r\nclass = 'Shop'\r\n")
    assert 0 == specwire("generate")[0]
    assert "class Shop(Client)" in Path("generated/specwire_clients/t/client.py").read_text("utf-8")
