"""Committed clients: complete, importable, strict-clean, and as `make` writes them."""

from __future__ import annotations
from tests.support.paths import ROOT

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from specwire._codec.codec import decoder
from specwire_codegen.generate import build, check
from specwire_codegen.project import Target, provider, providers
from specwire_codegen.output.formatting import formatted

OPERATIONS = {"aitre": 16, "mistral": 30, "moonshot": 13}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def target(name: str, monkeypatch: pytest.MonkeyPatch) -> Target:
    monkeypatch.chdir(ROOT)
    return provider(Path(), name)


def modules(package: str) -> list[str]:
    folder = ROOT / "generated" / package.replace(".", "/")
    paths = sorted(path.relative_to(ROOT / "generated") for path in folder.rglob("*.py"))
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def test_there_are_three_providers() -> None:
    """Each has a document."""
    assert sorted(OPERATIONS) == providers(ROOT)


@pytest.mark.parametrize("name", OPERATIONS)
def test_committed_clients_are_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Generating again changes no byte of packages and normalized documents."""
    assert [] == check(target(name, monkeypatch))


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_operation_is_dropped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation of the document is a method of the client."""
    one = target(name, monkeypatch)
    assert one.normalized is not None
    document = json.loads(one.normalized.read_text("utf-8"))
    ids = {item[method]["operationId"] for item in document["paths"].values() for method in METHODS if method in item}
    assert OPERATIONS[name] == len(ids)
    assert ids == {operation.id for operation in build(one).api.operations}


@pytest.mark.parametrize("name", OPERATIONS)
def test_formatting_again_changes_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Generated files are formatted by ruff."""
    files = {path: text for path, text in build(target(name, monkeypatch)).files.items() if path.endswith(".py")}
    assert files == formatted(files)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_module_imports(name: str) -> None:
    """Also those for type checkers only."""
    found = modules(f"specwire_clients.{name}")
    assert f"specwire_clients.{name}.client" in found
    for module in found:
        importlib.import_module(module)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_model_can_be_decoded(name: str) -> None:
    """msgspec can make a decoder of it."""
    models = importlib.import_module(f"specwire_clients.{name}.models")
    assert models.__all__
    for model in models.__all__:
        decoder(getattr(models, model))


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_package_is_lazy(name: str) -> None:
    """Importing the package imports neither its client nor an HTTP library."""
    code = f"import sys, specwire_clients.{name} as p; print([m for m in sys.modules if 'httpx' in m or m.endswith('.client')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout


def test_generated_code_has_no_silencers() -> None:
    """No check is disabled."""
    for path in sources(ROOT / "generated"):
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("type: ignore", "noqa", "pyright:")), path


def sources(folder: Path) -> list[Path]:
    """Return the modules of a folder; there must be some."""
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} has no modules"
    return found


def imported(node: ast.AST) -> set[str]:
    """Return the top-level packages that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        return {node.module.partition(".")[0]}
    return set()


def imports_of(folder: Path, *facades: str) -> set[str]:
    """Return the top-level packages that the modules of a folder import, at any place, except for some modules."""
    trees = (ast.parse(path.read_text("utf-8")) for path in sources(folder) if path.name not in facades)
    return {name for tree in trees for node in ast.walk(tree) for name in imported(node)}


def test_imports_lead_in_one_direction() -> None:
    """The runtime does not import the generator, the generator no generated code, overrides no client.

    `specwire.testing` is the public name of a package of the generator, which no module of the runtime uses.
    """
    facade = ROOT / "runtime" / "specwire" / "testing.py"
    users = [path for path in sources(facade.parent) if "specwire.testing" in path.read_text("utf-8")]
    assert users == [facade]
    assert not imports_of(facade.parent, facade.name) & {
        "specwire_codegen",
        "specwire_overrides",
        "specwire_clients",
        "attrs",
        "httpx",
    }
    assert not imports_of(ROOT / "codegen" / "specwire_codegen") & {"specwire_clients", "specwire_overrides"}
    assert not imports_of(ROOT / "overrides" / "specwire_overrides") & {"specwire_codegen"}
    operations = sorted((ROOT / "generated" / "specwire_clients").glob("*/operations"))
    assert len(OPERATIONS) == len(operations)
    assert all("specwire_overrides" not in imports_of(folder) for folder in operations)


