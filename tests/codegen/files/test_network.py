"""Remote documents: from their own origin only, once, within a deadline and a size."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from specwire_codegen.diagnostics import DiagnosticError
from specwire_codegen.files import fetch, network
from specwire_codegen.files.access import NAMED_BY_FILES, access

from tests.codegen.files.folder import findings, get, normalized, rejection, write
from tests.support import certificates
from tests.support.command_line import exit_code

SEEN = "type: object\nproperties: {seen: {type: integer}}\n"
ServerResponse = tuple[int, dict[str, str], bytes]


class Site:
    """Server of one origin, with its pages and received requests."""

    def __init__(self) -> None:
        self.pages: dict[str, ServerResponse | Callable[[Any], None]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                page = site.pages.get(self.path.partition("?")[0], (404, {}, b""))
                if callable(page):
                    page(self)
                    return
                status, headers, body = page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server.server_port}"

    def text(self, path: str, body: str) -> str:
        """Serve a text and return its address."""
        self.pages[path] = (200, {}, body.encode())
        return f"http://{self.host}{path}"


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site]]:
    """Return two servers of different origins."""
    both = Site(), Site()
    yield both
    for site in both:
        site.server.shutdown()
        site.server.server_close()


def document(ref: str) -> str:
    """Return a document with this reference."""
    return f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{get(f'{{$ref: {ref!r}}}')}"


def own(site: Site) -> Any:
    """Return the access that naming a document of a site gives."""
    return access(hosts=[site.host])


def test_a_fetched_document_reaches_its_own_origin(sites: tuple[Site, Site]) -> None:
    """Its relative references lead to its own host, and each text is fetched once."""
    here, _ = sites
    here.text("/api/Pet.yaml", SEEN)
    address = here.text("/api/openapi.yaml", document("Pet.yaml") + "x-again: {}\n")
    assert ["Pet"] == list(normalized(address, own(here)).data["components"]["schemas"])
    assert ["/api/openapi.yaml", "/api/Pet.yaml"] == here.asked


def test_another_origin_is_rejected_and_named(sites: tuple[Site, Site]) -> None:
    """Another host, port or scheme."""
    here, there = sites
    address = here.text("/openapi.yaml", document(there.text("/secret.yaml", SEEN)))
    refusal = rejection(address, own(here))
    assert "has another origin than the document" in refusal
    assert f"--allow-remote {there.host}" in refusal
    assert [] == there.asked


def test_another_origin_can_be_allowed(sites: tuple[Site, Site]) -> None:
    """The user names its host."""
    here, there = sites
    address = here.text("/openapi.yaml", document(there.text("/Pet.yaml", SEEN)))
    assert () == findings(address, access(hosts=[here.host, there.host]))


@pytest.mark.parametrize("what", ["root", "part"])
def test_a_redirect_stays_on_its_origin(sites: tuple[Site, Site], what: str) -> None:
    """A redirect within the origin is followed; one to another is rejected."""
    here, there = sites
    here.text("/v2/Pet.yaml", SEEN)
    here.pages["/v1/Pet.yaml"] = (302, {"location": "/v2/Pet.yaml"}, b"")
    address = here.text("/v1/openapi.yaml", document("Pet.yaml"))
    here.pages["/openapi.yaml"] = (301, {"location": "v1/openapi.yaml"}, b"")
    assert () == findings(f"http://{here.host}/openapi.yaml", own(here))
    away = {"location": there.text("/Pet.yaml", document("Pet.yaml") if what == "root" else SEEN)}
    here.pages["/v1/openapi.yaml" if what == "root" else "/v1/Pet.yaml"] = (307, away, b"")
    (found,) = findings(address, own(here)) if what == "part" else _refused(address, own(here))
    assert ("error", "ref-not-allowed") == (found.severity, found.code)
    assert there.host in found.message
    assert [] == there.asked


def _refused(address: str, allowed: Any) -> Any:
    with pytest.raises(DiagnosticError) as raised:
        normalized(address, allowed)
    return raised.value.diagnostics


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("http://93.184.216.34/", True),
        ("http://[2606:2800:220:1::1]/", True),
        ("http://127.0.0.1/", False),
        ("http://localhost/", False),
        ("http://10.1.2.3/", False),
        ("http://192.168.1.1/", False),
        ("http://169.254.169.254/latest", False),
        ("http://[fe80::1]/", False),
        ("http://[::1]/", False),
        ("http://[fd00::1]/", False),
        ("http://[::ffff:10.0.0.1]/", False),
        ("http://0.0.0.0/", False),
        ("http://100.64.0.1/", False),
        ("http://[2002:0a00:0001::]/", False),
        ("http://[64:ff9b::a9fe:a9fe]/", False),
        ("http://[64:ff9b::5db8:d822]/", True),
        ("http://[ff02::1]/", False),
        ("http://224.0.0.1/", False),
        ("http://2130706433/", False),
        ("http://127.1/", False),
        ("http://0x7f.1/", False),
    ],
)
def test_only_globally_reachable_addresses_are_public(address: str, public: bool) -> None:
    """Only what everybody can reach is public."""
    assert public == asyncio.run(network.Network(address, frozenset()).is_public(address))


@pytest.mark.parametrize("named", [True, False])
def test_a_public_host_does_not_lead_into_a_private_network(
    sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    """A redirect of a public host to this machine or its network is rejected, even if the user allowed it."""
    here, there = sites

    async def public(_: network.Network, address: str) -> bool:
        return here.host in address

    monkeypatch.setattr(network.Network, "is_public", public)
    here.pages["/openapi.yaml"] = (302, {"location": there.text("/openapi.yaml", document("Pet.yaml"))}, b"")
    hosts = [here.host, *([there.host] if named else [])]
    (found,) = _refused(f"http://{here.host}/openapi.yaml", access(hosts=hosts))
    assert "ref-not-allowed" == found.code
    assert [] == there.asked


class Names:
    """DNS that answers each query of a host with the next of its lists, and then repeats the last one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **responses: list[list[str]]) -> None:
        self.responses = {f"{name}.test": lists for name, lists in responses.items()}
        self.asked: list[str] = []
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[Any]:
        """Answer as `socket.getaddrinfo` does."""
        if isinstance(host, bytes):
            host = host.decode()
        addresses = [host]
        if host in self.responses:
            self.asked.append(host)
            lists = self.responses[host]
            addresses = lists.pop(0) if len(lists) > 1 else lists[0]
        kinds = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in addresses]
        return [
            (kind, socket.SOCK_STREAM, 6, "", (each, port) if kind == socket.AF_INET else (each, port, 0, 0))
            for kind, each in zip(kinds, addresses, strict=True)
        ]


