"""Interrupted downloads: they resume if the server supports it, and never mix two versions of a file."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from specwire import RetryPolicy
from specwire._downloads import async_download, partfile, sync_download
from specwire.errors import APIConnectionError, APITimeoutError, NotFoundError, SpecwireError

from tests.support.caller import Caller
from tests.support.paths import ROOT
from tests.support.sample import Sample
from tests.support.server import END, Action, Close, Hold, Pause, Received, Reset, Server, chunk, head, reply

BYTES = bytes(range(256)) * 4
OTHER = BYTES[::-1] + b"more"
TAGGED = {"accept-ranges": "bytes", "etag": '"v1"'}
DATED = {
    "accept-ranges": "bytes",
    "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT",
    "date": "Sun, 06 Nov 1994 08:49:38 GMT",
}


NEWER = {"accept-ranges": "bytes", "etag": '"v2"'}


def cut(
    size: int = 100, headers: Mapping[str, str] = TAGGED, *, end: Action | None = None, body: bytes = BYTES
) -> Sequence[Action]:
    """Return a complete response that is interrupted after some bytes."""
    return (head(200, {"content-length": str(len(body)), **headers}), body[:size], Pause(0.02), end or Close())


def rest(
    start: int, size: int | None = None, headers: Mapping[str, str] = {}, *, body: bytes = BYTES
) -> Sequence[Action]:
    """Return the remaining bytes, or some of them before an interruption."""
    part = body[start:]
    where = f"bytes {start}-{len(body) - 1}/{len(body)}"
    text = head(206, {"content-range": where, "content-length": str(len(part)), "etag": '"v1"', **headers})
    return (text, part) if size is None else (text, part[:size], Pause(0.02), Close())


def whole(body: bytes = BYTES, headers: Mapping[str, str] = TAGGED) -> Sequence[Action]:
    """Return all bytes."""
    return reply(body, headers=dict(headers))


def range_headers(server: Server) -> list[tuple[str | None, str | None]]:
    """Return the `Range` and `If-Range` of each request."""
    return [(one.headers.get("range"), one.headers.get("if-range")) for one in server.received]


@pytest.mark.parametrize("end", [Close(), Reset()], ids=["closed", "reset"])
def test_a_download_resumes_where_it_was_interrupted(
    caller: Caller, client: Any, server: Server, tmp_path: Path, end: Action
) -> None:
    """The rest is requested by range for the same version; the file is complete."""
    server.play(cut(100, end=end), rest(100, 50), rest(150))
    target = tmp_path / "file"
    assert target == caller.run(client.files.download().save(target))
    assert BYTES == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())
    assert [(None, None), ("bytes=100-", '"v1"'), ("bytes=150-", '"v1"')] == range_headers(server)
    assert "identity" == server.received[1].headers["accept-encoding"]


def test_last_modified_identifies_the_version(caller: Caller, client: Any, server: Server) -> None:
    """Without an entity tag it is the condition, and need not be repeated."""
    server.play(cut(100, DATED), rest(100, headers={"etag": '"unasked"'}))
    assert BYTES == caller.run(client.files.download().read())
    assert ("bytes=100-", DATED["last-modified"]) == range_headers(server)[1]


def test_a_body_without_length_resumes(caller: Caller, client: Any, server: Server) -> None:
    """The next response states the length."""
    chunked = (head(200, {"transfer-encoding": "chunked", **TAGGED}), chunk(BYTES[:100]), Pause(0.02), Close())
    server.play(chunked, rest(100))
    assert BYTES == b"".join(caller.list(client.files.download().iter_bytes()))


def test_a_download_resumes_after_silence(caller: Caller, client: Any, server: Server) -> None:
    """A body that pauses for longer than `idle_timeout` resumes on another connection."""
    server.play(cut(100, end=Hold()), rest(100))
    assert BYTES == caller.run(client.files.download.with_options(idle_timeout=0.25)().read())


def test_a_body_without_a_first_byte_is_requested_again_as_a_whole(caller: Caller, client: Any, server: Server) -> None:
    """A body that breaks off before its first byte is range_headers for as a whole again."""
    server.play(cut(0), whole())
    assert BYTES == caller.run(client.files.download().read())
    assert [(None, None)] * 2 == range_headers(server)


@pytest.mark.parametrize(
    "headers",
    [
        {"etag": '"v1"'},
        {"accept-ranges": "none", "etag": '"v1"'},
        {"accept-ranges": "bytes"},
        {"accept-ranges": "bytes", "etag": 'W/"v1"'},
        {**DATED, "etag": 'W/"v1"'},
        {**DATED, "date": DATED["last-modified"]},
        {**DATED, "last-modified": "yesterday"},
        {**TAGGED, "content-encoding": "binary"},
    ],
    ids=["silent", "no ranges", "unnamed", "weak", "weak and dated", "just changed", "no date", "encoded"],
)
def test_a_download_without_ranges_or_version_does_not_resume(
    caller: Caller, client: Any, server: Server, headers: dict[str, str]
) -> None:
    """The interruption is raised."""
    server.play(cut(100, headers))
    with pytest.raises(APIConnectionError, match="the download broke off after 100"):
        caller.run(client.files.download().read())
    assert 1 == len(server.received)


@pytest.mark.parametrize(
    "response",
    [
        rest(100, headers={"content-range": "bytes 99-1023/1024"}),
        rest(100, headers={"content-range": "bytes 100-1023/2048"}),
        rest(100, headers={"content-range": "bytes 100-1022/1024"}),
        rest(100, headers={"content-range": "bytes 100-99/1024"}),
        rest(100, headers={"content-range": "none"}),
        rest(100, headers=NEWER),
        rest(100, headers={"content-encoding": "gzip"}),
        reply({}, status=416, headers={"content-range": "bytes */10"}),
    ],
    ids=["other start", "other length", "short", "backwards", "no range", "other tag", "encoded", "416"],
)
def test_a_wrong_range_restarts_the_download(
    caller: Caller, client: Any, server: Server, tmp_path: Path, response: Sequence[Action]
) -> None:
    """None of its bytes are in the file."""
    server.play(cut(100), response, whole(OTHER))
    saved: Path = caller.run(client.files.download().save(tmp_path / "file"))
    assert OTHER == saved.read_bytes()
    assert [(None, None), ("bytes=100-", '"v1"'), (None, None)] == range_headers(server)


def test_a_changed_file_restarts_the_download(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """All bytes are of the new version, in a file and in memory; that version may be interrupted too."""
    script = (cut(100), cut(50, NEWER, body=OTHER), rest(50, headers=NEWER, body=OTHER))
    server.play(*script, *script)
    saved: Path = caller.run(client.files.download().save(tmp_path / "file"))
    assert OTHER == saved.read_bytes()
    assert OTHER == caller.run(client.files.download().read())
    assert ("bytes=50-", '"v2"') == range_headers(server)[2]


def test_an_iterator_skips_bytes_that_it_already_returned(caller: Caller, client: Any, server: Server) -> None:
    """A complete response of the same entity tag is skipped up to the position."""
    server.play(cut(100), whole())
    assert BYTES == b"".join(caller.list(client.files.download().iter_bytes()))
    assert 2 == len(server.received)


def test_an_interruption_while_skipping_resumes_by_range(caller: Caller, client: Any, server: Server) -> None:
    """The rest is requested again from the iterator's position."""
    server.play(cut(300), cut(200), rest(300))
    assert BYTES == b"".join(caller.list(client.files.download().iter_bytes()))
    assert [None, "bytes=300-", "bytes=300-"] == [range_ for range_, _ in range_headers(server)]


