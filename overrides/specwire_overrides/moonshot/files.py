"""File uploads with checks of the server's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specwire import FileInput, Request, replaces
from specwire_clients.moonshot import models
from specwire_clients.moonshot.operations import files
from specwire_overrides._upload import check_file, check_json_lines, named

if TYPE_CHECKING:
    from specwire_clients.moonshot import inputs


@replaces("upload_file")
def upload(
    *, file: FileInput, purpose: inputs.FilePurposeParam, filename: str | None = None
) -> Request[models.FileObject]:
    """Upload a file.

    Stores a file for the given purpose. A file may have up to 100 MB and must not be empty, and the name of a file for
    batches must end in `.jsonl`; otherwise `InvalidRequestError` is raised before anything is sent. A user may keep
    1000 files and 10 GB in total, and an organisation 1000 batch files.

    `POST /v1/files`, operation `upload_file`.

    Args:
        file: The content: a `Path`, bytes, an open binary file, or `(filename, content)`.
        purpose: Purpose of the file.
        filename: Name of the stored file; by default the file's own name.

    """
    file = named(file, filename)
    check_file(file, "upload_file", megabytes=100, empty=False)
    if purpose == "batch":
        check_json_lines(file, "upload_file", purpose)
    return files.upload(file=file, purpose=purpose)
