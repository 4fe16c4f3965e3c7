"""Locks that were tampered with behind another spelling, format or name."""

import time
from pathlib import Path

import pytest

from tidegate.gate.evidence.dependency_changes import compare_sides
from tidegate.records.run import Verdict
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.targets.sides import Side
from tidegate.tests.gate.gating import criss_cross, gated
from tidegate.tests.gate.judging import CHANGED_HASH, EVIL, LOCK, SETUP, Judge, fresh, project
from tidegate.tests.real import GitRepo
from tidegate.tests.scanners.dependencies.locks import (
    HOST,
    A,
    B,
    poetry_lock,
    poetry_package,
    uv_lock,
    uv_package,
)


def test_a_package_that_moves_to_another_index_blocks_and_shows_no_secret(judge: Judge) -> None:
    old = uv_lock(uv_package("heron"), uv_package("tern"))
    new = uv_lock(uv_package("heron"), uv_package("tern", index=EVIL))
    run = judge({"uv.lock": old}, {"uv.lock": new})
    assert (run.verdict, sorted(fresh(run))) == (Verdict.BLOCK, ["TG203", "TG204", "basic-auth"])
    assert "pa55" not in repr(run)


def test_what_stood_there_is_existing(judge: Judge) -> None:
    packages = [uv_package("heron"), uv_package("tern"), uv_package("ibis", index=EVIL)]
    old = uv_lock(*packages) + uv_package("rail").replace(HOST, "https://evil.example")
    before = {"uv.lock": old, "requirements.txt": "--extra-index-url https://h/\na==1\n"}
    after = {name: "# why\n\n" + text.replace("1.0", "1.1") for name, text in before.items()}
    run = judge(before, after)
    assert (run.verdict, fresh(run)) == (Verdict.PASS, [])
    assert {each.finding.rule for each in run.findings} == {"TG201", "TG203", "TG207"}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("--extra-index-url https://h/simple", "TG201"),
        ("-i https://h/simple", "TG201"),
        ("b @ https://h/b.whl", "TG202"),
    ],
)
def test_lines_that_are_added_to_requirements_block(judge: Judge, line: str, rule: str) -> None:
    run = judge({"requirements.txt": "a==1\n"}, {"requirements.txt": f"a==1\n{line}\n"})
    assert (run.verdict, fresh(run)) == (Verdict.BLOCK, [rule])


def test_an_included_file_is_told_once(judge: Judge) -> None:
    before = {"requirements.txt": "-r more.txt\n", "more.txt": f"heron==1 --hash={A}\n"}
    after = {"requirements.txt": "# why\n-r more.txt\n", "more.txt": f"heron==1 --hash={B}\n"}
    run = judge(before, after)
    assert [(each.finding.rule, each.finding.path) for each in run.findings] == [
        ("TG205", "more.txt")
    ]


def test_more_files_for_the_same_version_are_told_and_pass(judge: Judge) -> None:
    old, new = poetry_package("heron"), poetry_package("heron")
    new = new.replace("files = [", f'files = [\n{{file = "heron-1.0-cp314.whl", hash = "{B}"}},')
    run = judge({"poetry.lock": poetry_lock(old)}, {"poetry.lock": poetry_lock(new)})
    assert (run.verdict, fresh(run)) == (Verdict.PASS, ["TG208"])


