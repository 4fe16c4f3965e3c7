"""`tidegate scan --environment` and bills of materials, as real processes."""

import json
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
