"""Writing a package: what is removed, replaced or left alone."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.output import package as packages
from specwire_codegen.output.files import replace_file
from specwire_codegen.output.manifest import MANIFEST, manifest
from specwire_codegen.output.package import compare, write
from specwire_codegen.output.paths import inside

OLD = {"__init__.py": "", "client.py": "a = 1\n", "models/__init__.py": "b = 2\n", "resources/orders.py": "c = 3\n"}
NEW = {"__init__.py": "", "client.py": "a = 2\n", "models/__init__.py": "b = 2\n", "operations/orders.py": "d = 4\n"}


def package(files: Mapping[str, str], normalized: str | None = None) -> dict[str, str]:
    return {**files, MANIFEST: manifest(files, {}, normalized)}


def put(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def tree(folder: Path) -> dict[str, str]:
    """Return everything below a folder: text of files, targets of links, types of the rest."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = path.read_bytes().decode()
        elif not path.is_dir():
            found[name] = "special"
        elif not any(path.iterdir()):
            found[name] = "empty folder"
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Package as the last run wrote it."""
    write(tmp_path / "shop", package(OLD))
    return tmp_path / "shop"


def rejection(folder: Path, *, force: bool = False) -> str:
    """Return why a package is not written; nothing may have changed."""
    before = tree(folder.parent)
    with pytest.raises(SpecwireCodegenError) as refused:
        write(folder, package(NEW), force=force)
    assert before == tree(folder.parent)
    return str(refused.value)


def test_only_changed_files_are_reported(folder: Path) -> None:
    """Changed, created and removed files are named; a second run changes nothing."""
    expected = ["change MANIFEST.json", "change client.py", "create operations/orders.py", "remove resources/orders.py"]
    assert expected == compare(folder, package(NEW)) == write(folder, package(NEW))
    assert package(NEW) == tree(folder)
    assert [] == write(folder, package(NEW))
    assert ["shop"] == os.listdir(folder.parent)


@pytest.mark.parametrize("kept", [OLD, {}], ids=["replaced", "created"])
@pytest.mark.parametrize("movable", [True, False])
def test_a_folder_with_the_files_is_moved_or_copied(
    tmp_path: Path, kept: Mapping[str, str], movable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways write the same package, with the same permissions."""
    if kept:
        write(tmp_path / "shop", package(kept))
    write(tmp_path / "written", package(NEW))
    ready = tmp_path / "scratch" / "shop"
    put(ready, NEW)
    if not movable:
        monkeypatch.setattr(packages, "_moved", lambda *_: False)
    write(tmp_path / "shop", package(NEW), ready=ready)
    assert package(NEW) == tree(tmp_path / "shop")
    assert ready.exists() is not movable
    modes = [
        {path.relative_to(root): path.stat().st_mode for path in (root, *root.rglob("*"))}
        for root in (tmp_path / "shop", tmp_path / "written")
    ]
    assert modes[0] == modes[1]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "name", ["my_own.py", "models/mine.py", "data/", "resources/__pycache__/notes.txt", "Client.py"]
)
def test_foreign_files_are_never_touched(folder: Path, name: str, force: bool) -> None:
    """A file or folder that the manifest does not list stops the run and is named, even with --force."""
    put(folder, {f"{name}x.txt" if name.endswith("/") else name: "mine"})
    message = rejection(folder, force=force)
    assert name in message and "specwire never deletes them" in message


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        '{"name": "chrome extension"}',
        '{"generator": {"specwire": "0.1.0"}, "outputs": {"precious.txt": "0"}}',
        '{"outputs": {}}',
        "[]",
        "{",
        "\N{SNOWMAN}",
        "[" * 100_000,
    ],
)
def test_a_foreign_manifest_is_not_used(tmp_path: Path, text: str, force: bool) -> None:
    """A file that only has the name of our manifest is foreign, and so are all files next to it."""
    put(tmp_path / "shop", {MANIFEST: text, "precious.txt": "x"})
    message = rejection(tmp_path / "shop", force=force)
    assert "MANIFEST.json, precious.txt" in message and "another folder" in message


@pytest.mark.parametrize("force", [False, True])
def test_a_merge_conflict_in_the_manifest_is_named(folder: Path, force: bool) -> None:
    """The generated files are unknown then; the help names the remedy."""
    text = (folder / MANIFEST).read_text("utf-8")
    (folder / MANIFEST).write_text(f"<<<<<<< ours\n{text}=======\n{text}>>>>>>> theirs\n", "utf-8")
    found = rejection(folder, force=force)
    assert "error[merge-conflict]" in found and MANIFEST in found and "git checkout" in found


