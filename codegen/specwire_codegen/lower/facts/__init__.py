"""Facts of operations from `x-specwire-*` extensions."""
