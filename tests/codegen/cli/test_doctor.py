"""`specwire doctor`: facts about the environment, without secrets."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.support.command_line import Specwire, project, specwire

__all__ = ["project", "specwire"]


def _findings(specwire: Specwire) -> tuple[int, dict[str, tuple[str, str]]]:
    code, out, err = specwire("doctor", "--json")
    assert err == ""
    found = [json.loads(line) for line in out.splitlines()]
    return code, {each["name"]: (each["state"], each["value"]) for each in found}


def test_packages_have_the_versions_that_are_installed(specwire: Specwire, project: Path) -> None:
    _, found = _findings(specwire)
    assert {name: found[name][1] for name in ("specwire", "httpx2", "msgspec", "starlette")} == {
        name: version(name) for name in ("specwire", "httpx2", "msgspec", "starlette")
    }


def test_a_missing_package_names_its_extra(specwire: Specwire, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> str:
        if name in ("opentelemetry-api", "httpx2"):
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("specwire_codegen.doctor.version", without)
    code, found = _findings(specwire)
    assert found["opentelemetry-api"] == ("note", 'not installed: pip install "specwire[otel]"')
    assert found["httpx2"] == ("wrong", "not installed: pip install specwire")
    assert code == 1


def test_a_provider_is_missing_then_generated_then_changed(specwire: Specwire, project: Path) -> None:
    assert _findings(specwire)[1]["t"] == ("wrong", "not generated: specwire generate t")
    assert specwire("generate", "t")[0] == 0
    assert _findings(specwire)[1]["t"] == ("ok", "generated, and nothing has changed since")
    document = project / "openapi.yaml"
    document.write_text(document.read_text("utf-8").replace("title: T", "title: U"), "utf-8")
    assert _findings(specwire)[1]["t"] == ("note", "may be out of date: specwire check t")


def test_keys_and_passwords_are_never_printed(
    specwire: Specwire, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "client.toml").write_text('[client]\nkey = "T_API_KEY"\nbase_url = "T_BASE_URL"\n', "utf-8")
    monkeypatch.setenv("T_API_KEY", "sk-secret")
    monkeypatch.setenv("T_BASE_URL", "https://user:secret@t.example/v1")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy.example:8080")
    _, out, err = specwire("doctor")
    assert "secret" not in out + err
    found = _findings(specwire)[1]
    assert found["T_API_KEY"] == ("ok", "set")
    assert found["T_BASE_URL"] == ("ok", "https://t.example/v1")
    assert found["HTTPS_PROXY"] == ("ok", "http://proxy.example:8080")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_cannot_be_read_are_wrong(
    specwire: Specwire, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
    code, found = _findings(specwire)
    assert code == 1
    assert found[name] == ("wrong", f"{tmp_path / 'missing.pem'} cannot be read")


def test_a_broken_configuration_is_wrong(specwire: Specwire, project: Path) -> None:
    (project / "client.toml").write_text("[client\n", "utf-8")
    code, found = _findings(specwire)
    assert code == 1
    assert found["t"][0] == "wrong"
    assert "client.toml" in found["t"][1]
