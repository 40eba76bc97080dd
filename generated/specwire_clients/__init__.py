"""Clients that specwire has generated, one subpackage for each provider."""
