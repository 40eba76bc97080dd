"""Names of packages and their modules: none hides a module that clients import."""

from __future__ import annotations

import json
import keyword
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import SpecwireCodegenError
from specwire_codegen.incremental import generate
from specwire_codegen.project import require_package_name, single

DEPENDENCIES = ("anyio", "h11", "httpcore2", "httpx2", "idna", "msgspec", "specwire", "truststore")


@pytest.mark.parametrize("name", ["acme", "acme_api", "a1", "openai", "shop2"])
def test_an_ordinary_name_is_accepted(name: str) -> None:
    """Lower-case letters, digits and underscores."""
    require_package_name(name)


@pytest.mark.parametrize(
    "name", ["", "1a", "A", "a-b", "a.b", "a.", "../a", "__init__", "__main__", "_", "é", "a b", "a\n", *keyword.kwlist]
)
def test_an_invalid_name_is_rejected(name: str) -> None:
    """Names that cannot be imported or are keywords."""
    with pytest.raises(SpecwireCodegenError, match="is not a package name"):
        require_package_name(name)


@pytest.mark.parametrize("name", DEPENDENCIES)
def test_names_of_dependencies_are_rejected(name: str) -> None:
    """A client would import the package instead of its dependency."""
    with pytest.raises(SpecwireCodegenError, match=f"choose another, such as my_{name}"):
        require_package_name(name)


def test_names_of_the_standard_library_are_rejected() -> None:
    """No module of the standard library can be hidden by a client."""
    names = {name for name in sys.stdlib_module_names if not name.startswith("_") and name.islower()}
    assert {"os", "json", "typing", "email", "asyncio"} <= names
    for name in names:
        with pytest.raises(SpecwireCodegenError, match="is a package that clients need"):
            require_package_name(name)


DEVICES = ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]


@pytest.mark.parametrize("name", DEVICES)
def test_windows_device_names_are_rejected(name: str) -> None:
    """No folder can have such a name."""
    with pytest.raises(SpecwireCodegenError, match=f"choose another, such as my_{name}"):
        require_package_name(name)


def test_file_names_are_valid_on_every_system(tmp_path: Path) -> None:
    """For any tags, no file has the name of a device, and no two differ in case or composition only."""
    tags = [
        *DEVICES,
        *map(str.upper, DEVICES),
        "Con.txt",
        "nul_",
        "root",
        "root_",
        "Root",
        "COM¹",
        "..",
        "a.",
        "A ",
        "a",
        "ſ",
    ]
    tags += ["s", "K", "k", "é", "e\u0301", "É", "__init__", "__main__", "x" * 300, "x" * 301]
    paths = {
        f"/p{index}": {"get": {"operationId": f"get{index}", "tags": [tag], "responses": {"204": {"description": "d"}}}}
        for index, tag in enumerate(tags)
    }
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    (tmp_path / "spec.json").write_text(json.dumps(document), "utf-8")
    methods = "get0 = 'con_.get'\nget1 = 'root_.get'\nget2 = 'con.get'\nget3 = 'root.get'\n"
    (tmp_path / "client.toml").write_text(f"[operations]\n{methods}", "utf-8")
    api = generate(single(tmp_path / "spec.json", "acme", tmp_path)).api
    assert api is not None and len(tags) == len(api.operations)
    files = [path.relative_to(tmp_path / "acme") for path in (tmp_path / "acme").rglob("*")]
    for path in files:
        assert path.name.split(".")[0].lower() not in DEVICES
        assert path.name.isascii() and not path.name.endswith((".", " ")) and len(path.name) < 200
    assert len(files) == len({str(path).casefold() for path in files})


def test_tags_may_have_names_of_modules(tmp_path: Path) -> None:
    """Resources are inside the package, where they hide nothing."""
    tags = ["typing", "json", "os", "datetime", "uuid", "decimal", "collections", "builtins", "enum", "types"]
    tags += ["specwire", "msgspec", "models", "inputs", "client", "operations", "resources", "root", "acme"]
    done = {
        "200": {"description": "d", "content": {"application/json": {"schema": {"type": "string", "format": "date"}}}}
    }
    paths: dict[str, Any] = {
        f"/{tag}": {"get": {"operationId": f"{tag}_get", "tags": [tag], "responses": done}} for tag in tags
    }
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    (tmp_path / "spec.json").write_text(json.dumps(document), "utf-8")
    api = generate(single(tmp_path / "spec.json", "acme", tmp_path)).api
    assert api is not None
    methods = [".".join(("client", *operation.method)) for operation in api.operations]
    lines = [
        "import acme",
        "client = acme.Acme(base_url='http://127.0.0.1:9')",
        *(f"{method}.request()" for method in methods),
    ]
    command = [sys.executable, "-c", "\n".join([*lines, "print('done')"])]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "done\n" == ran.stdout, ran.stderr
