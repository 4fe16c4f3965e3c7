"""Updates from a server of this machine that does everything a server can do wrong."""

import gzip
import hashlib
import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any

import pytest

from tidegate.errors import ExitCode, IncompleteError, UsageError
from tidegate.scanners.advisories.database import read_status
from tidegate.scanners.advisories.download import Bounds, DownloadFailed, download, shown
from tidegate.scanners.advisories.guard import SuspiciousUpdate
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.advisories.updating import update

QUICK = Bounds(size=100_000, seconds=1.5, stall_seconds=0.5, redirects=3)


def osv(id_: str, modified: str = "2024-01-01T00:00:00Z", **changes: Any) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": "pkg"}, "versions": ["1.0"]}]
    return {"id": id_, "modified": modified, "affected": affected} | changes


def zipped(*records: dict[str, Any]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in records:
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    return data.getvalue()


OLD = [osv(f"A-{n}") for n in range(200)]
NEW = zipped(*OLD, osv("A-new", "2024-02-01T00:00:00Z"))


@dataclass
class Fake:
    """What the server answers by path, and what was asked of it."""

    address: str = ""
    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def gives(self, path: str, body: bytes, **headers: str) -> str:
        sent = {"Content-Length": str(len(body))} | {
            k.replace("_", "-"): headers[k] for k in headers
        }

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            for name, value in sent.items():
                if value:
                    request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body)

        self.pages[path] = answer
        return self.address + path

    def sends_on(self, path: str, where: str, code: int = 302) -> str:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(code)
            request.send_header("Location", where)
            request.send_header("Content-Length", "0")
            request.end_headers()

        self.pages[path] = answer
        return self.address + path

    def drips(self, path: str, pause: float, *, until: float = 6.0) -> str:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            ends = time.monotonic() + until
            while time.monotonic() < ends:
                request.wfile.write(b"x")
                request.wfile.flush()
                time.sleep(pause)

        self.pages[path] = answer
        return self.address + path


@pytest.fixture
def server() -> Iterator[Fake]:
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append(self.path)
            with suppress(OSError):
                fake.pages[self.path](self)

        def log_message(self, *_: Any) -> None:
            pass

    # No HTTPServer: that one asks for its own name first, which takes seconds without a network.
    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as serving:
        serving.daemon_threads = True
        serving.block_on_close = False
        fake.address = f"http://127.0.0.1:{serving.server_address[1]}"
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield fake
        serving.shutdown()
        thread.join()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "old.zip").write_bytes(zipped(*OLD))
    import_files([tmp_path / "old.zip"], tmp_path / "advisories.db")
    return tmp_path / "advisories.db"


def fetched(url: str, database: Path, **changes: Any) -> int:
    """The records after an update of one address."""
    return update([url], database, **({"bounds": QUICK} | changes)).records


def test_an_update_is_fetched_whole_and_named_without_its_secrets(
    server: Fake, database: Path
) -> None:
    url = server.gives("/all.zip?token=secret", NEW)
    heard: list[tuple[int, int | None]] = []
    on_bytes = lambda received, of: heard.append((received, of))  # noqa: E731 - two words
    assert fetched(url, database, on_bytes=on_bytes) == 201
    assert heard[-1] == (len(NEW), len(NEW))
    assert read_status(database).sources == (f"{server.address}/all.zip",)
    assert shown("https://me:pass@host:1/x?token=y#z") == "https://host:1/x"


def test_without_an_old_database_there_is_nothing_to_compare(server: Fake, tmp_path: Path) -> None:
    assert fetched(server.gives("/a", zipped(OLD[0])), tmp_path / "db") == 1
    (tmp_path / "db").write_bytes(b"garbage" * 999)
    assert fetched(server.gives("/a", zipped(OLD[0])), tmp_path / "db") == 1


def test_several_addresses_are_one_import(server: Fake, database: Path) -> None:
    kev = {"catalogVersion": "1", "dateReleased": "2025-01-01", "cves": {"CVE-2024-0001": []}}
    urls = [server.gives("/a", NEW), server.gives("/k", json.dumps(kev).encode())]
    summary = update(urls, database, bounds=QUICK)
    assert (summary.imported, summary.records) == (("advisories", "kev"), 201)
    assert update(urls[1:], database, bounds=QUICK).status.records == 201


