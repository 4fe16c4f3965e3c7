"""`tidegate scan --environment` and bills of materials, as real processes."""

import json
import os
from pathlib import Path

import pytest

from tidegate.tests.gate.gating import JINJA_ADVISORY, advisories
from tidegate.tests.real import Tidegate


@pytest.fixture
def database(tmp_path: Path) -> str:
    return advisories(tmp_path)


def installed(folder: Path, version: str) -> Path:
    site = folder / "lib" / "python3.11" / "site-packages"
    (site / f"jinja2-{version}.dist-info").mkdir(parents=True)
    metadata = site / f"jinja2-{version}.dist-info" / "METADATA"
    metadata.write_text(f"Name: Jinja2\nVersion: {version}\n", "utf-8")
    # Python would run both on start and on import.
    (site / "planted.pth").write_text("import os; os._exit(7)\n", "utf-8")
    (site / "json.py").write_text("raise SystemExit(7)\n", "utf-8")
    return metadata


def test_what_is_installed_is_audited_and_not_imported(
    tidegate: Tidegate, tmp_path: Path, database: str
) -> None:
    metadata = installed(tmp_path / "venv", "2.10")
    place = ["--environment", str(tmp_path / "venv"), "--database", database, "--format", "json"]
    answer = tidegate("scan", *place, "--fail-on", "low")
    assert answer.code == 1, answer.err
    [found] = json.loads(answer.out)["findings"]
    assert (found["rule"], found["path"]) == (JINJA_ADVISORY, str(metadata.resolve()))


def test_what_cannot_be_read_there_is_a_gap_and_nothing_hangs(
    tidegate: Tidegate, tmp_path: Path, database: str
) -> None:
    site = installed(tmp_path / "venv", "3.1.6").parent.parent
    for name in ("dangling", "fifo", "folder"):
        (site / f"{name}-1.dist-info").mkdir()
    (site / "dangling-1.dist-info" / "METADATA").symlink_to(tmp_path / "nowhere")
    os.mkfifo(site / "fifo-1.dist-info" / "METADATA")
    (site / "folder-1.dist-info" / "METADATA").mkdir()
    os.mkfifo(site / "fifo.pth")
    (site / "dangling.pth").symlink_to(tmp_path / "nowhere")
    other = installed(tmp_path / "other", "2.10").parent.parent
    (tmp_path / "empty").mkdir()
    lines = [other, site, tmp_path / "empty", tmp_path / "nowhere", "# why", "\0", ""]
    (site / "more.pth").write_text("\n".join(map(str, lines)), "utf-8")
    place = ["--environment", str(tmp_path / "venv"), "--database", database, "--format", "json"]
    answer = tidegate("scan", *place)
    assert answer.code == 3, answer.err
    told = json.loads(answer.out)
    assert told["findings"] == []
    gaps = [(Path(each["path"]).name, each["what"], each["reason"]) for each in told["skipped"]]
    unread = [Path(what).parent.name for _name, what, why in gaps if why == "metadata not read"]
    assert sorted(unread) == ["dangling-1.dist-info", "fifo-1.dist-info", "folder-1.dist-info"]
    others = [(name, reason) for name, _what, reason in gaps if name.endswith(".pth")]
    assert sorted(others) == [
        ("dangling.pth", "path file not read"),
        ("fifo.pth", "path file not read"),
        ("more.pth", "folder on the import path not looked at"),
    ]


def test_no_environment_is_an_error_with_the_remedy(tidegate: Tidegate, tmp_path: Path) -> None:
    answer = tidegate("scan", "--environment", str(tmp_path))
    assert answer.code == 2
    assert "name a virtual environment" in answer.err
    both = tidegate("scan", "--environment", str(tmp_path), str(tmp_path))
    assert both.code == 2


def test_a_bill_of_materials_is_told_by_its_content(
    tidegate: Tidegate, tmp_path: Path, database: str
) -> None:
    file = tmp_path / "parts.json"
    component = {"type": "library", "purl": "pkg:pypi/jinja2@2.10"}
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "components": [component]}), "utf-8")
    answer = tidegate("scan", str(file), "--database", database, "--format", "json", "--no-cache")
    assert [found["rule"] for found in json.loads(answer.out)["findings"]] == [JINJA_ADVISORY]
    file.write_text("{}", "utf-8")
    assert tidegate("scan", str(file), "--database", database, "--no-cache").code == 3
