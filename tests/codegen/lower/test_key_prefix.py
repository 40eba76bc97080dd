"""Prefix of a key in `Authorization`, if the document's security scheme states it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.generate import build
from specwire_codegen.lower.key_prefix import prefix_of
from specwire_codegen.project import single

SCHEME = {"type": "apiKey", "in": "header", "name": "Authorization"}


@pytest.mark.parametrize(
    ("expected", "name", "stated"),
    [
        ("Token ", "tokenAuth", {"description": 'Token-based authentication with required prefix "Token"'}),
        ("JWT ", "jwtAuth", {"description": 'Token-based authentication with required prefix "JWT"'}),
        ("Bearer ", "Bearer", {}),
        ("Bearer ", "BearerAuth", {}),
        ("Bearer ", "bearer_token", {}),
        ("Bearer ", "Bearer", {"description": "Please enter JWT with Bearer into field"}),
        (
            "Bearer ",
            "Bearer",
            {"description": "Enter 'Bearer' [space] and then your token.\r\n\r\nExample: \"Bearer 12345abcdef\""},
        ),
        (
            "Bearer ",
            "JWT",
            {"description": 'JWT in the header using the Bearer scheme. Example: "Authorization: Bearer {token}"'},
        ),
        ("Bearer ", "JWT", {"description": "Type: Bearer <token>"}),
        ("", "JWT", {"description": "The `authorization` header should be a JWT string signed using the secret"}),
        ("", "api_key", {"description": "API Keys can be used as Basic HTTP Authentication credentials"}),
        ("", "k", {"description": "Authorization: Basic <base64>"}),
        ("Token ", "k", {"x-fern-header": {"name": "apiKey", "prefix": "Token "}}),
        ("Token ", "k", {"description": "Authorization: Token <key>"}),
        ("Token ", "k", {"description": "Use `Token YOUR_API_KEY`."}),
        ("Token ", "k", {"description": "The key, prefixed with 'Token '"}),
        ("Token ", "k", {"description": "The token prefix is `Token `"}),
        ("Bearer ", "k", {"scheme": "bearer", "bearerFormat": "JWT"}),
        ("", "k", {"description": "Do not include the Bearer prefix."}),
        ("", "Bearer", {"description": "Your token, without the word Bearer."}),
        ("", "k", {"description": "Either `Bearer <jwt>` or `Token <key>`"}),
        ("", "k", {"description": "A token <https://x.test/docs>"}),
        ("", "k", {"description": "The authorization token"}),
        ("", "k", {}),
        ("ApiKey ", "k", {"description": "Format: `ApiKey <key>`"}),
        ("GenieKey ", "k", {"description": 'API key must be prefixed with "GenieKey"'}),
        ("Bot ", "BotToken", {"description": "Authorization: Bot <token>"}),
        ("Bearer ", "k", {"description": "Value prefixed with `Bearer`. Example: 'Bearer 01234-56789'."}),
        ("", "knoxApiToken", {"description": "Token-based authentication"}),
        ("Bearer ", "k", {"description": 'Enter the token with the `Bearer: ` prefix, e.g. "Bearer abcde12345".'}),
        ("Bearer ", "k", {"description": "The key isn't secret. Bearer token."}),
    ],
)
def test_a_stated_prefix_is_added(expected: str, name: str, stated: dict[str, Any]) -> None:
    """Name, description or an extension states it; doubtful ones are not added."""
    assert expected == prefix_of(name, {**SCHEME, **stated})


def test_the_prefix_of_another_header() -> None:
    """Only an extension states one for other headers than `Authorization`."""
    other = {**SCHEME, "name": "X-Key", "description": "Bearer <key>"}
    assert prefix_of("Bearer", other) == ""
    assert prefix_of("key", {**other, "x-fern-header": {"prefix": "Key "}}) == "Key "
    assert prefix_of("key", {**other, "x-fern-header": {"prefix": "Key\r\n"}}) == ""


@pytest.mark.parametrize(("stated", "bare"), [({}, True), ({"description": "Authorization: Token <key>"}, False)])
def test_a_client_documents_that_the_key_is_the_whole_header(
    tmp_path: Path, stated: dict[str, Any], bare: bool
) -> None:
    """If no prefix is known, the user must give it."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/me": {"get": {"operationId": "me", "responses": {"204": {"description": "d"}}}}},
        "components": {"securitySchemes": {"key": {**SCHEME, **stated}}},
        "security": [{"key": []}],
    }
    (tmp_path / "spec.json").write_text(json.dumps(document), "utf-8")
    source = build(single(tmp_path / "spec.json", "sample", tmp_path / "sample")).files["client.py"]

    assert source.count("The key is the whole `Authorization` header") == (2 if bare else 0)
