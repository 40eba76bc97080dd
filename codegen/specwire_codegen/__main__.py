"""`python -m specwire_codegen`."""

from specwire_codegen.cli import main

main()
