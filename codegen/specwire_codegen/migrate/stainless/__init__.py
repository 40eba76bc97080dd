"""Reader of `stainless.yml`."""

from specwire_codegen.migrate.stainless.read import read as read