def test_an_edited_file_is_replaced_only_by_force(folder: Path) -> None:
    """Edited generated files stop the run, also those to remove; --force discards the edits."""
    put(folder, {"client.py": "a = 1  # better\n", "resources/orders.py": "mine\n"})
    message = rejection(folder)
    assert "client.py, resources/orders.py" in message and "--force" in message
    write(folder, package(NEW), force=True)
    assert package(NEW) == tree(folder)


def test_a_file_with_its_new_contents_is_not_edited(folder: Path) -> None:
    """It needs no --force, whatever the manifest says."""
    put(folder, {"client.py": NEW["client.py"]})
    write(folder, package(NEW))
    assert package(NEW) == tree(folder)


def test_other_line_endings_are_not_edits(folder: Path) -> None:
    """Version control may change them."""
    for name, text in OLD.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode())
    write(folder, package(NEW))
    assert package(NEW) == tree(folder)


def test_missing_files_are_written_again(folder: Path) -> None:
    """Deleted files are restored."""
    shutil.rmtree(folder / "models")
    write(folder, package(NEW))
    assert package(NEW) == tree(folder)


def test_bytecode_is_removed_with_its_modules(folder: Path) -> None:
    """`__pycache__` neither stops a run nor survives the modules."""
    put(folder, {"__pycache__/client.cpython-311.pyc": "x", "resources/__pycache__/orders.cpython-311.pyc": "x"})
    write(folder, package(NEW))
    assert package(NEW) == tree(folder)


def test_an_existing_empty_folder_is_used(tmp_path: Path) -> None:
    """It keeps its permissions; a new one is readable by all."""
    (tmp_path / "shop").mkdir(mode=0o700)
    write(tmp_path / "shop", package(NEW))
    write(tmp_path / "out/other", package(NEW))
    assert package(NEW) == tree(tmp_path / "shop") == tree(tmp_path / "out/other")
    assert (0o700, 0o755) == (
        (tmp_path / "shop").stat().st_mode & 0o777,
        (tmp_path / "out/other").stat().st_mode & 0o777,
    )


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("kind", ["file", "fifo", "link", "dangling", "parent", "parent fifo"])
def test_an_output_path_that_is_not_a_folder_is_an_error(tmp_path: Path, kind: str, force: bool) -> None:
    """A package takes the place of nothing but a folder."""
    folder = tmp_path / ("shop/inner/deep" if kind.startswith("parent") else "shop")
    match kind:
        case "file" | "parent":
            (tmp_path / "shop").write_text("mine")
        case "fifo" | "parent fifo":
            os.mkfifo(tmp_path / "shop")
        case "link":
            put(tmp_path / "real", package(OLD))
            (tmp_path / "shop").symlink_to("real")
        case "dangling":
            (tmp_path / "shop").symlink_to("nowhere")
    before = tree(tmp_path)
    code = "output-is-a-link" if kind in ("link", "dangling") else "output-not-a-"
    with pytest.raises(SpecwireCodegenError, match=rf"(?s)error\[{code}.*shop: .*help: "):
        write(folder, package(NEW), force=force)
    assert before == tree(tmp_path)


