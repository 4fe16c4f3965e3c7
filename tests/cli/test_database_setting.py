"""Every verb that speaks of the advisory database speaks of the same one."""

import json
from pathlib import Path

import pytest

from tidegate.scanners.advisories.importing import import_files
from tidegate.tests.gate.gating import advisories, osv
from tidegate.tests.real import GitRepo, Tidegate


@pytest.fixture
def named(tmp_path: Path) -> dict[str, str]:
    return {"TIDEGATE_DATABASE": advisories(tmp_path)}


def test_status_and_doctor_follow_the_variable(
    named: dict[str, str], tidegate: Tidegate, tmp_path: Path
) -> None:
    status = tidegate("advisories", "status", "--format", "json", env=named)
    assert json.loads(status.out)["path"] == named["TIDEGATE_DATABASE"]
    assert named["TIDEGATE_DATABASE"] in tidegate("doctor", env=named, cwd=tmp_path).out


def test_one_that_is_missing_is_told_by_the_path_that_was_given(
    tidegate: Tidegate, repo: GitRepo
) -> None:
    missing = repo.path.parent / "no such.db"
    remedy = f"advisories import --database '{missing}' FILE"
    status = tidegate("advisories", "status", "--database", str(missing))
    assert (status.code, str(missing) in status.err, remedy in status.err) == (3, True, True)
    repo.commit({"a.py": "x = 1\n", "requirements.txt": "jinja2==2.10\n"})
    scan = tidegate("scan", "--database", str(missing), cwd=repo.path)
    assert f"no advisory database ({missing}) -> run `tidegate advisories update --" in scan.out
    assert f"`tidegate {remedy}`" in scan.out
    repo.commit({"a.py": "x = 2\n"})
    gate = tidegate("gate", "--base", "HEAD^", "--database", "no.db", cwd=repo.path)
    assert f"--database {repo.path}/no.db FILE" in gate.out


def test_doctor_tells_a_database_that_is_too_old(
    named: dict[str, str], tidegate: Tidegate, tmp_path: Path
) -> None:
    assert "ok      advisories" in tidegate("doctor", env=named, cwd=tmp_path).out
    old = tmp_path / "osv.json"
    old.write_text(json.dumps([osv("X-1", "a", "2", "2020-01-01T00:00:00Z")]), "utf-8")
    import_files([old], Path(named["TIDEGATE_DATABASE"]))
    told = tidegate("doctor", env=named, cwd=tmp_path)
    assert (told.code, "TOO OLD advisories" in told.out) == (3, True)
    assert "advisories-max-days" in told.out


def test_a_base_file_alone_is_refused(tidegate: Tidegate, tmp_path: Path) -> None:
    answer = tidegate("gate", "--import-sarif-base", "x.sarif", cwd=tmp_path)
    assert answer.code == 2
    assert "--import-sarif" in answer.err
