"""Reader of Speakeasy's `gen.yaml`, `workflow.yaml`, and `x-speakeasy-*` in a document."""

from specwire_codegen.migrate.speakeasy.read import read as read