def test_new_dependencies_are_named(judge: Judge) -> None:
    before = {"uv.lock": uv_lock(uv_package("heron")), "pyproject.toml": project("heron")}
    after = {
        "uv.lock": uv_lock(uv_package("heron"), uv_package("tern")),
        "pyproject.toml": project("heron", "tern"),
    }
    run = judge(before, after)
    assert run.verdict is Verdict.PASS
    assert "pyproject.toml declares what it did not before: tern" in run.notices
    assert "uv.lock pins what it did not before: tern" in run.notices


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("pyproject.toml", project("heron"), project("heron", version="2")),
        ("pyproject.toml", project("heron"), project("heron", extra="[tool.black]\nx = 1\n")),
        ("pyproject.toml", project("heron", "tern"), project("heron")),
        ("setup.py", SETUP % 1, SETUP % 2),
        ("setup.py", SETUP.replace("['heron']", "f()") % 1, SETUP.replace("['heron']", "f()") % 2),
    ],
)
def test_a_library_without_a_lock_is_not_incomplete_for_ever(
    judge: Judge, name: str, before: str, after: str
) -> None:
    run = judge({name: before}, {name: after})
    assert (run.verdict, run.exit_code) == (Verdict.PASS, 0)
    assert [item.existing for item in run.skipped] == [True]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("pyproject.toml", project("heron"), project("heron", "tern")),
        ("pyproject.toml", project("heron>=2"), project("heron>=1")),
        ("pyproject.toml", None, project("heron")),
        ("setup.py", SETUP % 1, SETUP.replace("heron", "tern") % 1),
        ("setup.cfg", "", "[options]\ninstall_requires = tern\n"),
        ("Pipfile", "", '[packages]\ntern = "*"\n'),
    ],
)
def test_a_dependency_that_is_declared_and_nowhere_locked_is_incomplete(
    judge: Judge, name: str, before: str | None, after: str
) -> None:
    run = judge({} if before is None else {name: before}, {name: after})
    assert (run.verdict, run.exit_code) == (Verdict.INCOMPLETE, 3)
    (gap,) = [item.skipped for item in run.skipped if not item.existing]
    assert "lock" in gap.remedy


def test_a_lock_that_was_not_made_anew_is_incomplete(judge: Judge) -> None:
    before = {"pyproject.toml": project("heron"), "uv.lock": LOCK}
    run = judge(before, {"pyproject.toml": project("heron", "tern")})
    assert run.verdict is Verdict.INCOMPLETE
    [item] = run.skipped
    assert item.skipped.reason == "declared and not in the lock"
    judge.repo.commit({"uv.lock": uv_lock(uv_package("heron"), uv_package("tern"))})
    assert gated(judge.repo, settings={"database": judge.database}).verdict is Verdict.PASS


def test_setup_py_is_still_code(judge: Judge) -> None:
    run = judge({}, {"setup.py": "import os\nos.system(x)\nexec(x)\n"})
    assert run.verdict is Verdict.BLOCK
    assert run.coverage.seen == run.coverage.scanned == 1


def test_two_sides_that_each_had_another_hash(repo: GitRepo) -> None:
    """In a criss-cross each base differs from head somewhere: neither vouches for it."""
    left, right = uv_lock(uv_package("heron")), uv_lock(uv_package("tern"))
    repo.commit({"a.txt": ""})
    run = criss_cross(repo, {"uv.lock": left}, {"sub/uv.lock": right})
    assert "TG205" not in fresh(run)


def test_without_the_scanner_nothing_is_compared(judge: Judge) -> None:
    before, after = CHANGED_HASH["uv.lock"]
    judge({"uv.lock": before}, {"uv.lock": after})
    only = {"pip-audit": SCANNERS["pip-audit"]}
    run = gated(judge.repo, scanners=only, settings={"database": judge.database})
    assert run.findings == ()


class Slow(dict[str, bytes]):
    """Contents that take longer than one file may."""

    def __getitem__(self, path: str) -> bytes:
        time.sleep(30)
        return super().__getitem__(path)


def test_a_comparison_that_does_not_end_is_a_gap() -> None:
    files = (SourceFile("uv.lock", Kind.UV_LOCK),)
    side = Side(files, (), 0, Slow({"uv.lock": LOCK.encode()}), lambda _path: None)
    context = Context(Path("none.db"), file_timeout=0.2)
    [gap] = compare_sides(side, [side], [{}], context).skipped
    assert (gap.path, gap.tool) == ("uv.lock", "provenance")
    assert gap.reason.startswith("comparison")
    assert not gap.is_part


def test_both_sides_unreadable(judge: Judge) -> None:
    run = judge({"uv.lock": "[["}, {"uv.lock": "[[["})
    assert run.verdict is Verdict.INCOMPLETE
    assert [item.existing for item in run.skipped] == [False]
