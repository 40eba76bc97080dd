"""Documents in non-Latin scripts: their words are names of classes, methods, arguments and fields."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from specwire_codegen.incremental import generate
from specwire_codegen.project import single

SCHEMAS = "#/components/schemas/"


def response(name: str) -> dict[str, Any]:
    return {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}{name}"}}}}}


NAME = {"name": "名称", "in": "path", "required": True, "schema": {"type": "string"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "商店", "version": "1"},
    "paths": {
        "/用户": {"get": {"tags": ["用户"], "operationId": "用户列表", "responses": response("结果«用户»")}},
        "/用户/{名称}": {"get": {"tags": ["用户"], "parameters": [NAME], "responses": response("用户")}},
        "/ペット": {"get": {"tags": ["ペット"], "responses": response("用户")}},
        "/счёт": {"post": {"tags": ["Счета"], "operationId": "создатьСчёт", "responses": response("用户")}},
    },
    "components": {
        "schemas": {
            "用户": {"type": "object", "required": ["姓名"], "properties": {"姓名": {"type": "string"}}},
            "结果«用户»": {
                "type": "object",
                "properties": {
                    "用户": {"type": "array", "items": {"$ref": f"{SCHEMAS}用户"}},
                    "状态": {"enum": ["好", "坏"]},
                },
            },
        }
    },
}


def test_a_document_in_any_script_becomes_a_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemas, tags, operations, paths and properties keep their script; a field may have the name of its class."""
    (tmp_path / "spec.json").write_text(json.dumps(DOCUMENT), "utf-8")
    target = single(tmp_path / "spec.json", "script_sample", tmp_path)
    (tmp_path / "client.toml").write_text('[client]\nclass = "Shop"\n', "utf-8")
    api = generate(target).api
    assert api is not None
    methods = [operation.method for operation in api.operations]
    assert [("用户", "list"), ("用户", "retrieve"), ("ペット", "retrieve"), ("счета", "создать_счёт")] == methods
    assert all(str(path.relative_to(tmp_path)).isascii() for path in target.output.rglob("*"))
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    package = importlib.import_module("script_sample")
    try:
        client = package.Shop(base_url="http://127.0.0.1:9")
        assert "/用户/{名称}" == client.用户.retrieve.request("x").operation.path
        client.ペット.retrieve.request()
        page = msgspec.json.decode('{"用户": [{"姓名": "王"}]}'.encode(), type=package.models.结果用户)
        assert "王" == page.用户_[0].姓名
    finally:
        for module in [module for module in sys.modules if module.partition(".")[0] == "script_sample"]:
            del sys.modules[module]
