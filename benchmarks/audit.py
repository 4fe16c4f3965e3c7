"""The audit of pins against the advisory database: time and agreement, with pip-audit beside it.

`python -m benchmarks.audit RECORDS... [--pins N] [--runs N] [--data DIR] [--json]`: RECORDS are
files and folders that `tidegate advisories import` reads, such as a checkout of PyPA's database.
pip-audit's own OSV service asks a server for each pin; here a server on this machine answers from
the same records, so that no network is in its time. DIR keeps the database that is built.
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

from tidegate.scanners.advisories.database import AdvisoryDatabase, opened
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.advisories.matching import (
    Advisory,
    affects,
    parts_of,
    version_of,
)
from tidegate.scanners.advisories.sources.files import values
from tidegate.scanners.advisories.sources.osv_records import MalformedRecord, read_record
from tidegate.scanners.dependencies.pins import Pin

GOALS = {"build_seconds": 3.0, "audit_milliseconds": 100.0}
IMPORTS = """
import sys, time
started = time.perf_counter()
import tidegate.scanners.dependencies.service
print(time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Every pair of an advisory and a version that any advisory on its package lists."""

    pairs: int
    missed: int
    """Listed as affected, and not matched."""
    false: int
    """Matched, though neither listed nor in a range by the oracle."""
    by_range_only: int
    """Matched by range, and not listed: affected by OSV's rule, most are pre-releases."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is measured; medians."""

    python: str
    runs: int
    pins: int
    records: int
    database_bytes: int
    build_seconds: float
    import_seconds: float
    audit_milliseconds: float
    audit_first_milliseconds: float
    pip_audit_osv_milliseconds: float
    matches: int
    pip_audit_matches: int
    differing_pins: tuple[str, ...]
    """Pins for which the two name different vulnerabilities, aliases taken as one."""
    agreement: Agreement


def records_of(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """The records for PyPI as they were written, by id; none that are withdrawn or malformed."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for _, value in values(path, str(path)):
            try:
                record = read_record(value)
            except MalformedRecord:
                continue
            if isinstance(value, dict) and record.advisory.affected and not record.withdrawn:
                found[record.advisory.id] = value
    return found


def pins_of(advisories: Mapping[str, Sequence[Advisory]], count: int) -> list[Pin]:
    """Half of them known to be affected, as far as there are so many; half of unknown names."""
    known = []
    for name, each in sorted(advisories.items()):
        listed = {v for one in each for part in one.affected for v in part.versions}
        versions = sorted(filter(None, map(version_of, listed)))
        if versions and len(known) < count // 2:
            known.append(Pin(name, str(versions[len(versions) // 2]), "requirements.txt", 1))
    unknown = [Pin(f"unheard-of-{n}", "1.0", "requirements.txt", 1) for n in range(count)]
    return known + unknown[: count - len(known)]


def agreement(advisories: Mapping[str, Sequence[Advisory]]) -> Agreement:
    """Hold every match against what the records list themselves."""
    pairs = missed = false = by_range = 0
    for name, each in advisories.items():
        universe = {v for one in each for part in one.affected for v in part.versions}
        for one in each:
            listed = {v for part in parts_of(one, name) for v in part.versions}
            for version in universe:
                pairs += 1
                matched = affects(one, name, version)
                missed += version in listed and not matched
                if matched and version not in listed:
                    within = _in_a_range(one, version)
                    by_range += within
                    false += not within
    return Agreement(pairs, missed, false, by_range)


def _in_a_range(advisory: Advisory, text: str) -> bool:
    """An oracle of its own: the state after the last event at or below the version."""
    version = version_of(text)
    if version is None:
        return False
    for events in (events for part in advisory.affected for events in part.ranges):
        state = False
        for bound, kind in sorted((_bound(event.version), event.kind) for event in events):
            if kind == "introduced" and bound <= version:
                state = True
            elif (kind == "fixed" and bound <= version) or (
                kind == "last_affected" and bound < version
            ):
                state = False
        if state:
            return True
    return False


def _bound(text: str) -> Version:
    return Version("0.dev0") if text == "0" else version_of(text) or Version("0.dev0")


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def import_seconds(runs: int) -> float:
    """Median time that a fresh Python takes to import the adapter with pip-audit."""
    call = [sys.executable, "-P", "-c", IMPORTS]
    taken = [
        float(subprocess.run(call, capture_output=True, check=True, cwd="/").stdout)
        for _ in range(runs + 1)
    ]
    return statistics.median(taken[1:])


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


def measure(paths: Sequence[Path], folder: Path, count: int, runs: int) -> Figures:
    """Build, audit, compare."""
    path = folder / "advisories.db"
    build = timed(lambda: import_files(paths, path), max(1, runs // 3))
    records = records_of(paths)
    with opened(path) as database:
        advisories = _all(database, records)
    pins = pins_of(advisories, count)
    imports = import_seconds(runs)
    ours([], path)  # what is imported inside is not the audit's time
    audits = timed(lambda: ours(pins, path), runs)
    with osv_server(records) as address:
        asked = timed(lambda: theirs(pins, address), max(1, runs // 3))
        by_osv = theirs(pins, address)
    by_us = ours(pins, path)
    return Figures(
        python=".".join(map(str, sys.version_info[:3])),
        runs=runs,
        pins=len(pins),
        records=len(records),
        database_bytes=path.stat().st_size,
        build_seconds=statistics.median(build) / 1000,
        import_seconds=imports,
        audit_milliseconds=statistics.median(audits),
        audit_first_milliseconds=audits[0],
        pip_audit_osv_milliseconds=statistics.median(asked),
        matches=sum(map(len, by_us.values())),
        pip_audit_matches=sum(map(len, by_osv.values())),
        differing_pins=differing(by_us, by_osv),
        agreement=agreement(advisories),
    )


def _all(
    database: AdvisoryDatabase, records: Mapping[str, dict[str, Any]]
) -> dict[str, tuple[Advisory, ...]]:
    names = {
        part.name for value in records.values() for part in read_record(value).advisory.affected
    }
    return database.lookup(names)


def table(found: Figures) -> str:
    """The figures for people."""
    lines = [f"{key:28}{value}" for key, value in asdict(found).items() if key != "agreement"]
    lines += [f"{key:28}{value}" for key, value in asdict(found.agreement).items()]
    return "\n".join([*lines, *(f"goal for {key:19}{goal:g}" for key, goal in GOALS.items())])


def main() -> int:
    """Parse the call, measure, print. 1 where something was missed or wrongly matched."""
    parser = argparse.ArgumentParser(description="The audit of pins, with pip-audit beside it.")
    parser.add_argument("records", type=Path, nargs="+", help="what `advisories import` reads")
    parser.add_argument("--data", type=Path, help="folder that keeps the database")
    parser.add_argument("--pins", type=int, default=500, help="pins to audit (500)")
    parser.add_argument("--runs", type=int, default=9, help="audits to time (9)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        found = measure(asked.records, asked.data or Path(made), asked.pins, asked.runs)
    print(json.dumps(asdict(found) | {"goals": GOALS}, indent=2) if asked.json else table(found))
    return 1 if found.agreement.missed or found.agreement.false else 0


if __name__ == "__main__":
    sys.exit(main())
