"""Reader of Fern's `generators.yml`, its overrides, and `x-fern-*` in a document."""

from specwire_codegen.migrate.fern.read import read as read
