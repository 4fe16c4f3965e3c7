import json
import os
import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tidegate.cli import advisories

Tidegate = Callable[..., Any]


def osv(id_: str, name: str) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}]
    return {"id": id_, "modified": "2024-03-01T00:00:00Z", "affected": affected}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "osv.json"
    path.write_text(json.dumps([osv("A-1", "one"), osv("A-2", "two"), osv("A-3", "two")]), "utf-8")
    return path


def test_import_then_status(tidegate_anew: Tidegate, records: Path, tmp_path: Path) -> None:
    imported = tidegate_anew("advisories", "import", str(records))
    database = tmp_path / "home/.local/share/tidegate/advisories.db"
    assert (imported.code, imported.err) == (0, "")
    assert imported.out == (
        f"{database}: 3 advisories on 3 vulnerabilities of 2 packages\n"
        "3 records read = 3 kept + 0 withdrawn + 0 duplicates + 0 not about PyPI + 0 malformed\n"
    )
    answer = tidegate_anew("advisories", "status", "--format", "json")
    assert answer.code == 0
    status = json.loads(answer.out)
    assert status["digest"].startswith("sha256:")
    assert status["age_days"] > 0
    assert status["built_at"].endswith("+00:00")
    assert "too old" in status["next"]
    for moving in ("digest", "age_days", "built_at", "next"):
        del status[moving]
    assert status == {
        "schema": "tidegate/advisories/1",
        "path": str(database),
        "records": 3,
        "vulnerabilities": 3,
        "packages": 2,
        "withdrawn": 0,
        "malformed": 0,
        "newest": "2024-03-01T00:00:00+00:00",
        "sources": ["osv.json"],
        "kev": None,
        "epss": None,
    }
    text = tidegate_anew("advisories", "status").out
    assert "records    3, on 3 vulnerabilities\n" in text
    assert "newest     2024-03-01T00:00:00+00:00 (" in text


def test_the_place_can_be_chosen(tidegate: Tidegate, records: Path, tmp_path: Path) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert tidegate("advisories", "import", str(records), env=env).code == 0
    assert (tmp_path / "xdg/tidegate/advisories.db").exists()
    assert tidegate("advisories", "import", str(records), "--database", "here.db").code == 0
    assert tidegate("advisories", "status", "--database", "here.db").code == 0
    assert tidegate("advisories", "status").code == 3


def test_malformed_records_are_told_and_made_inert(tidegate: Tidegate, tmp_path: Path) -> None:
    path = tmp_path / "::error::\x1b[31m.json"
    path.write_text(json.dumps([osv("A-1", "one"), *[{"id": n} for n in range(8)]]), "utf-8")
    answer = tidegate("advisories", "import", str(path), "--database", "db")
    assert answer.code == 0
    warnings = answer.err.splitlines()
    assert len(warnings) == 6
    assert all(line.startswith("warning: malformed record left out: ") for line in warnings[:5])
    assert warnings[5] == "warning: 3 more malformed records left out"
    assert "\x1b" not in answer.err
    assert "1 kept" in answer.out
    assert "8 malformed" in answer.out
    assert "\x1b" not in tidegate("advisories", "status", "--database", "db").out


def test_a_broken_file_is_exit_2_and_the_old_database_stays(
    tidegate: Tidegate, records: Path, tmp_path: Path
) -> None:
    assert tidegate("advisories", "import", str(records), "--database", "db").code == 0
    before = (tmp_path / "db").read_bytes()
    (tmp_path / "cut.json").write_bytes(records.read_bytes()[:-9])
    answer = tidegate("advisories", "import", str(records), "cut.json", "--database", "db")
    assert answer.code == 2
    assert "cannot read cut.json" in answer.err
    assert (tmp_path / "db").read_bytes() == before


def test_without_a_database_status_is_exit_3_with_the_remedy(tidegate: Tidegate) -> None:
    answer = tidegate("advisories", "status")
    assert (answer.code, answer.out) == (3, "")
    assert "no advisory database" in answer.err
    assert "tidegate advisories import FILE" in answer.err


def test_status_notices_a_changed_database(
    tidegate: Tidegate, records: Path, tmp_path: Path
) -> None:
    tidegate("advisories", "import", str(records), "--database", "db")
    connection = sqlite3.connect(tmp_path / "db")
    with connection:
        connection.execute("DELETE FROM advisory WHERE id = 'A-3'")
    connection.close()
    answer = tidegate("advisories", "status", "--database", "db")
    assert answer.code == 3
    assert "advisory database unreadable" in answer.err


@pytest.mark.parametrize("call", [["import"], ["status", "--format", "xml"], ["fetch"]])
def test_wrong_usage_is_exit_2(call: list[str]) -> None:
    assert CliRunner().invoke(advisories.app, call).exit_code == 2


