"""`specwire update`: a new version of a pinned document, from its source to the pin."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.files.access import Access
from specwire_codegen.pinning.update import apply_update, find_update
from specwire_codegen.project import provider

from tests.support.command_line import Specwire, command, exit_code, specwire

__all__ = ["specwire"]

OLD = """\
openapi: 3.1.0
info: {title: Shop, version: '1.0'}
servers: [{url: 'https://shop.test'}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: orders.retrieve
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
    delete: {operationId: orders.delete, responses: {'204': {description: done}}}
components:
  schemas:
    Order: {type: object, required: [id], properties: {id: {type: string}, note: {type: string}}}
"""
DAY = date(2026, 11, 29)
NEW = OLD.replace("'1.0'", "'2.0'").replace(", note: {type: string}", ", price: {type: integer}")
CHANGES = """\
breaking (1)
  models.Order.note: removed

safe (1)
  models.Order.price: added

"""
OVERRIDE = '''\
"""Overrides."""
from specwire.support import Request, adds
from specwire_clients.shop import models
from specwire_clients.shop.operations import orders


@adds("orders.retrieve", "orders.find")
def find(id: str) -> Request[models.Order]:
    """Find an order."""
    return orders.retrieve(id)
'''


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return the contents of all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Project with a pinned document whose source has a new version."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("shop.yaml").write_text(OLD, "utf-8")
    assert 0 == exit_code("new", "shop", "--spec", "shop.yaml")
    Path("shop.yaml").write_text(NEW, "utf-8")
    return tmp_path


def pinned() -> Path:
    return Path("specs/shop")


def test_a_new_version_is_shown_and_pinned(project: Path, specwire: Specwire) -> None:
    """Names and overlay stay; the client can be generated, and the second time there is nothing to do."""
    client = Path("specs/shop/client.toml").read_bytes()
    code, out, err = specwire("update", "shop", "--yes")
    assert (0, "") == (code, err)
    assert out.startswith(f"{CHANGES}1 breaking, 0 risky, 1 safe; suggested version bump: major\n")
    assert "shop: shop.yaml has version 2.0, after 1.0\n" in out
    assert "## [2.0]\n\n### Added\n\n- `models.Order.price`: added\n\n### Removed\n" in out
    assert NEW == (pinned() / "openapi.yaml").read_text("utf-8")
    assert "2.0" == tomllib.loads((pinned() / "source.toml").read_text("utf-8"))["version"]
    assert client == (pinned() / "client.toml").read_bytes()
    assert 0 == exit_code("generate", "shop")
    before = tree(project / "specs")
    code, out, err = specwire("update", "shop")
    assert (0, "shop is up to date: version 2.0 is what shop.yaml has\n", "") == (code, out, err)
    assert before == tree(project / "specs")


@pytest.mark.parametrize("words", [(), ("--check",)])
def test_nothing_is_written_without_consent(project: Path, specwire: Specwire, words: Sequence[str]) -> None:
    """Without a terminal, no question is asked; `--check` changes nothing."""
    before = tree(project / "specs")
    code, out, err = specwire("update", "shop", *words)
    assert 1 == code
    assert CHANGES in out
    assert words or "nothing was changed: add --yes to pin this version" in err
    assert before == tree(project / "specs")


def response(folder: Path, keys: bytes) -> tuple[int, str]:
    """Run `specwire update shop` on a terminal, type these keys, and return exit code and output."""
    words = command("update", "shop")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execv(sys.executable, words)
    shown, typed, ends = b"", False, time.monotonic() + 60
    while time.monotonic() < ends:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            shown += os.read(terminal, 10_000)
        except OSError:  # the program has ended
            break
        if b"[y/N]" in shown and not typed:
            typed = os.write(terminal, keys) > 0
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


@pytest.mark.parametrize(
    ("keys", "code", "expected"),
    [
        (b"y\n", 0, "wrote specs/shop/openapi.yaml"),
        (b"n\n", 1, "nothing was changed"),
        (b"\n", 1, "nothing was changed"),
        (b"yesterday\n", 1, "nothing was changed"),
        (b"\x04", 1, "nothing was changed"),
        (b"\x03", 130, "interrupted"),
    ],
)
def test_a_terminal_is_asked(project: Path, keys: bytes, code: int, expected: str) -> None:
    """Only yes is yes."""
    before = tree(project / "specs")
    found, shown = response(project, keys)
    assert (code, True) == (found, expected in shown), shown
    assert "Pin shop 2.0?" in shown
    assert (code == 0) == (before != tree(project / "specs"))


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_an_interrupted_update_changes_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException
) -> None:
    """Wherever it stops, the folder is as it was; the attempt without an interrupt completes it."""
    found = find_update(provider(Path(), "shop"), Access())
    before = tree(project)
    stopped = 0
    for owner, step in ((os, "replace"), (tempfile, "mkstemp"), (Path, "chmod"), (Path, "mkdir")):
        for nth in range(1, 7):
            with monkeypatch.context() as patch:
                patch.setattr(owner, step, _failing(getattr(owner, step), nth, problem))
                try:
                    apply_update(found, DAY)
                except (SpecwireCodegenError, KeyboardInterrupt):
                    stopped += 1
                    assert before == tree(project)
                else:
                    break
        assert NEW == (pinned() / "openapi.yaml").read_text("utf-8")
        shutil.rmtree(pinned())
        for name, data in before.items():
            if data is not None and name.startswith("specs/"):
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_bytes(data)
    assert stopped >= 4 + 2 + 2


def _failing(real: Callable[..., object], nth: int, problem: BaseException) -> Callable[..., object]:
    """Return a function that fails at its n-th call."""
    calls = 0

    def failing(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise problem
        return real(*arguments, **options)

    return failing


def test_an_update_that_was_killed_is_repeated(project: Path, specwire: Specwire) -> None:
    """The copies are replaced before source.toml, so the difference shows, and leads to `update`."""
    (pinned() / "openapi.yaml").write_text(NEW, "utf-8")
    assert "specwire update shop" in specwire("generate", "shop")[2]
    assert 0 == exit_code("update", "shop", "--yes")
    assert 0 == exit_code("generate", "shop")


def test_edits_by_hand_are_not_lost_without_force(project: Path, specwire: Specwire) -> None:
    """The message of `generate` leads to `update`, and that to the overlay."""
    edited = OLD.replace("title: Shop", "title: Mine")
    (pinned() / "openapi.yaml").write_text(edited, "utf-8")
    assert "specwire update shop" in specwire("generate", "shop")[2]
    code, _, err = specwire("update", "shop", "--yes")
    assert 1 == code
    assert "specs/shop/openapi.yaml: edits made by hand would be lost; move them to overlay.yaml" in err
    assert edited == (pinned() / "openapi.yaml").read_text("utf-8")
    assert 0 == exit_code("update", "shop", "--yes", "--force")
    assert 0 == exit_code("generate", "shop")


def test_an_unreadable_edit_does_not_prevent_an_update(project: Path, specwire: Specwire) -> None:
    """There is nothing to compare with."""
    (pinned() / "openapi.yaml").write_text("{broken", "utf-8")
    code, out, err = specwire("update", "shop", "--yes", "--force")
    assert (0, "") == (code, err)
    assert "shop: shop.yaml has version 2.0\n" in out
    assert 0 == exit_code("generate", "shop")


def test_a_copy_that_is_edited_while_asking_is_kept(project: Path) -> None:
    """The question did not cover what would be lost."""
    found = find_update(provider(Path(), "shop"), Access())
    (pinned() / "openapi.yaml").write_text("mine", "utf-8")
    with pytest.raises(Exception, match="the copies were changed during the update"):
        apply_update(found, DAY)
    assert "mine" == (pinned() / "openapi.yaml").read_text("utf-8")


def test_what_no_longer_fits_is_named(project: Path, specwire: Specwire) -> None:
    """Overlay actions, names in client.toml, and overrides: the new version is pinned, since they follow it."""
    overlay = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n"
    overlay += "  - {target: '$.components.schemas.Order.properties.note', update: {description: A note.}}\n"
    (pinned() / "overlay.yaml").write_text(overlay, "utf-8")
    (pinned() / "client.toml").write_text('[operations]\n"orders.delete" = "orders.remove"\n', "utf-8")
    folder = Path("overrides/specwire_overrides/shop")
    folder.mkdir(parents=True)
    (folder / "orders.py").write_text(OVERRIDE, "utf-8")
    assert 0 == exit_code("accept", "orders.retrieve")
    assert 0 == exit_code("generate", "shop")
    changed = NEW.replace("    delete: {operationId: orders.delete, responses: {'204': {description: done}}}\n", "")
    changed = changed.replace("schema: {type: string}}]", "schema: {type: integer}}]")
    Path("shop.yaml").write_text(changed, "utf-8")
    code, out, err = specwire("update", "shop", "--yes")
    assert 0 == code
    assert "client.orders.remove(): removed" in out
    assert "warning[overlay-no-match] specs/shop/overlay.yaml:4:6" in err
    assert "error[override-stale] overrides/specwire_overrides/shop/orders.py:8" in err
    assert "- path parameter id (str, required)" in err
    assert "orders.delete" in err
    assert changed == (pinned() / "openapi.yaml").read_text("utf-8")


def test_an_override_of_a_removed_operation_is_named(project: Path, specwire: Specwire) -> None:
    """The other overrides are still compared."""
    folder = Path("overrides/specwire_overrides/shop")
    folder.mkdir(parents=True)
    (folder / "orders.py").write_text(OVERRIDE, "utf-8")
    assert 0 == exit_code("accept", "orders.retrieve")
    Path("shop.yaml").write_text(NEW.replace("orders.retrieve", "orders.get"), "utf-8")
    code, _, err = specwire("update", "shop", "--check")
    assert 1 == code
    assert "find depends on 'orders.retrieve', which is not an operation of the document" in err


def test_what_was_wrong_before_is_not_reported_again(project: Path, specwire: Specwire) -> None:
    """A warning that both versions have is not news."""
    overlay = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n  - {target: $.nothing, remove: true}\n"
    (pinned() / "overlay.yaml").write_text(overlay, "utf-8")
    assert "" == specwire("update", "shop", "--check")[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{broken", "broken-yaml"),
        ("", "empty-file"),
        ("[1, 2]", "not-an-object"),
        ("info: {title: T, version: '1'}", "no-version"),
        ("openapi: 4.0.0\ninfo: {title: T, version: '1'}\npaths: {}", "unsupported-version"),
        ("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web-page"),
        ("<html lang=en>\n<title>a: b</title></html>", "web-page"),
    ],
)
def test_a_source_that_is_no_document_changes_nothing(
    project: Path, specwire: Specwire, text: str, message: str
) -> None:
    """The error names the source."""
    Path("shop.yaml").write_text(text, "utf-8")
    before = tree(project / "specs")
    code, _, err = specwire("update", "shop", "--yes")
    assert 1 == code
    assert f"error[{message}] shop.yaml" in err
    assert before == tree(project / "specs")
    assert 3 == exit_code("update", "shop", "--check")


def test_other_encodings_are_told_apart(project: Path, specwire: Specwire) -> None:
    """UTF-16 with its mark is read; bytes of another encoding are an error."""
    Path("shop.yaml").write_bytes(NEW.encode("utf-16"))
    assert 1 == exit_code("update", "shop", "--check")
    Path("shop.yaml").write_bytes(NEW.replace("Shop", "Café").encode("latin-1"))
    assert "not-utf8" in specwire("update", "shop", "--check")[2]


@pytest.mark.parametrize("name", ["shop", "nobody"])
def test_a_check_without_an_answer_has_its_own_exit_code(project: Path, specwire: Specwire, name: str) -> None:
    """A source that is gone and an unknown provider say nothing about versions; wrong usage remains 2."""
    Path("shop.yaml").unlink()
    code, out, err = specwire("update", name, "--check")
    assert (3, "") == (code, out)
    assert "error" in err
    assert 2 == exit_code("update", name, "--check", "--unknown")


def test_a_document_that_moved_is_named_by_hand(project: Path, specwire: Specwire) -> None:
    """The error reports it, and the new place is recorded."""
    Path("shop.yaml").rename("elsewhere.yaml")
    code, _, err = specwire("update", "shop", "--yes")
    assert 1 == code
    assert "if the document has moved, name its new place: --from FILE or URL" in err
    assert 0 == exit_code("update", "shop", "--yes", "--from", "elsewhere.yaml")
    assert "../../elsewhere.yaml" == tomllib.loads((pinned() / "source.toml").read_text("utf-8"))["from"]
    assert 0 == exit_code("update", "shop")


def test_a_document_of_ones_own_becomes_a_copy_by_force(project: Path, specwire: Specwire) -> None:
    """Without source.toml the document is the user's own text."""
    (pinned() / "source.toml").unlink()
    assert "is your own document: edit it, or name where its versions come from" in specwire("update", "shop")[2]
    assert 1 == exit_code("update", "shop", "--from", "shop.yaml", "--yes")
    assert 0 == exit_code("update", "shop", "--from", "shop.yaml", "--yes", "--force")
    assert NEW == (pinned() / "openapi.yaml").read_text("utf-8")
    assert (pinned() / "source.toml").is_file()


def test_a_pin_without_a_place_asks_for_one(project: Path, specwire: Specwire) -> None:
    """Versions before this one recorded the name of a file only."""
    text = (pinned() / "source.toml").read_text("utf-8")
    (pinned() / "source.toml").write_text("".join(line for line in text.splitlines(True) if "from =" not in line))
    assert "does not say where the document is but 'shop.yaml'" in specwire("update", "shop")[2]


@pytest.mark.parametrize("place", ["/etc/hostname", "../../../../../../../../../../etc/hostname", "../../.secret.yaml"])
def test_source_toml_leads_to_no_hidden_or_distant_file(project: Path, specwire: Specwire, place: str) -> None:
    """It is part of the project, and as untrusted as its document."""
    Path(".secret.yaml").write_text(OLD, "utf-8")
    text = (pinned() / "source.toml").read_text("utf-8")
    (pinned() / "source.toml").write_text(text.replace("../../shop.yaml", place), "utf-8")
    assert "hidden or too far away: to allow it, use --from FILE" in specwire("update", "shop", "--yes")[2]


def test_files_of_a_split_document_come_and_go(project: Path, specwire: Specwire) -> None:
    """New parts are added and old ones removed, with the folders that they leave empty; other files are kept."""
    split = OLD.replace("'#/components/schemas/Order'", "parts/deep/order.yaml")
    Path("parts/deep").mkdir(parents=True)
    order = "{type: object, required: [id], properties: {id: {type: string}}}"
    Path("parts/deep/order.yaml").write_text(order, "utf-8")
    Path("shop.yaml").write_text(split, "utf-8")
    assert 0 == exit_code("update", "shop", "--yes")
    copy = next(pinned().glob("parts/**/order.yaml"))
    assert 0 == exit_code("generate", "shop")
    (pinned() / "notes.md").write_text("mine", "utf-8")
    Path("parts/deep/order.yaml").write_text(order.replace("string", "integer"), "utf-8")
    code, out, _ = specwire("update", "shop", "--check")
    assert (1, True) == (code, "models.Order.id: str is now int" in out), out
    Path("shop.yaml").write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "3"}, "paths": {}}))
    shutil.rmtree("parts")
    assert 0 == exit_code("update", "shop", "--yes")
    assert not copy.exists()
    assert ["client.toml", "normalized.json", "notes.md", "openapi.json", "source.toml"] == sorted(tree(pinned()))