@pytest.mark.parametrize("start", ["file", "named host"])
def test_a_name_keeps_its_first_address(
    sites: tuple[Site, Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    """A host that resolves to another address later is connected to at its first one."""
    here, _ = sites
    port = here.server.server_port
    # 127.0.0.1 plays a public address, and 127.0.0.2 a private one.
    monkeypatch.setattr(network, "is_global", lambda address: address == "127.0.0.1")
    names = Names(monkeypatch, evil=[["127.0.0.1"], ["127.0.0.2"]])
    here.text("/Tag.yaml", SEEN)
    here.text("/Pet.yaml", "type: object\nproperties: {tag: {$ref: Tag.yaml}}\n")
    address = f"http://evil.test:{port}/Pet.yaml"
    if start == "file":
        root: str | Path = write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: {address!r}}}')}")
        allowed = access(hosts=[NAMED_BY_FILES])
    else:
        here.text("/openapi.yaml", document("Pet.yaml"))
        root, allowed = f"http://evil.test:{port}/openapi.yaml", access(hosts=[f"evil.test:{port}"])
    assert () == findings(root, allowed)
    assert ["evil.test"] == names.asked
    assert {"/Pet.yaml", "/Tag.yaml"} <= set(here.asked)


@pytest.mark.parametrize("private", ["127.0.0.2", "10.0.0.1", "::1"])
def test_a_host_with_one_private_address_is_private(
    sites: tuple[Site, Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private: str
) -> None:
    """It is not called, even if it has a public address too."""
    here, _ = sites
    Names(monkeypatch, mixed=[["127.0.0.1", private]])
    monkeypatch.setattr(network, "is_global", lambda address: address == "127.0.0.1")
    root = write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: http://mixed.test:{here.server.server_port}/x}}')}")
    assert "is in a private network" in rejection(root, access(hosts=[NAMED_BY_FILES]))
    assert [] == here.asked


def test_the_next_address_of_a_host_is_tried(sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    """If one address refuses; the host name in the request stays."""
    here, _ = sites
    Names(monkeypatch, api=[["127.0.0.9", "127.0.0.1"]])
    named: list[str] = []

    def page(handler: BaseHTTPRequestHandler) -> None:
        named.append(handler.headers["host"])
        body = document("Pet.yaml").encode()
        handler.send_response(200)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    here.pages["/openapi.yaml"] = page
    here.text("/Pet.yaml", SEEN)
    host = f"api.test:{here.server.server_port}"
    assert () == findings(f"http://{host}/openapi.yaml", access(hosts=[host]))
    assert [host] == named


@pytest.mark.parametrize(("host", "works"), [("localhost", True), ("other.test", False)])
def test_a_certificate_is_for_the_name(
    sites: tuple[Site, Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, works: bool
) -> None:
    """The certificate is checked against the requested name and not the address."""
    here, _ = sites
    files = certificates.write(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.both)
    here.server.socket = context.wrap_socket(here.server.socket, server_side=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
    Names(monkeypatch, other=[["127.0.0.1"]])
    here.text("/openapi.yaml", document("Pet.yaml"))
    here.text("/Pet.yaml", SEEN)
    address = f"https://{host}:{here.server.server_port}/openapi.yaml"
    allowed = access(hosts=[host])
    if works:
        assert () == findings(address, allowed)
    else:
        assert "certificate" in _refused(address, allowed)[0].message


def test_a_proxy_resolves_hosts(sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    """The name may be unknown here."""
    proxy, _ = sites
    monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
    monkeypatch.setenv("no_proxy", "exempt.test")
    for host in ("far.test", "exempt.test"):
        proxy.text(f"http://{host}/openapi.yaml", document("Pet.yaml"))
        proxy.text(f"http://{host}/Pet.yaml", SEEN)
    assert () == findings("http://far.test/openapi.yaml", access(hosts=["far.test"]))
    Names(monkeypatch, exempt=[["127.0.0.9"]])
    with pytest.raises(DiagnosticError, match="cannot be fetched"):
        normalized("http://exempt.test/openapi.yaml", access(hosts=["exempt.test"]))
    assert 2 == len(proxy.asked)


def test_allow_remote_allows_hosts_that_local_files_name(sites: tuple[Site, Site], tmp_path: Path) -> None:
    """And for each its own origin."""
    here, there = sites
    here.text("/more/Tag.yaml", SEEN)
    address = here.text("/Pet.yaml", "type: object\nproperties: {tag: {$ref: more/Tag.yaml}}\n")
    root = write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: {address!r}}}')}")
    bare = access(hosts=[NAMED_BY_FILES])
    assert () == findings(root, bare)
    here.text("/Pet.yaml", f"type: object\nproperties: {{tag: {{$ref: {there.text('/Tag.yaml', SEEN)!r}}}}}\n")
    assert ["ref-not-allowed"] == [each.code for each in findings(root, bare)]
    assert [] == there.asked


def test_allow_remote_excludes_private_networks(tmp_path: Path) -> None:
    """Link-local and private addresses must be named."""
    root = write(tmp_path, f"--- # openapi.yaml\n{get('{$ref: http://169.254.169.254/latest}')}")
    refusal = rejection(root, access(hosts=[NAMED_BY_FILES]))
    assert "is in a private network" in refusal


def test_without_the_option_nothing_is_fetched(sites: tuple[Site, Site], tmp_path: Path) -> None:
    """A remote schema is any value then, with one warning each."""
    here, _ = sites
    address = here.text("/Pet.yaml", SEEN)
    root = write(tmp_path, f"--- # openapi.yaml\n{get(f'{{type: array, items: {{$ref: {address!r}}}}}')}")
    (found,) = findings(root)
    assert ("warning", "ref-not-allowed") == (found.severity, found.code)
    assert [] == here.asked


def test_a_remote_document_reads_no_file(sites: tuple[Site, Site], tmp_path: Path) -> None:
    """It cannot refer to files of this machine."""
    here, _ = sites
    (tmp_path / "Pet.yaml").write_text(SEEN, "utf-8")
    address = here.text("/openapi.yaml", document((tmp_path / "Pet.yaml").as_uri()))
    assert "is a local file, but the document that refers to it is remote" in rejection(address, own(here))


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Respond one byte at a time, endlessly."""
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(600):
            handler.wfile.write(b"#")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """Send headers one byte at a time, endlessly."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
        for _ in range(600):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


@pytest.mark.parametrize("slow", [drip, drip_headers])
def test_all_fetches_have_one_deadline(sites: tuple[Site, Site], slow: Callable[[Any], None]) -> None:
    """A slow server is abandoned when the time for all fetches is over."""
    here, _ = sites
    made = network.Network(f"http://{here.host}/a", frozenset({here.host}), 0.5)
    here.pages["/a"] = slow
    started = time.monotonic()
    with pytest.raises(DiagnosticError, match="took longer than 0.5 s"):
        made.read(made.home, made.home)
    with pytest.raises(DiagnosticError, match="took longer than 0.5 s"):
        made.read(made.home, made.home)
    assert time.monotonic() - started < 5


def test_a_silent_server_is_abandoned() -> None:
    """By the same deadline."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        made = network.Network(address, frozenset({address[7:-1]}), 0.3)
        with pytest.raises(DiagnosticError, match="took longer"):
            made.read(address, address)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_too_large_document_is_rejected(
    sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch, compressed: bool
) -> None:
    """The size is that after decompression."""
    here, _ = sites
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    body = b"#" * 5000
    headers = {"content-encoding": "gzip"} if compressed else {}
    here.pages["/openapi.yaml"] = (200, headers, gzip.compress(body) if compressed else body)
    (found,) = _refused(f"http://{here.host}/openapi.yaml", own(here))
    assert "too-large" == found.code


@pytest.mark.parametrize("status", [204, 304, 400, 401, 404, 500])
def test_only_200_is_a_document(sites: tuple[Site, Site], status: int) -> None:
    """Responses of other statuses are errors."""
    here, _ = sites
    here.pages["/openapi.yaml"] = (status, {}, b"" if status in (204, 304) else b"openapi: 3.1.0\n")
    (found,) = _refused(f"http://{here.host}/openapi.yaml", own(here))
    assert f"the server returned HTTP {status}" == found.message


def test_endless_redirects_end(sites: tuple[Site, Site]) -> None:
    """For example a redirect to itself."""
    here, _ = sites
    here.pages["/openapi.yaml"] = (302, {"location": "/openapi.yaml"}, b"")
    (found,) = _refused(f"http://{here.host}/openapi.yaml", own(here))
    assert "not-fetched" == found.code


def test_a_copy_replaces_an_address(tmp_path: Path) -> None:
    """`--ref` maps a prefix, an address, or the `$id` of schemas to copies."""
    text = f"""--- # a/openapi.yaml
{get('{$ref: "https://schemas.test/v1/Pet.json"}')}--- # vendored/Pet.json
{{"$id": "https://schemas.test/v1/Pet.json", "type": "object", "properties": {{
  "tag": {{"$ref": "https://schemas.test/v1/Tag.json"}}, "far": {{"$ref": "https://far.test/x"}}}}}}
--- # vendored/Tag.json
{{"type": "object", "properties": {{"seen": {{"type": "integer"}}}}}}
--- # far.yaml
{SEEN}"""
    root = write(tmp_path, text)
    copies = [f"https://schemas.test/v1={tmp_path / 'vendored'}", f"https://far.test/x={tmp_path / 'far.yaml'}"]
    found = normalized(root, access(copies=copies))
    assert () == found.warnings
    assert ["Pet", "Tag", "far"] == sorted(found.data["components"]["schemas"])
    assert 0 == exit_code("dump-ir", str(root), "--ref", copies[0], "--ref", copies[1])


@pytest.mark.parametrize(
    ("config", "works"),
    [
        ('ref = {"https://s.test" = "copies"}', True),
        ('ref = ["https://s.test=copies"]', True),
        ('[client]\nref = {"https://s.test/" = "copies"}', True),
        ('ref = {"https://s.tes" = "copies"}', False),
    ],
)
def test_copies_may_be_named_in_client_toml(tmp_path: Path, config: str, works: bool) -> None:
    """`ref` is relative to that file; a prefix ends at a path segment."""
    root = write(tmp_path, f"--- # openapi.yaml\n{get('{$ref: https://s.test/Pet.yaml}')}--- # copies/Pet.yaml\n{SEEN}")
    (tmp_path / "client.toml").write_text(config + "\n", "utf-8")
    assert int(not works) == exit_code("generate", str(root), "--package", "p", "-o", str(tmp_path), "--strict")


def test_a_copy_does_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    """The folder that a prefix is mapped to is readable, and nothing above it."""
    out = get("{$ref: https://s.test/%2E%2E/secret.yaml}")
    text = f"--- # a/openapi.yaml\n{out}--- # secret.yaml\n{SEEN}--- # c/x\n{SEEN}"
    found = findings(write(tmp_path, text), access(copies=[f"https://s.test={tmp_path / 'c'}"]))
    assert ["ref-not-allowed"] == [each.code for each in found]


@pytest.mark.parametrize("words", [("--ref", "x=y"), ("--ref", "https://a.test"), ("--allow-remote=a/b",)])
def test_options_without_a_host_or_an_address_are_wrong_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    root = write(tmp_path, f"--- # openapi.yaml\n{get('{type: string}')}")
    assert 2 == exit_code("dump-ir", str(root), *words)


@pytest.mark.parametrize("where", ["before", "after", "host"])
def test_allow_remote_may_be_at_any_position(sites: tuple[Site, Site], tmp_path: Path, where: str) -> None:
    """Before a document, at the end, and before a host."""
    here, _ = sites
    address = here.text("/Pet.yaml", SEEN)
    root = write(tmp_path, f"--- # openapi.yaml\n{get(f'{{$ref: {address!r}}}')}")
    words = {"before": ["--allow-remote", str(root)], "after": [str(root), "--allow-remote"]}
    chosen = words.get(where, [str(root), "--allow-remote", here.host])
    assert 0 == exit_code("dump-ir", *chosen)
    assert ["/Pet.yaml"] == here.asked


@pytest.mark.parametrize(
    "address", ["http://[/", "http://[::1", "HTTP://u:s3cret@[", "http://x:99999/", "https://x:y/"]
)
def test_a_malformed_address_is_rejected(capsys: pytest.CaptureFixture[str], address: str) -> None:
    """With one line and a help, without possible passwords."""
    assert 1 == exit_code("new", "acme", "--spec", address)
    refusal = capsys.readouterr().err
    assert refusal.startswith("error[not-an-address]") and 2 == len(refusal.splitlines()) and "s3cret" not in refusal


@pytest.mark.parametrize("verb", [("generate", "--package", "acme"), ("check", "--package", "acme"), ("dump-ir",)])
def test_an_unreachable_address_is_an_error(capsys: pytest.CaptureFixture[str], verb: tuple[str, ...]) -> None:
    """Its password is not shown."""
    assert 1 == exit_code(verb[0], "http://u:s3cret@127.0.0.1:1/openapi.json", *verb[1:])
    refusal = capsys.readouterr().err
    assert refusal.startswith("error[not-fetched] http://127.0.0.1:1/openapi.json") and "s3cret" not in refusal
