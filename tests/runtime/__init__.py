"""Tests of the runtime, over real sockets where I/O is concerned."""
