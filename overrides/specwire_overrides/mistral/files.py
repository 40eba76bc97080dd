"""File uploads with checks of the server's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specwire import UNSET, FileInput, Request, Unset, replaces
from specwire_clients.mistral import models
from specwire_clients.mistral.operations import files
from specwire_overrides._upload import check_file, check_json_lines, named

if TYPE_CHECKING:
    from specwire_clients.mistral import inputs


@replaces("upload_file")
def upload(
    *,
    file: FileInput,
    purpose: inputs.FilePurposeParam | Unset = UNSET,
    visibility: inputs.FileVisibilityParam | Unset = UNSET,
    expiry: int | Unset | None = UNSET,
    filename: str | None = None,
) -> Request[models.UploadFileOut]:
    """Upload a file.

    Stores one file of at most 512 MB for later use. Fine-tuning and batches read only files whose name ends in
    `.jsonl`. A file that exceeds these limits raises `InvalidRequestError` before anything is sent.

    `POST /v1/files`, operation `upload_file`.

    Args:
        file: The content: a `Path`, bytes, an open binary file, or `(filename, content)`.
        purpose: Purpose of the file.
        visibility: Who can use the file. The server's default is "workspace".
        expiry: Lifetime of the file; its unit is not documented. The file is kept if it is not given.
        filename: Name of the stored file; by default the file's own name.

    """
    file = named(file, filename)
    check_file(file, "upload_file", megabytes=512)
    if purpose in ("fine-tune", "batch"):
        check_json_lines(file, "upload_file", purpose)
    return files.upload(file=file, purpose=purpose, visibility=visibility, expiry=expiry)
