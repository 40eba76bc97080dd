"""Parsers for sequences of JSON texts: one per line (JSON Lines, NDJSON), or after record separators (RFC 7464)."""

import msgspec

_BOM = b"\xef\xbb\xbf"
_WHITESPACE = b" \t\r\n"
_RECORD_SEPARATOR = b"\x1e"
_SMALL = 4096
_SELF_DELIMITING = (b"{", b"[", b'"')


class RecordTooLargeError(ValueError):
    """Record that exceeds the limit of its parser."""


class RecordTruncatedError(ValueError):
    """Number or bare word in a JSON text sequence that may be cut off."""


class JSONLinesParser:
    """Incremental parser of JSON Lines; the texts don't depend on how the stream is split into chunks."""

    __slots__ = ("_first", "_partial", "max_record_size")

    def __init__(self, max_record_size: int = 64 * 1024 * 1024) -> None:
        self.max_record_size = max_record_size
        self._partial = bytearray()
        self._first = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the texts of the lines that a chunk completes, without blank lines."""
        lines = chunk.split(b"\n")
        if self._partial:
            self._partial += lines[0]
            if len(lines) == 1:
                _check(len(self._partial), self.max_record_size)
                return []
            lines[0] = bytes(self._partial)
            self._partial.clear()
        self._partial += lines.pop()
        _check(len(self._partial), self.max_record_size)
        return self._texts(lines)

    def close(self) -> list[bytes]:
        """Return the text of a last line without a line feed."""
        line = bytes(self._partial)
        self._partial.clear()
        return self._texts([line]) if line else []

    def _texts(self, lines: list[bytes]) -> list[bytes]:
        if self._first and lines:
            self._first = False
            lines[0] = lines[0].removeprefix(_BOM)
        texts: list[bytes] = []
        for line in lines:
            _check(len(line), self.max_record_size)
            if text := line.strip(_WHITESPACE):
                texts.append(text)
        return texts


class JSONSequenceParser:
    """Incremental parser of a JSON text sequence (RFC 7464); returns each text as soon as it is certainly whole."""

    __slots__ = ("_partial", "_tried", "max_record_size")

    def __init__(self, max_record_size: int = 64 * 1024 * 1024) -> None:
        self.max_record_size = max_record_size
        self._partial = bytearray()
        self._tried = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the texts that a chunk completes; raise `RecordTruncatedError` for one that may be cut off."""
        records = chunk.split(_RECORD_SEPARATOR)
        texts: list[bytes] = []
        for record in records[:-1]:
            self._partial += record
            self._take(texts)
        self._partial += records[-1]
        _check(len(self._partial), self.max_record_size)
        if self._partial.endswith(b"\n") and (len(self._partial) <= _SMALL or 4 * len(self._partial) > 5 * self._tried):
            self._take_if_whole(texts)
        return texts

    def close(self) -> list[bytes]:
        """Return the last text, unless it was returned before."""
        texts: list[bytes] = []
        self._take(texts)
        return texts

    def _take(self, texts: list[bytes]) -> None:
        record = bytes(self._partial)
        self._partial.clear()
        self._tried = 0
        _check(len(record), self.max_record_size)
        text = record.strip(_WHITESPACE)
        if not text:
            return
        if not text.startswith(_SELF_DELIMITING) and record[-1:] not in _WHITESPACE:
            raise RecordTruncatedError(
                "a number or bare word in a JSON text sequence has no line feed after it and may be cut off: "
                "the stream broke off, or the server does not follow RFC 7464"
            )
        texts.append(text)

    def _take_if_whole(self, texts: list[bytes]) -> None:
        # A text may contain line feeds too. Parsing again only after growth by a quarter keeps the total time linear.
        self._tried = len(self._partial)
        try:
            msgspec.json.decode(self._partial, type=msgspec.Raw)
        except msgspec.DecodeError:
            return
        self._take(texts)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise RecordTooLargeError(
            f"a JSON record is larger than {limit:,} bytes: "
            "raise `max_response_size` unless the server fails to end its records"
        )
