"""`python -m specwire`: the command line."""

from runpy import run_module

run_module("specwire_codegen", run_name="__main__", alter_sys=True)
