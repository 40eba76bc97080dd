"""Pinned documents of providers: copies of all files, and new versions of them."""
