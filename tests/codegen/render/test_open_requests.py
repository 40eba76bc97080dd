"""Request types that take what an API may accept later: enumerations by default, unions if chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from specwire_codegen.generate import build
from specwire_codegen.project import single

TEXT = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "const": "text"}}}
IMAGE = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "const": "image"}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/batch": {
            "post": {
                "operationId": "create",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Batch"}}}},
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
    "components": {
        "schemas": {
            "Batch": {
                "type": "object",
                "properties": {
                    "endpoint": {"$ref": "#/components/schemas/Endpoint"},
                    "level": {"$ref": "#/components/schemas/Level"},
                    "mood": {"$ref": "#/components/schemas/Mood"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                },
            },
            "Endpoint": {"type": "string", "enum": ["/chat", "/embeddings"]},
            "Level": {"type": "integer", "enum": [1, 2]},
            "Mood": {"type": ["string", "null"], "enum": ["good", "bad", None]},
            "Part": {
                "oneOf": [{"$ref": "#/components/schemas/Text"}, {"$ref": "#/components/schemas/Image"}],
                "discriminator": {
                    "propertyName": "type",
                    "mapping": {"text": "#/components/schemas/Text", "image": "#/components/schemas/Image"},
                },
            },
            "Text": TEXT,
            "Image": IMAGE,
        }
    },
}


def inputs(folder: Path, config: str) -> str:
    """Return the module of request types."""
    (folder / "t.json").write_text(json.dumps(DOCUMENT), "utf-8")
    (folder / "client.toml").write_text(config, "utf-8")
    return build(single(str(folder / "t.json"), "t", folder)).files["inputs.py"]


@pytest.mark.parametrize(
    ("config", "endpoint", "part"),
    [
        ("", " | str", ""),
        ("[client]\nopen_enums = false\n", "", ""),
        ("[client]\nopen_unions = true\n", " | str", " | Mapping[str, Any]"),
    ],
)
def test_requests_take_later_values(tmp_path: Path, config: str, endpoint: str, part: str) -> None:
    """The known values stay in the type, for completion; numbers and single values stay closed."""
    found = inputs(tmp_path, config)
    assert f'EndpointParam: TypeAlias = Literal["/chat", "/embeddings"]{endpoint}\n' in found
    assert f'MoodParam: TypeAlias = Literal["good", "bad"]{endpoint}\n' in found
    assert "LevelParam: TypeAlias = Literal[1, 2]\n" in found
    assert f"PartParam: TypeAlias = TextParam | ImageParam{part}\n" in found
    assert 'type: Literal["text"]\n' in found