HTTP_LIBRARIES = {"httpx", "httpx2", "httpcore", "httpcore2"}


def importing_http(folder: Path) -> list[str]:
    """Return the modules of a folder that import an HTTP library, except for type checkers."""
    found = []
    for path in sources(folder):
        tree = ast.parse(path.read_text("utf-8"))
        unseen = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for statement in node.body
            for inner in ast.walk(statement)
        }
        if any(imported(node) & HTTP_LIBRARIES for node in ast.walk(tree) if id(node) not in unseen):
            found.append(path.relative_to(folder).as_posix())
    return found


def test_few_runtime_modules_know_the_http_library() -> None:
    """HTTP libraries are imported in the transport, in the connection pools, and for users of clients with `[compat]`."""
    pools = ("async_pools", "network_backend", "proxies", "sync_pools", "tls")
    known = ["_compat/http.py", "_http/transport.py", *(f"_pools/{name}.py" for name in pools)]
    assert known == importing_http(ROOT / "runtime" / "specwire")


def test_every_form_of_import_is_found(tmp_path: Path) -> None:
    """Sub-packages, `from` imports and imports inside functions; those for type checkers are ignored."""
    texts = {
        "a.py": "import httpx2",
        "b/__init__.py": "from httpx2 import Limits",
        "b/c.py": "def f():\n    import httpx.transports",
        "d.py": "if TYPE_CHECKING:\n    import httpx2\nelse:\n    import httpcore2",
        "e.py": "if TYPE_CHECKING:\n    import httpx2",
        "f.py": "from .httpx2 import x\nimport httpx2x",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert ["a.py", "b/__init__.py", "b/c.py", "d.py"] == importing_http(tmp_path)
    with pytest.raises(AssertionError, match="has no modules"):
        importing_http(tmp_path / "nowhere")


LAZY = """
import sys
import specwire_clients.{name} as package
client = package.{client}("key", base_url="http://localhost")
loaded = sorted(name for name in sys.modules if name.startswith("specwire_clients.{name}."))
assert loaded == ["specwire_clients.{name}.client"], loaded
print(*sorted(sys.modules))
"""
NEEDED = (
    "_abi",
    "_auth.credential",
    "_auth.credentials",
    "_client.async_client",
    "_client.client",
    "_client.resource",
    "_client.sync_client",
    "_errors.base",
    "_http.configuration",
    "_http.option_values",
    "_http.options",
    "_http.retry",
    "_lazy",
    "_network.server_url",
    "_operations.provider",
    "_operations.security",
    "errors",
    "support",
)
"""Maximum number of runtime modules for making a client; each costs every program that has one."""
UNNEEDED = {"anyio", "asyncio", "email", "httpx", "httpx2", "pathlib", "random", "selectors", "socket", "ssl"}
"""Modules that only the first call, or the first that needs them, may import."""


@pytest.mark.parametrize(("name", "client"), [("aitre", "Aitre"), ("mistral", "Mistral"), ("moonshot", "Moonshot")])
def test_resources_and_models_are_imported_lazily(name: str, client: str) -> None:
    """Making a client costs the same for small and large documents."""
    code = LAZY.format(name=name, client=client)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    modules = [name.partition(".")[2] for name in loaded if name.startswith("specwire.")]
    packages = {name.rpartition(".")[0] for name in modules}
    assert list(NEEDED) == [name for name in modules if name not in packages]
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not UNNEEDED & (set(loaded) - set(bare.stdout.split()))


@pytest.mark.parametrize("package", ["specwire_clients", "specwire_overrides"])
def test_other_projects_can_add_providers(package: str, tmp_path: Path) -> None:
    """The packages are namespaces."""
    own = tmp_path / package / "flights"
    own.mkdir(parents=True)
    (own / "__init__.py").write_text("WINGS = 2\n", "utf-8")
    code = f"import sys; sys.path.append({str(tmp_path)!r}); import {package}.flights, {package}.mistral"
    subprocess.run([sys.executable, "-c", code], check=True)