def test_a_part_never_replaces_a_file_that_is_no_copy(project: Path) -> None:
    """It gets another place."""
    (pinned() / "order.yaml").write_text("mine", "utf-8")
    (pinned() / "parts").write_text("mine too", "utf-8")
    Path("order.yaml").write_text("{type: object, properties: {id: {type: string}}}", "utf-8")
    Path("shop.yaml").write_text(OLD.replace("'#/components/schemas/Order'", "order.yaml"), "utf-8")
    assert 0 == exit_code("update", "shop", "--yes")
    assert "mine" == (pinned() / "order.yaml").read_text("utf-8")
    assert 0 == exit_code("generate", "shop")


def test_a_document_never_replaces_a_file_of_the_other_form(project: Path, specwire: Specwire) -> None:
    """`openapi.json` next to `openapi.yaml` is somebody's."""
    (pinned() / "openapi.yml").write_text("mine", "utf-8")
    (pinned() / "openapi.yaml").rename(pinned() / "openapi.json")
    Path("shop.yaml").write_text(NEW, "utf-8")
    (pinned() / "openapi.yaml").write_text("mine", "utf-8")
    code, _, err = specwire("update", "shop", "--yes", "--force")
    assert (1, True) == (code, "specs/shop/openapi.yaml is not the document of shop" in err), err
    assert "mine" == (pinned() / "openapi.yaml").read_text("utf-8")