@pytest.mark.parametrize("kind", ["link to file", "link to folder", "fifo", "folder"])
def test_other_types_of_files_in_a_package_are_foreign(folder: Path, kind: str) -> None:
    """A link, a fifo or a folder with the name of a generated file; their contents are not touched."""
    put(folder.parent / "elsewhere", {"client.py": OLD["client.py"]})
    (folder / "client.py").unlink()
    match kind:
        case "link to file":
            (folder / "client.py").symlink_to("../elsewhere/client.py")
        case "link to folder":
            shutil.rmtree(folder / "models")
            (folder / "models").symlink_to("../elsewhere")
        case "fifo":
            os.mkfifo(folder / "client.py")
        case "folder":
            put(folder, {"client.py/x.txt": "mine"})
    assert "foreign-files" in rejection(folder, force=True)


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("nth", range(1, 5))
@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_a_failed_replacement_restores_everything(
    folder: Path, monkeypatch: pytest.MonkeyPatch, nth: int, problem: BaseException, lasting: bool
) -> None:
    """Whichever fails, the former package and document are there, and nothing else."""
    normalized = folder.with_name("normalized.json")
    write(folder, package(OLD, "1"), normalized=(normalized, "1"))
    before, real, calls = tree(folder.parent), os.replace, 0

    def failing(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == nth or (lasting and calls > nth):
            raise problem
        real(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises((SpecwireCodegenError, KeyboardInterrupt)) as stopped:
        write(folder, package(NEW, "2"), normalized=(normalized, "2"))
    if lasting and nth > 1 and isinstance(problem, OSError):
        # If restoring fails, nothing is lost: the message names the place.
        assert "the previous contents are in" in str(stopped.value)
        assert set(before.values()) <= set(tree(folder.parent).values())
    elif not lasting:
        assert before == tree(folder.parent)


def test_missing_folders_are_created_or_left_out_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed run leaves none of them."""
    folder = tmp_path / "some/deep/shop"

    def failing(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", failing)
        with pytest.raises(SpecwireCodegenError, match="No space left"):
            write(folder, package(OLD))
    assert {} == tree(tmp_path)
    write(folder, package(OLD))
    assert package(OLD) == tree(folder)


def test_a_full_disk_leaves_no_temporary_files(folder: Path) -> None:
    """Neither of the package nor of the document next to it."""
    normalized = folder.with_name("normalized.json")
    write(folder, package(OLD, "1"), normalized=(normalized, "1"))
    before, limits = tree(folder.parent), resource.getrlimit(resource.RLIMIT_FSIZE)
    changes: list[tuple[dict[str, str], str]] = [(package({**NEW, "long.py": "x = 1\n" * 50_000}, "2"), "2")]
    changes.append((package(NEW, "2" * 200_000), "2" * 200_000))
    for files, text in changes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            with pytest.raises(SpecwireCodegenError, match="File too large"):
                write(folder, files, normalized=(normalized, text))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert before == tree(folder.parent)


def test_the_former_files_are_removed_after_a_replacement(folder: Path) -> None:
    """Nothing else is left next to package and document."""
    normalized = folder.with_name("normalized.json")
    for files, text in ((OLD, "1"), (NEW, "2")):
        write(folder, package(files, text), normalized=(normalized, text))
    assert ["normalized.json", "shop"] == sorted(os.listdir(folder.parent))


def test_many_foreign_files_are_counted(folder: Path) -> None:
    """The first ones are listed; few are listed all."""
    put(folder, {f"mine{number}.txt": "x" for number in range(3)})
    few = rejection(folder)
    assert "mine0.txt, mine1.txt, mine2.txt" in few and " more" not in few
    put(folder, {f"mine{number}.txt": "x" for number in range(3, 30)})
    assert re.search(r"mine\d+\.txt and \d+ more", rejection(folder))


@pytest.mark.parametrize("function", ["mkdtemp", "mkstemp"])
def test_an_unwritable_folder_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    """The message has path and reason, and nothing changed."""

    def refused(**options: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder.parent))

    before = tree(folder.parent)
    monkeypatch.setattr(tempfile, function, refused)
    with pytest.raises(SpecwireCodegenError, match=rf"error\[not-writable\] {folder.parent}: .*Permission denied"):
        write(folder, package(NEW, "2"), normalized=(folder.with_name("normalized.json"), "2"))
    assert before == tree(folder.parent)


def test_a_file_that_appears_during_the_run_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not removed with the former package."""
    real = os.replace

    def racing(source: Path, target: Path) -> None:
        if source == folder:
            put(folder, {"late.py": "mine"})
        real(source, target)

    monkeypatch.setattr(os, "replace", racing)
    with pytest.raises(SpecwireCodegenError, match="was changed while it was generated"):
        write(folder, package(NEW))
    assert package(NEW) == tree(folder)
    assert "mine" in tree(folder.parent).values()


@pytest.mark.parametrize("name", ["../x.py", "a/../../x.py", "/etc/x.py", "link/x.py"])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    """Not through links either."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path)
    with pytest.raises(SpecwireCodegenError, match="leads out of the output folder"):
        inside(tmp_path / "in", name)
    assert (tmp_path / "in/a/x.py").resolve() == inside(tmp_path / "in", "a/b/../x.py")


@pytest.mark.parametrize(("one", "other"), [("a/Order.py", "a/order.py"), ("\xe9.py", "e\u0301.py")])
def test_names_that_collide_on_other_systems_are_rejected(tmp_path: Path, one: str, other: str) -> None:
    """They differ in case or composition only."""
    with pytest.raises(SpecwireCodegenError, match="the same file on some systems"):
        write(tmp_path / "shop", package({one: "", other: ""}))
    assert [] == os.listdir(tmp_path)


def test_the_normalized_document_is_replaced_only_if_unedited(tmp_path: Path) -> None:
    """The manifest has its hash; an edited one needs --force, a link is never replaced."""
    folder, normalized = tmp_path / "shop", tmp_path / "normalized.json"
    write(folder, package(OLD, "1"), normalized=(normalized, "1"))
    assert ["change MANIFEST.json", f"write {normalized}"] == [
        change for change in write(folder, package(OLD, "2"), normalized=(normalized, "2"))
    ]
    normalized.write_text("mine")
    with pytest.raises(SpecwireCodegenError, match="edited-files"):
        write(folder, package(NEW, "3"), normalized=(normalized, "3"))
    assert (package(OLD, "2"), "mine") == (tree(folder), normalized.read_text())
    write(folder, package(NEW, "3"), normalized=(normalized, "3"), force=True)
    assert (package(NEW, "3"), "3") == (tree(folder), normalized.read_text())
    (tmp_path / "real").write_text("3")
    normalized.unlink()
    normalized.symlink_to("real")
    with pytest.raises(SpecwireCodegenError, match="not a regular file"):
        write(folder, package(NEW, "4"), normalized=(normalized, "4"), force=True)
    assert (package(NEW, "3"), "3") == (tree(folder), normalized.read_text())


def test_a_single_file_is_replaced_atomically(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing folders are created; a failure keeps the former text and leaves no temporary file."""
    path = tmp_path / "deep/one.json"
    replace_file(path, "1")
    replace_file(path, "2")
    assert {"one.json": "2"} == tree(path.parent)

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(SpecwireCodegenError, match="No space left"):
            replace_file(path, "3")
    assert {"one.json": "2"} == tree(path.parent)


@pytest.mark.parametrize("kind", ["folder", "link", "dangling", "fifo"])
def test_a_single_file_takes_the_place_of_a_file_only(tmp_path: Path, kind: str) -> None:
    """Anything else stays as it is."""
    path = tmp_path / "one.json"
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "link":
            (tmp_path / "other.json").write_text("1")
            path.symlink_to("other.json")
        case _:
            path.symlink_to("nowhere")
    with pytest.raises(
        SpecwireCodegenError, match=r"error\[output-not-a-file\] .*one.json: this is not a regular file"
    ):
        replace_file(path, "3")
    assert not path.is_file() or "1" == path.read_text()


NAMES = st.sampled_from(
    [*OLD, *NEW, MANIFEST, "mine.py", "models/own.py", "data/x.csv", "resources", "__pycache__/y.pyc"]
)
TEXTS = st.sampled_from(["", "mine\n", *OLD.values(), *NEW.values()])


@given(ours=st.booleans(), changes=st.dictionaries(NAMES, st.none() | TEXTS, max_size=5), force=st.booleans())
def test_no_folder_loses_foreign_files(ours: bool, changes: dict[str, str | None], force: bool) -> None:
    """For any changes of a folder, writing succeeds and removes generated files only, or changes nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        if ours:
            write(folder, package(OLD))
        for path, text in _applicable(folder, changes):
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        before = tree(folder)
        listed = _listed(before)
        written = package(OLD)
        try:
            write(folder, package(NEW), force=force)
        except SpecwireCodegenError:
            assert before == tree(folder)
        else:
            assert package(NEW) == tree(folder)
            for lost in set(before.items()) - set(tree(folder).items()):
                ours_still = lost[0] in listed and (force or lost[1] == written.get(lost[0]) or lost[0] == MANIFEST)
                assert ours_still or lost[0].endswith(".pyc") or lost[1] == "empty folder", lost
        assert ["shop"] == os.listdir(name) or not before


def _applicable(folder: Path, changes: Mapping[str, str | None]) -> Iterator[tuple[Path, str | None]]:
    for name, text in changes.items():
        path = folder / name
        if not path.is_dir() and not any(parent.is_file() for parent in path.parents):
            yield path, text


def _listed(files: Mapping[str, str]) -> set[str]:
    try:
        return {*json.loads(files.get(MANIFEST, ""))["outputs"], MANIFEST}
    except (ValueError, TypeError, KeyError):
        return set()
