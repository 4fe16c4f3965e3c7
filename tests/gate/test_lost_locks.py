"""Locks that a change takes away, or brings for the first time."""

import pytest

from tidegate.records.run import Verdict
from tidegate.scanners.dependencies.declared.lost_locks import no_longer_locked
from tidegate.scanners.dependencies.pins import Dependencies
from tidegate.scanners.dependencies.reading import read_dependencies
from tidegate.scanners.interface import Kind, SourceFile
from tidegate.tests.gate.gating import Files, gated
from tidegate.tests.gate.judging import LOCK, SETUP, Judge, project
from tidegate.tests.scanners.dependencies.locks import (
    poetry_lock,
    poetry_package,
    uv_lock,
    uv_package,
)
from tidegate.tests.scanners.dependencies.reading import Tree


def test_a_lock_that_goes_away_with_a_change_of_the_project_is_incomplete(judge: Judge) -> None:
    before = {"pyproject.toml": project("heron"), "uv.lock": LOCK}
    run = judge(before, {"pyproject.toml": project("heron", version="2"), "uv.lock": None})
    assert run.verdict is Verdict.INCOMPLETE


def requirements(*names: str) -> str:
    return "".join(f"{name}==1.0\n" for name in names)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"uv.lock": LOCK}, {"uv.lock": None}),
        ({"uv.lock": LOCK}, {"uv.lock": None, "sub/uv.lock": LOCK}),
        ({"uv.lock": LOCK}, {"uv.lock": uv_lock(uv_package("tern"))}),
        ({"uv.lock": LOCK}, {"uv.lock": uv_lock(uv_package("heron", "0.9"))}),
        ({"requirements/base.txt": requirements("heron")}, {"requirements/base.txt": None}),
        ({"uv.lock": LOCK, "requirements.txt": "tern==1"}, {"uv.lock": None}),
    ],
)
@pytest.mark.parametrize("name", ["pyproject.toml", "setup.py"])
def test_a_lock_that_goes_away_alone_is_incomplete(
    judge: Judge, name: str, before: Files, after: Files
) -> None:
    declaring = (
        project("heron>=1") if name == "pyproject.toml" else SETUP.replace("n'", "n>=1'") % 1
    )
    run = judge({name: declaring, **before}, after)
    assert (run.verdict, run.exit_code) == (Verdict.INCOMPLETE, 3)
    [gap] = [item.skipped for item in run.skipped if not item.existing]
    assert (gap.path, gap.what) == (name, f"{name}: heron")
    assert "lock" in gap.remedy


@pytest.mark.parametrize("left", [None, "version = 1\n"])
def test_without_a_lock_what_a_program_tells_is_incomplete(judge: Judge, left: str | None) -> None:
    run = judge(
        {"setup.py": SETUP.replace("['heron']", "x()") % 1, "uv.lock": LOCK}, {"uv.lock": left}
    )
    assert run.verdict is Verdict.INCOMPLETE
    [gap] = [item.skipped for item in run.skipped if not item.existing]
    assert gap.what == "setup.py: install_requires"


def test_a_lock_that_holds_its_own_project_tells_it_once() -> None:
    own = '\n[[package]]\nname = "app"\nversion = "0"\nsource = { editable = "." }\n'
    base = Tree({"uv.lock": (LOCK + own).encode(), "pyproject.toml": project("heron").encode()})
    head = Tree({"pyproject.toml": project("heron").encode()})
    before = read_dependencies(base, "uv.lock", Kind.UV_LOCK, 10_000)
    sides = before, Dependencies((), ())
    lock = SourceFile("uv.lock", Kind.UV_LOCK)
    [gap] = no_longer_locked(head, base, lock, sides, (), 10_000)
    assert gap.what == "pyproject.toml: heron"


def test_the_members_of_a_workspace_lose_their_lock_too(judge: Judge) -> None:
    member = '\n[[package]]\nname = "app"\nversion = "0"\nsource = { editable = "packages/app" }\n'
    before = {"uv.lock": LOCK + member, "packages/app/pyproject.toml": project("heron")}
    run = judge(before, {"uv.lock": None})
    assert [item.skipped.what for item in run.skipped] == ["packages/app/pyproject.toml: heron"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"uv.lock": LOCK}, {"uv.lock": None, "requirements.txt": requirements("heron")}),
        ({"uv.lock": LOCK, "poetry.lock": poetry_lock(poetry_package("heron"))}, {"uv.lock": None}),
        ({"uv.lock": LOCK}, {"uv.lock": uv_lock(uv_package("heron", "1.1"))}),
        ({"requirements-dev.txt": requirements("rail")}, {"requirements-dev.txt": None}),
    ],
)
def test_a_lock_that_others_stand_in_for_passes(judge: Judge, before: Files, after: Files) -> None:
    run = judge({"pyproject.toml": project("heron"), **before}, after)
    assert run.skipped == ()


def test_the_first_lock_of_all_is_told_to_be_compared_with_nothing(judge: Judge) -> None:
    run = judge({}, {"uv.lock": LOCK})
    notice = "uv.lock is the first to pin here: there was nothing to compare it with"
    assert notice in run.notices
    assert run.verdict is Verdict.PASS
    judge.repo.commit({"poetry.lock": poetry_lock(poetry_package("heron"))})
    later = gated(judge.repo, base="HEAD^", settings={"database": judge.database})
    assert not any("nothing to compare" in each for each in later.notices)
