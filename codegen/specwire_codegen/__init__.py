"""Typed Python clients from OpenAPI documents."""
