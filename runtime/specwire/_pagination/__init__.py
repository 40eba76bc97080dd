"""Pagination of lists."""