def refused(url: str, database: Path, match: str, **changes: Any) -> None:
    """The update fails with exit 3, names the cause and keeps the old database."""
    before = database.read_bytes()
    started = time.monotonic()
    with pytest.raises(IncompleteError, match=match) as raised:
        fetched(url, database, **changes)
    assert raised.value.exit_code is ExitCode.INCOMPLETE
    assert "the old database" in raised.value.remedy
    assert time.monotonic() - started < 5
    assert database.read_bytes() == before
    assert sorted(path.name for path in database.parent.iterdir()) == ["advisories.db", "old.zip"]


WITHOUT_LENGTH = {"Content_Length": ""}
LIES: dict[str, tuple[bytes, dict[str, str], str]] = {
    "cut": (NEW[:-40], {}, "broken archive"),
    "cut, no length": (NEW[:-40], WITHOUT_LENGTH, "broken archive"),
    "ends early": (NEW[:99], {"Content_Length": str(len(NEW))}, f"99 of {len(NEW)} bytes came"),
    "length too small": (NEW, {"Content_Length": str(len(NEW) - 40)}, "broken archive"),
    "a page": (b"<html>Sign in</html>", {"Content_Type": "application/zip"}, "is no JSON"),
    "nothing": (b"", {}, "is no JSON"),
    "no advisory": (b"{}", {}, "no PyPI advisory among"),
    "large": (b"x" * 200_000, {}, "says to be over 100000 bytes"),
    "large, no length": (b"x" * 200_000, WITHOUT_LENGTH, "is over 100000 bytes"),
    "length huge": (b"x", {"Content_Length": "9" * 30}, "says to be over"),
    "bomb": (gzip.compress(bytes(20_000_000)), {}, "times its size"),
    "no chunks": (b"x" * 10, {"Transfer_Encoding": "chunked", **WITHOUT_LENGTH}, "IncompleteRead"),
}


@pytest.mark.parametrize("how", LIES)
def test_a_server_that_truncates_or_lies(how: str, server: Fake, database: Path) -> None:
    body, headers, match = LIES[how]
    refused(server.gives("/all.zip", body, **headers), database, match)


def test_what_a_page_is_called_does_not_matter(server: Fake, database: Path) -> None:
    assert fetched(server.gives("/x.html", NEW, Content_Type="text/html"), database) == 201


def test_a_server_that_stalls_or_drips(server: Fake, database: Path) -> None:
    refused(server.drips("/stall", 3.0), database, "timed out|TimeoutError")
    refused(server.drips("/drip", 0.1), database, "took over 1.5 seconds")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        refused(url, database, "timed out")
    refused(url, database, "refused")


def test_errors_of_http_are_told(server: Fake, database: Path) -> None:
    server.pages["/gone"] = lambda request: request.send_error(404)
    server.pages["/odd"] = lambda request: request.wfile.writelines([b"nonsense\r\n\r\n"])
    refused(f"{server.address}/gone", database, "HTTP 404")
    refused(f"{server.address}/odd", database, "BadStatusLine")


@pytest.mark.parametrize(
    ("where", "match"),
    [
        ("file:///etc/passwd", "HTTP 302|sends on"),
        ("ftp://127.0.0.1/x", "sends on"),
        ("data:text/plain,x", "HTTP 302|sends on"),
        ("http://example.com/all.zip", "sends on to 'http://example.com/all.zip'"),
        ("https://example.com/all.zip", "sends on to 'https://example.com/all.zip'"),
        ("https://127.0.0.1@example.com/all.zip", "sends on to 'https://example.com/all.zip'"),
        ("http://localhost:1/all.zip", "sends on"),
        ("/loop", "sends on too often|infinite loop"),
        ("/loop?{}", "sends on too often|HTTP 302"),
    ],
)
def test_a_server_that_sends_astray(where: str, match: str, server: Fake, database: Path) -> None:
    url = server.sends_on("/loop", where)
    if "{}" in where:
        for n in range(9):
            server.sends_on("/loop" + f"?{n}", where.format(n + 1))
        url = server.sends_on("/loop", where.format(0))
    refused(url, database, match)
    assert len(server.asked) <= 5


