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


class JSONTextsParser:
    """Incremental parser of JSON texts; neither the texts nor the failure depend on how the stream is split."""

    __slots__ = ("_partial", "failure", "max_record_size")

    def __init__(self, max_record_size: int = 64 * 1024 * 1024) -> None:
        self.max_record_size = max_record_size
        self.failure: RecordTooLargeError | RecordTruncatedError | None = None
        """Error after the texts that `feed` returned; the next call raises it."""
        self._partial = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the texts that a chunk completes, without empty ones.

        Raise `RecordTooLargeError`, or `RecordTruncatedError` for a text that may be cut off, only after returning the
        texts before it.
        """
        if self.failure is not None:
            raise self.failure
        texts: list[bytes] = []
        try:
            self._split(chunk, texts)
        except (RecordTooLargeError, RecordTruncatedError) as error:
            self.failure = error
            if not texts:
                raise
        return texts

    def close(self) -> list[bytes]:
        """Return the last text, unless it was returned before."""
        if self.failure is not None:
            raise self.failure
        texts: list[bytes] = []
        self._end(texts)
        return texts

    def _split(self, chunk: bytes, texts: list[bytes]) -> None:
        """Append the texts that a chunk completes."""
        raise NotImplementedError

    def _end(self, texts: list[bytes]) -> None:
        """Append the last text."""
        raise NotImplementedError


class JSONLinesParser(JSONTextsParser):
    """Incremental parser of JSON Lines."""

    __slots__ = ("_first",)

    def __init__(self, max_record_size: int = 64 * 1024 * 1024) -> None:
        super().__init__(max_record_size)
        self._first = True

    def _split(self, chunk: bytes, texts: list[bytes]) -> None:
        lines = chunk.split(b"\n")
        if self._partial:
            self._partial.extend(lines[0])
            if len(lines) == 1:
                _check(len(self._partial), self.max_record_size)
                return
            lines[0] = bytes(self._partial)
            self._partial.clear()
        self._partial.extend(lines.pop())
        self._take(lines, texts)
        _check(len(self._partial), self.max_record_size)

    def _end(self, texts: list[bytes]) -> None:
        line = bytes(self._partial)
        self._partial.clear()
        if line:
            self._take([line], texts)

    def _take(self, lines: list[bytes], texts: list[bytes]) -> None:
        if self._first and lines:
            self._first = False
            lines[0] = lines[0].removeprefix(_BOM)
        for line in lines:
            _check(len(line), self.max_record_size)
            if text := line.strip(_WHITESPACE):
                texts.append(text)


class JSONSequenceParser(JSONTextsParser):
    """Incremental parser of a JSON text sequence (RFC 7464); returns each text as soon as it is certainly whole."""

    __slots__ = ("_tried",)

    def __init__(self, max_record_size: int = 64 * 1024 * 1024) -> None:
        super().__init__(max_record_size)
        self._tried = 0

    def _split(self, chunk: bytes, texts: list[bytes]) -> None:
        records = chunk.split(_RECORD_SEPARATOR)
        for record in records[:-1]:
            self._partial.extend(record)
            self._end(texts)
        self._partial.extend(records[-1])
        _check(len(self._partial), self.max_record_size)
        if self._partial.endswith(b"\n") and (len(self._partial) <= _SMALL or 4 * len(self._partial) > 5 * self._tried):
            self._take_if_whole(texts)

    def _end(self, texts: list[bytes]) -> None:
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
        self._end(texts)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise RecordTooLargeError(
            f"a JSON record is larger than {limit:,} bytes: "
            "raise `max_response_size` unless the server fails to end its records"
        )
