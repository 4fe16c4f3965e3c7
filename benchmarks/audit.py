"""The audit of pins against the advisory database: time and agreement, with pip-audit beside it.

`python -m benchmarks.audit --data DIR [--pins N] [--runs N] [--json]`: DIR is anything that
`tidegate advisories import` reads, such as a checkout of PyPA's database. pip-audit's own OSV
service asks a server for each pin; here a server on this machine answers from the same records, so
that no network is in its time. Wall time is told beside processor time, which a busy machine
disturbs less.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from tidegate.benchmarks.agreement import Agreement, Listed, agreement, listed_by, records_of
from tidegate.scanners.advisories.database import opened
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.advisories.matching import (
    Advisory,
    affects,
    version_of,
)
from tidegate.scanners.advisories.sources.osv_records import read_record
from tidegate.scanners.dependencies.pins import Pin

GOALS = {"build_seconds": 3.0, "audit_milliseconds": 100.0}
MILLISECOND = 0.001
FRESH = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
import tidegate.scanners.dependencies.service as service
from tidegate.scanners.advisories.database import opened
imported = time.perf_counter()
import sqlite3, tidegate.scanners.advisories.documents
path, pins = sys.argv[1], [service.Pin(*each, "", 1) for each in json.load(sys.stdin)]
before = time.perf_counter()
with opened(Path(path)) as database:
    matches = list(service.audit(pins, database))
print(imported - started, (time.perf_counter() - before) * 1000)
"""
"""One audit in a fresh process: what any run of Tidegate does."""


@dataclass(frozen=True, slots=True)
class Took:
    """Medians over all runs, and the first one, which no cache helps."""

    wall: float
    processor: float
    first: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is measured; medians."""

    python: str
    runs: int
    pins: int
    records: int
    database_bytes: int
    build_seconds: Took
    import_seconds: float
    audit_milliseconds: float
    """In a fresh process, imports apart."""
    audit_again_milliseconds: Took
    """In a process that has done it before."""
    pip_audit_osv_milliseconds: Took
    """The processor time of the server is in it."""
    matches: int
    pip_audit_matches: int
    differing_pins: tuple[str, ...]
    """Pins for which the two name different vulnerabilities, aliases taken as one."""
    agreement: Agreement


def pins_of(listed: Listed, count: int) -> list[Pin]:
    """Half of them known to be affected, as far as there are so many; half of unknown names."""
    known: list[Pin] = []
    for name, by_record in sorted(listed.items()):
        versions = sorted(filter(None, map(version_of, set().union(*by_record.values()))))
        if versions and len(known) < count // 2:
            known.append(Pin(name, str(versions[len(versions) // 2]), "requirements.txt", 1))
    unknown = [Pin(f"unheard-of-{n}", "1.0", "requirements.txt", 1) for n in range(count)]
    return known + unknown[: count - len(known)]


def timed(work: Callable[[], object], runs: int, unit: float) -> Took:
    """What `runs` of `work` took, in units of so many seconds."""
    walls, processors = [], []
    for _ in range(runs):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - wall) / unit)
        processors.append((time.process_time() - processor) / unit)
    return Took(statistics.median(walls), statistics.median(processors), walls[0])


def fresh(pins: Sequence[Pin], path: Path, runs: int) -> tuple[float, float]:
    """Medians in fresh processes: seconds of imports, milliseconds of the audit after them."""
    call = [sys.executable, "-P", "-c", FRESH, str(path.absolute())]
    asked = json.dumps([[pin.name, pin.version] for pin in pins])
    taken = [
        subprocess.run(
            call, input=asked, capture_output=True, check=True, cwd="/", text=True
        ).stdout.split()
        for _ in range(runs + 1)
    ]
    imports, audits = zip(*taken[1:], strict=True)
    return statistics.median(map(float, imports)), statistics.median(map(float, audits))


@contextmanager
def osv_server(records: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """OSV's query API on this machine; its address."""
    by_name: dict[str, list[tuple[Advisory, dict[str, Any]]]] = {}
    for value in records.values():
        advisory = read_record(value).advisory
        for name in {part.name for part in advisory.affected}:
            by_name.setdefault(name, []).append((advisory, value))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else each answer waits for the acknowledgement of its own header.
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = canonicalize_name(asked["package"]["name"])
            known = by_name.get(name, [])
            found = [value for each, value in known if affects(each, name, asked["version"])]
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be silent."""

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        server.shutdown()
        thread.join()


def ours(pins: Sequence[Pin], path: Path) -> dict[str, list[set[str]]]:
    """The names of every vulnerability by pin, by our database, opened anew."""
    from tidegate.scanners.dependencies.service import audit

    found: dict[str, list[set[str]]] = {f"{pin.name}=={pin.version}": [] for pin in pins}
    with opened(path) as database:
        for match in audit(pins, database):
            names = {match.advisory.id, *match.advisory.aliases}
            found[f"{match.pin.name}=={match.pin.version}"].append(names)
    return found


def theirs(pins: Sequence[Pin], address: str) -> dict[str, list[set[str]]]:
    """The same by pip-audit's Auditor over its own OSV service."""
    from pip_audit._audit import Auditor
    from pip_audit._service.interface import ResolvedDependency
    from pip_audit._service.osv import OsvService

    class Source:
        def collect(self) -> Iterator[Any]:
            for pin in pins:
                yield ResolvedDependency(pin.name, Version(pin.version))

    with tempfile.TemporaryDirectory() as cache:
        service = OsvService(cache_dir=Path(cache), timeout=30, osv_url=address)
        return {
            f"{spec.canonical_name}=={spec.version}": [{each.id, *each.aliases} for each in results]
            for spec, results in Auditor(service).audit(Source())
        }


