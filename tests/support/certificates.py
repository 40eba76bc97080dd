"""Certificates for localhost, made in each run, so that the repository has no key."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

NAME = "a test client"
"""Subject of the certificate."""
PASSWORD = "open-sesame"
"""Password of the locked key."""


class Files(NamedTuple):
    """PEM files of one certificate."""

    authority: Path
    """Certificate authority, which no client trusts by default."""
    alone: Path
    both: Path
    """Certificate and key."""
    locked: Path
    """Key with a password."""


def write(folder: Path) -> Files:
    """Make a certificate of localhost, and write it to a folder."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", common_name=NAME)
    files = Files(*(folder / f"{name}.pem" for name in Files._fields))
    authority.cert_pem.write_to_path(files.authority)
    leaf.cert_chain_pems[0].write_to_path(files.alone)
    leaf.private_key_and_cert_chain_pem.write_to_path(files.both)
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    lock = BestAvailableEncryption(PASSWORD.encode())
    files.locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return files
