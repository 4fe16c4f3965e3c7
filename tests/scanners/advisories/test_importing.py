import gzip
import io
import json
import os
import random
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tidegate.errors import UsageError
from tidegate.scanners.advisories.database import opened, read_status
from tidegate.scanners.advisories.importing import import_files
from tidegate.scanners.advisories.sources.limits import Limits


def osv(id_: str = "PYSEC-1", name: str = "pkg", **changes: Any) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}]
    return {"id": id_, "modified": "2024-01-01T00:00:00Z", "affected": affected} | changes


NPM = osv("GHSA-npm", affected=[{"package": {"ecosystem": "npm", "name": "x"}}])
RECORDS = [osv("PYSEC-1"), osv("GHSA-2", "other"), NPM]


def zipped(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


LINES = b"\n".join(map(dumped, RECORDS))
ARCHIVE = zipped({f"{number}.json": dumped(each) for number, each in enumerate(RECORDS)})
FORMS = {
    "list.json": dumped(RECORDS),
    "pretty.json": json.dumps(RECORDS, indent=2).encode(),
    "marked.json": b"\xef\xbb\xbf" + json.dumps(RECORDS, indent=1).encode(),
    "wide.json": json.dumps(RECORDS, indent=1).encode("utf-16"),
    "lines.jsonl": b"\n\n" + LINES + b"\n\n",
    "lists.jsonl": dumped(RECORDS[:1]) + b"\r\n" + dumped(RECORDS[1:]),
    "all.zip": ARCHIVE,
    # What a file holds decides, not what it is called.
    "misnamed.txt": ARCHIVE,
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "advisories.db"


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def write(content: bytes, name: str = "osv.json") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


Put = Callable[..., Path]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_database(
    form: str, packed: bool, put: Put, database: Path
) -> None:
    content = gzip.compress(FORMS[form]) if packed else FORMS[form]
    summary = import_files([put(content, form)], database)
    assert (summary.read, summary.records, summary.other_ecosystems) == (3, 2, 1)
    status = read_status(database)
    assert (status.records, status.packages, status.sources) == (2, 2, (form,))
    with opened(database) as open_database:
        found = open_database.lookup(["pkg", "other", "x", "unknown"])
    assert {name: [each.id for each in some] for name, some in found.items()} == {
        "other": ["GHSA-2"],
        "pkg": ["PYSEC-1"],
    }


def test_one_record_alone_is_a_file(put: Put, database: Path) -> None:
    assert import_files([put(dumped(osv()))], database).records == 1


def test_members_that_are_no_json_are_no_records(put: Put, database: Path) -> None:
    archive = zipped({"a/": b"", "README.md": b"{", "a/1.JSON": dumped(osv())})
    assert import_files([put(archive)], database).read == 1


def test_every_record_is_counted_once(put: Put, database: Path) -> None:
    old = osv("PYSEC-1", summary="old")
    new = osv("PYSEC-1", summary="new", modified="2025-01-01T00:00:00Z")
    gone = osv("PYSEC-2", withdrawn="2024-02-01T00:00:00Z")
    many = [old, new, old, gone, NPM, {"id": "PYSEC-3"}, 7, osv("PYSEC-4", "two")]
    summary = import_files([put(dumped(many))], database)
    assert summary.read == len(many)
    assert summary.read == (
        summary.records
        + summary.withdrawn
        + summary.duplicates
        + summary.other_ecosystems
        + summary.malformed
    )
    assert (summary.records, summary.withdrawn, summary.duplicates) == (2, 1, 2)
    assert (summary.other_ecosystems, summary.malformed) == (1, 2)
    assert summary.examples == (
        "osv.json, record 6: modified is missing or no short text",
        "osv.json, record 7: record is no object",
    )
    status = read_status(database)
    assert (status.modified, status.malformed) == ("2025-01-01T00:00:00+00:00", 2)
    with opened(database) as open_database:
        [advisory] = open_database.lookup(["pkg"])["pkg"]
        open_database.check()
    assert advisory.summary == "new"


def test_neither_order_nor_files_change_the_content(put: Put, database: Path) -> None:
    versions = [
        osv(summary="a"),
        osv(summary="b"),
        osv(modified="2025-01-01T00:00:00Z", name="renamed"),
        osv("PYSEC-9", withdrawn="2024-02-01T00:00:00Z"),
    ]
    digests = set()
    for order in permutations(versions):
        import_files([put(dumped(each), f"{n}.json") for n, each in enumerate(order)], database)
        digests.add(read_status(database).digest)
        with opened(database) as open_database:
            assert list(open_database.lookup(["pkg", "renamed"])) == ["renamed"]
    assert len(digests) == 1


def test_an_advisory_taken_back_later_is_matched_no_more(put: Put, database: Path) -> None:
    taken = osv(withdrawn="2025-01-01T00:00:00Z", modified="2025-01-01T00:00:00Z")
    import_files([put(dumped([taken, osv(), osv("PYSEC-2", "two")]))], database)
    with opened(database) as open_database:
        assert open_database.lookup(["pkg"]) == {}
    assert read_status(database).withdrawn == 1


SMALL = Limits(members=5, document_bytes=4000, total_bytes=10_000, ratio=20, ratio_free_bytes=1000)
LONG = dumped(osv(summary="x" * 3000))
NOISE = random.Random(1).randbytes(2000).hex()
BROKEN = {
    "empty": b"",
    "no json": b"<html>",
    "cut json": dumped(RECORDS)[:-5],
    "cut last line": LINES[:-5],
    "deep": b'{"a":' * 10_000,
    "deep line": LINES + b"\n" + b"[" * 10_000 + b"]" * 10_000,
    "huge number": b'{"id": ' + b"9" * 5000 + b"}",
    "latin-1": b'{"id": "\xe9"}',
    "cut zip": ARCHIVE[:-30],
    "zip without its start": ARCHIVE[:4] + ARCHIVE[60:],
    "no json in zip": zipped({"a.json": b"{"}),
    "deep in zip": zipped({"a.json": b"[" * 10_000}),
    "cut gzip": gzip.compress(LINES)[:-10],
    "bad gzip": gzip.compress(LINES)[:10] + b"\xff" * 100,
    "gzip of gzip": gzip.compress(gzip.compress(LINES)),
}
NOTHING = {
    "zip without records": zipped({"README": b"x"}),
    "no PyPI": dumped(NPM),
    "only withdrawn": dumped(osv(withdrawn="2024-02-01T00:00:00Z")),
    "only malformed": b"[1, 2]",
}
BOMBS = {
    "zip ratio": zipped({"a.json": dumped(osv(summary="x" * 3500))}),
    "zip member": zipped({"a.json": dumped(osv(summary=NOISE + "y" * 500))}),
    "zip members": zipped({f"{n}.json": dumped(osv()) for n in range(6)}),
    "zip total": zipped({f"{n}.json": dumped(osv(summary=NOISE[n:3000])) for n in range(4)}),
    "gzip ratio": gzip.compress((LONG + b"\n") * 3),
    "gzip total": gzip.compress(b"\n".join([dumped(osv(summary=NOISE[:3000]))] * 4)),
    "document": json.dumps(osv(summary="x" * 4000), indent=1).encode(),
    "first line": dumped(osv(summary="x" * 4000)),
    "later line": LINES + b"\n" + dumped(osv(summary="x" * 4000)),
    "total": b"\n".join([LONG] * 4),
}


@pytest.mark.parametrize("what", [*BROKEN, *BOMBS])
def test_a_broken_file_is_named_and_the_old_database_stays(
    what: str, put: Put, database: Path
) -> None:
    import_files([put(LINES, "good.json")], database)
    before = database.read_bytes()
    files = [put(dumped(osv("NEW-1"))), put((BROKEN | BOMBS)[what], "bad.osv")]
    with pytest.raises(UsageError, match=r"cannot read .*bad\.osv"):
        import_files(files, database, limits=SMALL if what in BOMBS else None)
    assert database.read_bytes() == before
    assert list(database.parent.iterdir()) == [database]


@pytest.mark.parametrize("what", NOTHING)
def test_without_one_advisory_the_old_database_stays(what: str, put: Put, database: Path) -> None:
    import_files([put(LINES, "good.json")], database)
    before = database.read_bytes()
    with pytest.raises(UsageError, match="no PyPI advisory among"):
        import_files([put(NOTHING[what])], database)
    assert database.read_bytes() == before
    assert list(database.parent.iterdir()) == [database]


@pytest.mark.parametrize("what", BOMBS)
def test_it_is_the_limit_that_stops_a_bomb(what: str, put: Put, database: Path) -> None:
    assert import_files([put(BOMBS[what])], database).records in (1, 2)


def test_the_default_limits_stop_a_real_bomb(put: Put, database: Path) -> None:
    zeros = bytes(20 * 1024 * 1024)
    for bomb in (zipped({"a.json": zeros}), gzip.compress(zeros)):
        with pytest.raises(UsageError, match="times its size"):
            import_files([put(bomb)], database)


def test_no_cut_or_flipped_archive_gets_past_as_anything_but_an_error(
    put: Put, database: Path
) -> None:
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(ARCHIVE)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            import_files([put(bytes(data[: chance.randrange(40, len(data) + 200)]))], database)
        except UsageError as error:
            assert error.remedy  # noqa: PT017 - a flip may hit a byte that says nothing


def test_an_encrypted_member_is_an_error(put: Put, database: Path) -> None:
    data = bytearray(zipped({"a.json": dumped(osv())}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UsageError, match=r"osv\.json"):
        import_files([put(bytes(data))], database)


@pytest.mark.parametrize("kind", ["missing", "fifo"])
def test_what_is_no_file_is_an_error(kind: str, tmp_path: Path, database: Path) -> None:
    path = tmp_path / kind
    if kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(UsageError, match=kind):
        import_files([path], database)


def test_a_folder_in_the_place_of_the_database_is_an_error(put: Put, database: Path) -> None:
    database.mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot write"):
        import_files([put(LINES)], database)
    assert list(database.parent.iterdir()) == [database]


def test_a_disk_that_fills_up_midway_leaves_the_old_database(put: Put, database: Path) -> None:
    import_files([put(LINES)], database)
    before = database.read_bytes()
    large = put(
        dumped([osv(f"P-{n}", summary=random.Random(n).randbytes(140).hex()) for n in range(900)])
    )
    code = """if True:
        import resource, sys
        from pathlib import Path
        from tidegate.errors import UsageError
        from tidegate.scanners.advisories.importing import import_files
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
        try:
            import_files([Path(sys.argv[1])], Path(sys.argv[2]))
        except UsageError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", code, large, database], capture_output=True, text=True, check=True
    )
    assert f"cannot write {database}" in done.stdout
    assert "the old database, if any, is kept" in done.stdout
    assert database.read_bytes() == before
    assert list(database.parent.iterdir()) == [database]


def test_imports_at_once_leave_one_whole_database_and_readers_their_own(
    put: Put, database: Path
) -> None:
    files = [put(dumped([osv(f"P-{n}-{k}") for k in range(200)]), f"{n}.json") for n in range(4)]
    import_files(files[:1], database)
    with opened(database) as reader:
        threads = [
            threading.Thread(target=import_files, args=([file], database)) for file in files[1:]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert reader.lookup(["pkg"])["pkg"][0].id.startswith("P-0-")
    with opened(database) as reader:
        reader.check()
        found = {advisory.id[:4] for advisory in reader.lookup(["pkg"])["pkg"]}
    assert found in ({"P-1-"}, {"P-2-"}, {"P-3-"})
    assert list(database.parent.iterdir()) == [database]


def test_progress_is_heard(put: Put, database: Path) -> None:
    heard: list[tuple[int, float]] = []
    files = [put(LINES), put(LINES, "again.json")]
    import_files(files, database, on_record=lambda *said: heard.append(said))
    assert [read for read, _ in heard] == [1, 2, 3, 4, 5, 6]
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert (0 < shares[0] < 0.5, shares[2], shares[-1]) == (True, 0.5, 1.0)


def test_progress_of_a_folder_tells_no_share(tmp_path: Path, database: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.json").write_text(json.dumps(osv("A-1", "one")), "utf-8")
    heard: list[tuple[int, float]] = []
    import_files([tmp_path / "folder"], database, on_record=lambda *said: heard.append(said))
    assert heard == [(1, 0.0)]


def test_a_record_on_another_package_joins_no_two_holes_of_this_one(
    put: Put, database: Path
) -> None:
    bridge = osv("XX-1", "other", aliases=["GHSA-a", "GHSA-b"])
    import_files([put(dumped([osv("GHSA-a"), osv("GHSA-b"), bridge]))], database)
    with opened(database) as found:
        assert {each.id for each in found.lookup(["pkg"])["pkg"]} == {"GHSA-a", "GHSA-b"}