def test_progress_is_silent_at_first_and_then_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    now = [100.0]
    on_record = advisories._records_heard(clock=lambda: now[0])
    for read in range(1, 11):
        now[0] += 0.5
        on_record(read * 1000, read / 20)
    assert capsys.readouterr().err == (
        "4,000 records read, 2000 a second, 8 s left\n8,000 records read, 2000 a second, 6 s left\n"
    )


def test_progress_promises_nothing_where_the_end_is_not_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [100.0]
    on_record = advisories._records_heard(clock=lambda: now[0])
    on_bytes = advisories._bytes_heard(clock=lambda: now[0])
    for share in (0.0, 1.0):
        now[0] += 2
        on_record(3000, share)
    on_bytes(8_000_000, None)
    now[0] += 4
    on_bytes(8_000_000, 24_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "3,000 records read, 1500 a second",
        "3,000 records read, 750 a second",
        "8 MB fetched, 2 a second",
        "8 of 24 MB fetched, 1 a second, 16 s left",
    ]


def test_real_records(tidegate: Tidegate, shared_data: Path) -> None:
    extract = shared_data / "advisories" / "pypa-osv-extract.jsonl.gz"
    assert "513 kept + 3 withdrawn" in tidegate("advisories", "import", os.fspath(extract)).out


def test_status_tells_what_is_there_and_what_to_do(tidegate: Tidegate, tmp_path: Path) -> None:
    def told(*files: str) -> dict[str, str]:
        assert tidegate("advisories", "import", *files, "--database", "db").code == 0
        lines = tidegate("advisories", "status", "--database", "db").out.splitlines()
        return {line[:10].strip(): line[11:] for line in lines}

    now = datetime.now(UTC)
    for days in (0, 10, 40):
        record = osv("A-1", "one") | {"modified": (now - timedelta(days=days)).isoformat()}
        (tmp_path / f"{days}.json").write_text(json.dumps([record]), "utf-8")
    kev = {"catalogVersion": "1", "dateReleased": "2025-01-02", "cves": {"CVE-2024-0001": []}}
    (tmp_path / "kev.json").write_text(json.dumps(kev), "utf-8")
    epss = "#model_version:v1,score_date:2025-02-03\ncve,epss,percentile\nCVE-2024-0001,0.25,0.5\n"
    (tmp_path / "epss.csv").write_text(epss, "utf-8")
    status = told("0.json")
    assert (status["KEV"], status["EPSS"]) == ("not imported", "not imported")
    assert status["next"] == "nothing; import KEV and EPSS to know what is exploited"
    status = told("kev.json", "epss.csv")
    assert (status["KEV"], status["EPSS"]) == (
        "1 CVEs of 2025-01-02, kev.json",
        "1 CVEs of 2025-02-03, epss.csv",
    )
    assert (status["next"], status["sources"]) == ("nothing", "0.json")
    assert told("10.json")["next"].startswith("getting old: run `tidegate advisories update`")
    assert told("40.json")["next"].startswith("too old, changes to pins are INCOMPLETE: run")
    document = json.loads(
        tidegate("advisories", "status", "--database", "db", "--format", "json").out
    )
    assert document["kev"] == {"dated": "2025-01-02", "entries": 1, "sources": ["kev.json"]}
    assert document["age_days"] == 40


def test_a_catalogue_of_one_replaces_none_of_a_thousand(
    tidegate: Tidegate, records: Path, tmp_path: Path
) -> None:
    for name, count in (("all.json", 1001), ("one.json", 1)):
        kev = {"catalogVersion": "1", "dateReleased": "2025-01-02", "cves": {}}
        cves: dict[str, list[str]] = {f"CVE-2024-{n:04}": [] for n in range(count)}
        (tmp_path / name).write_text(json.dumps(kev | {"cves": cves}), "utf-8")
    assert tidegate("advisories", "import", str(records), "all.json", "--database", "db").code == 0
    before = (tmp_path / "db").read_bytes()
    for files in (["one.json"], [str(records), "one.json"]):
        answer = tidegate("advisories", "import", *files, "--database", "db")
        assert answer.code == 3
        assert "KEV has 1 entries, 1001 before" in answer.err
        assert "--force" in answer.err
    assert (tmp_path / "db").read_bytes() == before
    assert tidegate("advisories", "import", "one.json", "--force", "--database", "db").code == 0
    assert "KEV        1 CVEs" in tidegate("advisories", "status", "--database", "db").out


def test_update_wants_safe_addresses_and_fails_with_exit_3(
    tidegate: Tidegate, records: Path, tmp_path: Path
) -> None:
    assert tidegate("advisories", "import", str(records), "--database", "db").code == 0
    before = (tmp_path / "db").read_bytes()
    answer = tidegate("advisories", "update", "http://example.com/x", "--database", "db")
    assert (answer.code, answer.out) == (2, "")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/all.zip"
        answer = tidegate("advisories", "update", address, "--database", "db")
    assert (answer.code, answer.out) == (3, "")
    assert "the old database, if any, is kept" in answer.err
    assert (tmp_path / "db").read_bytes() == before
