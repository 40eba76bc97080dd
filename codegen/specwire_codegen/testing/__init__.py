"""Mock servers and stubs for tests of programs that use clients; users import `specwire.testing`."""
