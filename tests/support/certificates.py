"""Certificates for localhost, made anew in each run: no key lies in the repository."""

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
"""Whom the certificate is for."""
PASSWORD = "open-sesame"
"""What opens the locked key."""


class Files(NamedTuple):
    """The PEM files of one certificate."""

    authority: Path
    """Who signed it; no client trusts that one unasked."""
    alone: Path
    both: Path
    """The certificate and its key."""
    locked: Path
    """The key behind the password."""


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
