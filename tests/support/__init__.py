"""Servers, clients, command lines and samples that several folders of tests share."""