def test_a_host_that_is_allowed_is_followed(server: Fake, database: Path) -> None:
    server.gives("/all.zip", NEW)
    elsewhere = f"{server.address.replace('127.0.0.1', 'localhost')}/all.zip"
    url = server.sends_on("/old", elsewhere)
    refused(url, database, "--allow-host")
    assert fetched(url, database, hosts=["localhost"]) == 201
    assert fetched(server.sends_on("/here", "/all.zip", 308), database) == 201


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/all.zip",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "all.zip",
        "https://",
        "https://user:password@example.com/all.zip",
        "http://127.0.0.1.example.com/",
        "https://exa mple.com/",
        "https://example.com/\n",
        "https://[bad/",
    ],
)
def test_other_addresses_are_wrong_usage(url: str, database: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of https") as raised:
        fetched(url, database)
    assert "password" not in raised.value.message.replace("without user and password", "")
    with pytest.raises(UsageError):
        download(url, tmp_path / "x")


def test_a_digest_pins_what_is_taken(server: Fake, database: Path) -> None:
    url, digest = server.gives("/all.zip", NEW), hashlib.sha256(NEW).hexdigest()
    refused(url, database, "is not the expected one", digests=["0" * 64])
    assert fetched(url, database, digests=[f"sha256:{digest.upper()}"]) == 201
    with pytest.raises(UsageError, match="2 digests for 1"):
        fetched(url, database, digests=[digest, digest])
    for odd in ("", "x", "sha256:"):  # an empty variable of a job pins nothing, and says so
        with pytest.raises(UsageError, match="no sha256"):
            fetched(url, database, digests=[odd])


def withdrawn(count: int) -> bytes:
    gone = {"withdrawn": "2024-02-01T00:00:00Z", "modified": "2024-02-01T00:00:00Z"}
    more = [osv(f"B-{n}", "2024-02-01T00:00:00Z") for n in range(count)]
    return zipped(*(each | gone for each in OLD[:count]), *OLD[count:], *more)


LESS = {
    "fewer": (zipped(*OLD[:195]), "195 records, 200 before"),
    "older": (
        zipped(*(osv(f"A-{n}", "2023-12-31T23:59:59Z") for n in range(200))),
        "the newest is of",
    ),
    "withdrawn": (withdrawn(3), "3 of 200 records are withdrawn at once"),
}
LIFE = {"fewer": zipped(*OLD[:196]), "withdrawn": withdrawn(2), "same": zipped(*OLD)}


@pytest.mark.parametrize("how", LESS)
def test_what_is_less_than_before_is_taken_by_force_only(
    how: str, server: Fake, database: Path
) -> None:
    body, match = LESS[how]
    url = server.gives("/all.zip", body)
    refused(url, database, match)
    with pytest.raises(SuspiciousUpdate, match="--force"):
        fetched(url, database)
    fetched(url, database, force=True)
    assert read_status(database).sources == (url,)


@pytest.mark.parametrize("how", LIFE)
def test_small_losses_are_life(how: str, server: Fake, database: Path) -> None:
    assert fetched(server.gives("/all.zip", LIFE[how]), database) >= 196


def test_catalogues_do_not_go_back_either(server: Fake, database: Path) -> None:
    def kev(day: int, count: int) -> bytes:
        cves: dict[str, list[str]] = {f"CVE-2024-{n:04}": [] for n in range(count)}
        value = {"catalogVersion": "1", "dateReleased": f"2025-01-{day:02}", "cves": cves}
        return json.dumps(value).encode()

    update([server.gives("/k", kev(9, 100))], database, bounds=QUICK)
    refused(server.gives("/k", kev(8, 100)), database, "KEV is of 2025-01-08")
    refused(server.gives("/k", kev(9, 90)), database, "KEV has 90 entries, 100 before")
    update([server.gives("/k", kev(9, 99))], database, bounds=QUICK)


def test_a_download_that_fails_is_told_with_a_way_around(server: Fake, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed) as raised:
        download(f"{server.address}/nothing?secret=x", tmp_path / "x", bounds=QUICK)
    assert "secret" not in str(raised.value)
    assert "tidegate advisories import FILE" in raised.value.remedy