def differing(
    one: Mapping[str, Sequence[set[str]]], other: Mapping[str, Sequence[set[str]]]
) -> tuple[str, ...]:
    """The pins of which one side names a vulnerability that the other has no name of."""
    return tuple(
        pin
        for pin in one
        if any(
            names.isdisjoint(set().union(*there))
            for here, there in ((one[pin], other[pin]), (other[pin], one[pin]))
            for names in here
        )
    )


def measure(data: Path, path: Path, count: int, runs: int) -> Figures:
    """Build, audit, compare."""
    few = max(1, runs // 3)
    build = timed(lambda: import_files([data], path), few, 1)
    records = records_of(data)
    listed = listed_by(records)
    with opened(path) as database:
        advisories = database.lookup(listed)
    pins = pins_of(listed, count)
    imports, audit = fresh(pins, path, runs)
    ours([], path)  # what is imported inside is not the audit's time
    audits = timed(lambda: ours(pins, path), runs, MILLISECOND)
    with osv_server(records) as address:
        asked = timed(lambda: theirs(pins, address), few, MILLISECOND)
        by_osv = theirs(pins, address)
    by_us = ours(pins, path)
    return Figures(
        python=".".join(map(str, sys.version_info[:3])),
        runs=runs,
        pins=len(pins),
        records=len(records),
        database_bytes=path.stat().st_size,
        build_seconds=build,
        import_seconds=imports,
        audit_milliseconds=audit,
        audit_again_milliseconds=audits,
        pip_audit_osv_milliseconds=asked,
        matches=sum(map(len, by_us.values())),
        pip_audit_matches=sum(map(len, by_osv.values())),
        differing_pins=differing(by_us, by_osv),
        agreement=agreement(advisories, listed),
    )


def table(found: Figures) -> str:
    """The figures for people."""
    lines = []
    for key, value in asdict(found).items():
        parts = value if isinstance(value, dict) else {"": value}
        for name, part in parts.items():
            shown = f"{part:.3f}" if isinstance(part, float) else part
            lines.append(f"{key} {name}".rstrip().ljust(44) + str(shown))
    lines += [f"goal for {key}".ljust(44) + f"{goal:g}" for key, goal in GOALS.items()]
    return "\n".join(lines)


def main() -> int:
    """Parse the call, measure, print. 1 where something was missed or wrongly matched."""
    parser = argparse.ArgumentParser(description="The audit of pins, with pip-audit beside it.")
    parser.add_argument("--data", type=Path, required=True, help="records to import")
    parser.add_argument("--pins", type=int, default=500, help="pins to audit (500)")
    parser.add_argument("--runs", type=int, default=9, help="audits to time (9)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        found = measure(asked.data, Path(made, "advisories.db"), asked.pins, asked.runs)
    print(json.dumps(asdict(found) | {"goals": GOALS}, indent=2) if asked.json else table(found))
    return 1 if found.agreement.missed or found.agreement.false else 0


if __name__ == "__main__":
    sys.exit(main())