def test_reports_have_the_forms_of_diff(project: Path, specwire: Specwire) -> None:
    """For a scheduled job that opens a pull request."""
    code, out, _ = specwire("update", "shop", "--check", "--format", "markdown", "-o", "update.md")
    assert 1 == code
    assert "wrote update.md: 1 breaking, 0 risky, 1 safe" in out
    assert Path("update.md").read_text("utf-8").startswith("## Client changes: `shop 1.0` to `shop 2.0`")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('from = "a\\u0000b"', "NUL character"),
        ("from = 5", "error"),
        ('from = "ftp://127.0.0.1:1/x"', "error"),
        ('from = "https://"', "error"),
        ('from = "http://[::1"', "error"),
        ('from = "openapi.yaml"', "is the copy itself"),
        ('from = "."', "is-a-directory"),
        ('from = "overlay.yaml"', "no-such-file"),
        ("sha256 = []", "error"),
        ("[[parts]]\nfile = '../../../x'\nsources = []\nsha256 = ''", "error"),
    ],
)
def test_a_hostile_source_toml_is_a_clear_error(project: Path, specwire: Specwire, line: str, message: str) -> None:
    """Nothing is written, and nothing is internal."""
    key = line.partition(" ")[0]
    lines = (pinned() / "source.toml").read_text("utf-8").splitlines()
    kept = [each for each in lines if not each.startswith(f"{key} =")]
    (pinned() / "source.toml").write_text("\n".join([*kept, line, ""]), "utf-8")
    before = tree(project / "specs")
    code, _, err = specwire("update", "shop", *(() if key == "sha256" else ("--yes",)))
    assert (1, True, False) == (code, message in err, "internal error" in err), err
    assert before == tree(project / "specs")


def test_a_provider_in_a_linked_folder_is_updated_there(project: Path) -> None:
    """The link stays."""
    (project / "elsewhere").mkdir()
    pinned().rename(project / "elsewhere/shop")
    pinned().symlink_to(project / "elsewhere/shop")
    assert 0 == exit_code("update", "shop", "--yes", "--from", "shop.yaml")
    assert pinned().is_symlink()
    assert NEW == (project / "elsewhere/shop/openapi.yaml").read_text("utf-8")


@pytest.mark.parametrize("name", ["../shop", "", "shop/", "no", "shop\n", "--shop"])
def test_an_unknown_provider_is_a_clear_error(project: Path, specwire: Specwire, name: str) -> None:
    """Whatever it is called."""
    code, out, err = specwire("update", name)
    assert code in (1, 2)
    assert "internal error" not in err + out and "Traceback" not in err