def test_skipping_works_for_any_chunks(caller: Caller, client: Any, server: Server) -> None:
    """The skipped bytes may arrive in any pieces."""
    pieces = (action for start in range(0, 1024, 128) for action in (BYTES[start : start + 128], Pause(0.01)))
    server.play(cut(300), (head(200, {"content-length": "1024", **TAGGED}), *pieces))
    assert BYTES == b"".join(caller.list(client.files.download().iter_bytes()))


def test_an_unexpected_success_status_is_a_failed_attempt(
    caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    """It is neither a part nor the whole."""
    server.play(cut(100), reply(b"", status=204), rest(100))
    saved: Path = caller.run(client.files.download().save(tmp_path / "file"))
    assert BYTES == saved.read_bytes()


def test_an_iterator_raises_if_the_file_changed(caller: Caller, client: Any, server: Server) -> None:
    """Bytes of two versions are never mixed."""
    server.play(cut(100), whole(OTHER, NEWER))
    with pytest.raises(APIConnectionError, match="broke off after 100 of 1024 bytes: the file changed on the server"):
        caller.list(client.files.download().iter_bytes())


def test_progress_continues_after_an_interruption(caller: Caller, client: Any, server: Server) -> None:
    """It reports all bytes so far and in all."""
    reported: list[tuple[int, int | None]] = []
    server.play(cut(100), rest(100))
    watched = client.files.download.with_options(on_progress=lambda done, total: reported.append((done, total)))
    caller.run(watched().read())
    assert sorted(reported) == reported
    assert {len(BYTES)} == {total for _, total in reported}
    assert len(BYTES) == reported[-1][0]


def test_attempts_restart_after_progress(caller: Caller, client: Any, server: Server) -> None:
    """A server that sends something each time is called as often as needed, one that sends nothing `attempts` times."""
    server.play(cut(100), *(rest(start, 100) for start in range(100, 900, 100)), rest(900))
    assert BYTES == caller.run(client.files.download().read())
    server.received.clear()
    server.play(cut(100), *[rest(100, 0)] * 5)
    with pytest.raises(APIConnectionError, match="the download broke off after 100 of 1024 bytes"):
        caller.run(client.files.download().read())
    assert 3 == len(server.received)


def test_restarting_is_not_progress(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A server that ignores ranges and is interrupted each time is called `attempts` times."""
    server.respond = lambda _: cut(100)
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(client.files.download().save(tmp_path / "file"))
    assert 3 == len(server.received)
    assert [] == list(tmp_path.iterdir())


def test_a_policy_of_one_attempt_does_not_resume(caller: Caller, client: Any, server: Server) -> None:
    """The interruption is raised."""
    server.play(cut(100))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(client.files.download.with_options(retry=RetryPolicy(attempts=1))().read())
    assert 1 == len(server.received)


def test_a_resume_retries_busy_servers_only(caller: Caller, client: Any, server: Server) -> None:
    """The error is that of the interruption, with the reason why it did not resume."""
    server.play(cut(100), reply({}, status=503), rest(100))
    assert BYTES == caller.run(client.files.download().read())
    server.play(cut(100), reply({"message": "gone"}, status=404))
    with pytest.raises(APIConnectionError, match=r"broke off after 100 of 1024 bytes: .*HTTP 404: gone") as caught:
        caller.run(client.files.download().read())
    assert isinstance(caught.value.__cause__, NotFoundError)
    assert caught.value.response is not None
    assert 200 == caught.value.response.status_code


def test_the_deadline_bounds_a_resume(caller: Caller, client: Any, server: Server) -> None:
    """It bounds the time from the interruption to the next response."""
    server.play(cut(100), *[(Hold(),)] * 3)
    started = time.monotonic()
    with pytest.raises(APITimeoutError, match="the download broke off after"):
        caller.run(client.files.download.with_options(deadline=0.3)().read())
    assert 0.25 < time.monotonic() - started < 3


def test_only_reads_resume(caller: Caller, client: Any, server: Server) -> None:
    """A download by another method than GET is not requested in parts."""
    request = client.files.download.request()
    posted = type(request.operation)(id="speak", method="POST", path="/files/a", returns=request.operation.returns)
    server.play(cut(100))
    with pytest.raises(APIConnectionError, match="speak: the download broke off"):
        caller.run(client.send(request.replace(operation=posted, path={})).read())
    assert 1 == len(server.received)


def test_an_interruption_is_logged(
    caller: Caller, client: Any, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Resuming is a DEBUG line, its response an INFO line."""
    server.play(cut(100), rest(100))
    with caplog.at_level(logging.DEBUG, "specwire"):
        caller.run(client.files.download().read())
    lines = [one.getMessage() for one in caplog.records if one.name == "specwire"]
    assert ["200", "broke off", "206"] == [line.split(": ")[2].split(" in ")[0] for line in lines]
    assert lines[1].startswith("download: GET /files/a: broke off in ")
    assert lines[1].endswith(", attempt 1, again in 0 s")


def files(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_kept_part_is_resumed_by_the_next_call(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """With `resume`, a failed download keeps its part next to the file."""
    target = tmp_path / "file"
    target.write_bytes(b"old")
    server.play(cut(100), *[rest(100, 0)] * 2)
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(client.files.download().save(target, resume=True))
    assert (b"old", [".file.part", ".file.part.json", "file"]) == (target.read_bytes(), files(tmp_path))
    assert BYTES[:100] == (tmp_path / ".file.part").read_bytes()
    reported: list[int] = []
    server.play(rest(100))
    watched = caller.client(retry=RetryPolicy(attempts=1)).with_options(
        on_progress=lambda done, _: reported.append(done)
    )
    download = watched.files.download()
    assert target == caller.run(download.save(target, resume=True))
    assert (BYTES, ["file"]) == (target.read_bytes(), files(tmp_path))
    assert ("bytes=100-", '"v1"') == range_headers(server)[-1]
    assert (206, len(BYTES)) == (download.response.status_code, reported[-1])
    assert min(reported) > 100


def test_a_part_that_cannot_be_resumed_is_removed(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """So is one without bytes."""
    server.play(cut(100, {"etag": '"v1"'}), reply({}, status=404))
    for kind, message in ((APIConnectionError, "broke off after 100 of 1024 bytes"), (NotFoundError, "HTTP 404")):
        with pytest.raises(kind, match=message):
            caller.run(client.files.download().save(tmp_path / "file", resume=True))
        assert [] == files(tmp_path)


@pytest.mark.parametrize(
    "responses",
    [
        [whole(OTHER, NEWER)],
        [rest(100, headers=NEWER), whole(OTHER)],
        [reply({}, status=416), whole(OTHER)],
        [cut(10, NEWER, body=OTHER), rest(10, headers=NEWER, body=OTHER)],
    ],
    ids=["changed", "other part", "416", "changed and broken"],
)
def test_a_part_of_another_version_is_removed(
    caller: Caller, client: Any, server: Server, tmp_path: Path, responses: list[Sequence[Action]]
) -> None:
    """All bytes are fetched again."""
    target = tmp_path / "file"
    once = client.with_options(retry=RetryPolicy(attempts=1))
    server.play(cut(100))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(once.files.download().save(target, resume=True))
    server.play(*responses)
    caller.run(client.files.download().save(target, resume=True))
    assert (OTHER, ["file"]) == (target.read_bytes(), files(tmp_path))
    assert ("bytes=100-", '"v1"') == range_headers(server)[1]


@pytest.mark.parametrize("spoil", ["note", "no note", "other download", "longer"])
def test_an_unidentified_part_is_not_resumed(
    caller: Caller, client: Any, server: Server, tmp_path: Path, spoil: str
) -> None:
    """Its note is missing, damaged or of another download. Of a part longer than its note, the known bytes are used."""
    target, part = tmp_path / "file", tmp_path / ".file.part"
    once = client.with_options(retry=RetryPolicy(attempts=1))
    server.play(cut(100))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(once.files.download().save(target, resume=True))
    name = "a"
    match spoil:
        case "note":
            (tmp_path / ".file.part.json").write_bytes(b"\xff{")
        case "no note":
            (tmp_path / ".file.part.json").unlink()
        case "other download":
            name = "b"
        case _:
            part.write_bytes(BYTES + b"surplus")
    last = len(BYTES) - 1
    server.play(rest(last) if spoil == "longer" else whole())
    caller.run(client.files.download(name).save(target, resume=True))
    assert (BYTES, ["file"]) == (target.read_bytes(), files(tmp_path))
    assert (f"bytes={last}-" if spoil == "longer" else None) == range_headers(server)[-1][0]


def test_a_part_survives_a_server_error(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """An error before the first byte is raised as it is, releases the connection, and keeps the part."""
    target = tmp_path / "file"
    once = client.with_options(retry=RetryPolicy(attempts=1))
    server.play(cut(100))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(once.files.download().save(target, resume=True))
    misfit = (*rest(100, headers=NEWER)[:1], b"x", Hold())
    server.play(reply({"message": "gone"}, status=404), misfit, rest(100))
    with pytest.raises(NotFoundError, match="HTTP 404: gone"):
        caller.run(client.files.download().save(target, resume=True))
    with pytest.raises(APIConnectionError, match="another range than requested"):
        caller.run(once.files.download().save(target, resume=True))
    assert server.saw_close()
    caller.run(client.files.download().save(target, resume=True))
    assert (BYTES, ["file"]) == (target.read_bytes(), files(tmp_path))
    assert ["bytes=100-"] * 3 == [range_ for range_, _ in range_headers(server)][1:]


_KILLED = """
import os
from tests.support.sample import Sample

def die(done, total):
    if done >= 200_000:
        os.kill(os.getpid(), 9)

with Sample("key", base_url={url!r}) as client:
    client.files.download.with_options(on_progress=die)().save({target!r}, resume=True)
"""


def test_a_part_survives_its_process(server: Server, tmp_path: Path) -> None:
    """The bytes that a killed process had written are not fetched again."""
    large = BYTES * 400
    target = tmp_path / "file"
    slow = (action for start in range(0, len(large), 50_000) for action in (large[start : start + 50_000], Pause(0.01)))
    server.play((head(200, {"content-length": str(len(large)), **TAGGED}), *slow))
    code = _KILLED.format(url=server.url, target=str(target))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert -9 == done.returncode
    size = (tmp_path / ".file.part").stat().st_size
    assert size >= 50_000
    server.play(rest(size, body=large))
    with Sample("key", base_url=server.url) as client:
        client.files.download().save(target, resume=True)
    assert (large, ["file"]) == (target.read_bytes(), files(tmp_path))
    assert (f"bytes={size}-", '"v1"') == range_headers(server)[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="locks by msvcrt")
def test_a_part_that_was_finished_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that gets its final name between opening and locking is not written to."""
    import fcntl

    path, target = tmp_path / ".target.part", tmp_path / "target"
    path.write_bytes(BYTES)
    lock = fcntl.flock

    def late(file: Any, how: int) -> None:
        if not target.exists():
            path.replace(target)
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with partfile.kept_file(target, "source") as part:
        part.file.write(b"new")
        part.file.flush()
        assert (BYTES, b"new") == (target.read_bytes(), path.read_bytes())


def test_two_downloads_do_not_write_to_one_part(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A second download of the same file is an error and does not affect the first."""
    target = tmp_path / "file"
    going, done = threading.Event(), threading.Event()

    def respond(_: Received) -> Sequence[Action]:
        going.set()
        done.wait(5)
        return whole()

    server.respond = respond
    other = Caller(False, "httpx2", server.url, caller._tls)
    first = threading.Thread(target=lambda: other.client().files.download().save(target, resume=True))
    first.start()
    try:
        assert going.wait(5)
        with pytest.raises(SpecwireError, match=r"another download is writing to .*\.file\.part': wait for it to end"):
            caller.run(client.files.download().save(target, resume=True))
    finally:
        done.set()
        first.join()
        other.finish()
    assert (BYTES, ["file"]) == (target.read_bytes(), files(tmp_path))


def test_an_open_download_is_saved_as_a_whole(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A download that was opened before `save` started with all bytes; an existing part is replaced."""
    target = tmp_path / "file"
    once = client.with_options(retry=RetryPolicy(attempts=1))
    server.play(cut(100), whole())
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(once.files.download().save(target, resume=True))
    download = caller.enter(client.files.download())
    caller.run(download.save(target, resume=True))
    assert (BYTES, ["file"]) == (target.read_bytes(), files(tmp_path))


def test_a_part_may_have_a_file_name_of_the_maximum_length(
    caller: Caller, client: Any, server: Server, tmp_path: Path
) -> None:
    """The limit is that of the file system."""
    target = tmp_path / ("x" * 255)
    once = client.with_options(retry=RetryPolicy(attempts=1))
    server.play(cut(100), rest(100))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        caller.run(once.files.download().save(target, resume=True))
    caller.run(client.files.download().save(target, resume=True))
    assert (BYTES, [target.name]) == (target.read_bytes(), files(tmp_path))
    assert ("bytes=100-", '"v1"') == range_headers(server)[1]


def test_a_part_that_is_a_link_is_not_followed(caller: Caller, client: Any, server: Server, tmp_path: Path) -> None:
    """A link at the part's path, which another user may have created, is an error."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / ".file.part").symlink_to(victim)
    server.play(whole())
    with pytest.raises(OSError, match=r"\.file\.part"):
        caller.run(client.files.download().save(tmp_path / "file", resume=True))
    assert b"mine" == victim.read_bytes()


def test_a_chunked_part_that_is_too_long_is_an_error(caller: Caller, client: Any, server: Server) -> None:
    """More bytes than the server announced are never saved."""
    part = head(206, {"content-range": "bytes 100-1023/1024", "etag": '"v1"', "transfer-encoding": "chunked"}) + chunk(
        BYTES[100:] + b"surplus"
    )
    server.play(cut(100), (part, END))
    with pytest.raises(APIConnectionError, match="more bytes than announced"):
        caller.run(client.files.download().read())


@pytest.fixture
def waits(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that downloads would wait; the test does not wait."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(async_download, "sleep", sleep)
    monkeypatch.setattr(sync_download, "time", SimpleNamespace(sleep=found.append))
    return found


def test_ranges_are_requested_again_after_a_416(
    caller: Caller, client: Any, server: Server, waits: list[float]
) -> None:
    """The whole file is requested at once; if that is interrupted, its rest is."""
    server.play(cut(100), reply({}, status=416), cut(50), rest(50))
    assert BYTES == caller.run(client.files.download().read())
    assert [(None, None), ("bytes=100-", '"v1"'), (None, None), ("bytes=50-", '"v1"')] == range_headers(server)
    assert [0.0] * 3 == waits


def test_iterated_ranges_are_requested_again_after_a_416(caller: Caller, client: Any, server: Server) -> None:
    """Bytes that were handed out are skipped in the whole file; if that is interrupted too, its rest is requested."""
    server.play(cut(100), reply({}, status=416), cut(150), rest(150))
    assert BYTES == b"".join(caller.list(client.files.download().iter_bytes()))
    assert [(None, None), ("bytes=100-", '"v1"'), (None, None), ("bytes=150-", '"v1"')] == range_headers(server)


def test_a_kept_part_is_resumed_without_waiting(
    caller: Caller, client: Any, server: Server, tmp_path: Path, waits: list[float]
) -> None:
    """The user has waited already."""
    server.play(cut(100), rest(100))
    with pytest.raises(APIConnectionError, match="the download broke off after"):
        once = client.with_options(retry=RetryPolicy(attempts=1))
        caller.run(once.files.download().save(tmp_path / "file", resume=True))
    slow = client.with_options(retry=RetryPolicy(wait_initial=60.0, wait_max=60.0))
    caller.run(slow.files.download().save(tmp_path / "file", resume=True))
    assert [0.0] == waits
