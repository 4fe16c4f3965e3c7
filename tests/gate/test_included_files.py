"""A requirements file that nobody touched leads to one that the change touches."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.records.run import Decision, GateRun, State, Verdict
from tidegate.tests.gate.gating import (
    BAD,
    JINJA_FIX,
    Files,
    advisories,
    changed,
    gated,
    reasons,
    sums_hold,
)
from tidegate.tests.real import GitRepo

SAFE, UNSAFE = f"jinja2=={JINJA_FIX}\n", "jinja2==2.10\n"

Change = Callable[[Files, Files], GateRun]


@pytest.fixture
def change(repo: GitRepo, tmp_path: Path) -> Change:
    """The gate, with a database, on a branch that makes the second files of the first."""
    database = advisories(tmp_path)
    return lambda before, after: changed(repo, before, after, database=database)


def blocking(run: GateRun) -> set[str]:
    return {item.finding.path for item in run.findings if item.decision is Decision.BLOCK}


@pytest.mark.parametrize(
    ("including", "name"),
    [
        ("-r deps.lst\n", "deps.lst"),
        ("-c pins.lst\njinja2\n", "pins.lst"),
        ("--pre --requirement=sub/deps\n", "sub/deps"),
        ("# comment \\\n--requirement \\\n  deps.in # why\n", "deps.in"),
        ("-r 'two words.md'\n", "two words.md"),
        ("-r ./a/../deps.lst", "deps.lst"),
        ("\ufeff-r deps.lst".encode("utf-16-le"), "deps.lst"),
    ],
)
def test_a_pin_with_an_advisory_blocks_under_any_name(
    change: Change, including: str | bytes, name: str
) -> None:
    run = change({"requirements.txt": including, name: SAFE}, {name: UNSAFE})
    assert run.verdict is Verdict.BLOCK
    assert blocking(run) == {name}
    assert (run.coverage.seen, run.coverage.scanned) == (1, 1)
    assert sums_hold(run)


def test_what_nobody_includes_is_out_of_scope(change: Change) -> None:
    including = "# -r deps.lst\na==1 # -r deps.lst\n-r other.lst\n-r ../deps.lst\n"
    before = {"requirements.txt": including, "other.lst": "", "notes.md": "-r deps.lst\n"}
    run = change({**before, "deps.lst": SAFE}, {"deps.lst": UNSAFE})
    assert run.verdict is Verdict.PASS
    assert (run.findings, run.coverage.out_of_scope) == ((), 1)


def test_includes_are_followed_from_file_to_file(change: Change) -> None:
    chain = {"requirements/dev.txt": "-r ../a.lst", "a.lst": "-c b/b.lst\n-r a.lst"}
    run = change({**chain, "b/b.lst": "-r c.lst", "b/c.lst": SAFE}, {"b/c.lst": UNSAFE})
    assert blocking(run) == {"b/c.lst"}


def test_what_it_pinned_before_is_existing(change: Change) -> None:
    run = change(
        {"requirements.txt": "-r deps.lst", "deps.lst": UNSAFE + "open>=1\n"},
        {"deps.lst": UNSAFE + "open>=1\nother==1\n"},
    )
    assert run.verdict is Verdict.PASS
    assert [item.state for item in run.findings] == [State.EXISTING]
    assert [item.existing for item in run.skipped] == [True]


def test_a_renamed_file_is_followed_to_its_new_name(repo: GitRepo, tmp_path: Path) -> None:
    pins = "".join(f"package-{number}==1\n" for number in range(20))
    before = {"requirements.txt": "-r old.lst\n-r new.lst\n", "old.lst": pins + UNSAFE}
    after = {"old.lst": None, "new.lst": pins + UNSAFE}
    database = advisories(tmp_path)
    moved = changed(repo, before, after, database=database)
    assert moved.verdict is Verdict.PASS
    assert [item.state for item in moved.findings] == [State.EXISTING]
    repo.git("checkout", "-q", "-b", "worse")
    base = repo.commit({})
    repo.commit({"new.lst": None, "old.lst": pins + UNSAFE + "jinja2==2.9\n"})
    worse = gated(repo, base=base, settings={"database": database})
    assert blocking(worse) == {"old.lst"}


def test_a_deleted_file_takes_its_findings_along(change: Change) -> None:
    run = change({"requirements.txt": "-r deps.lst", "deps.lst": UNSAFE}, {"deps.lst": None})
    assert run.verdict is Verdict.PASS
    assert [item.state for item in run.findings] == [State.FIXED]


def test_a_new_file_that_was_waited_for(change: Change) -> None:
    run = change({"requirements.txt": "-r deps.lst\n"}, {"deps.lst": UNSAFE})
    assert blocking(run) == {"deps.lst"}


def test_an_include_that_is_new_as_well_is_told_once(change: Change) -> None:
    run = change({"deps.lst": SAFE}, {"deps.lst": UNSAFE, "requirements.txt": "-r deps.lst"})
    assert [item.finding.path for item in run.findings] == ["deps.lst"]
    assert run.verdict is Verdict.BLOCK


def test_a_shebang_takes_no_file_out_of_the_audit(change: Change) -> None:
    files = {"requirements.txt": "-r deps.lst", "deps.lst": SAFE}
    run = change(files, {"deps.lst": "#!/usr/bin/env python3\n" + UNSAFE})
    assert run.verdict is Verdict.BLOCK
    assert run.coverage.seen == 1
    assert sums_hold(run)


def test_an_include_takes_no_program_from_the_other_scanners(change: Change) -> None:
    program = "#!/usr/bin/env python3\n" + BAD
    run = change({}, {"requirements.txt": "-r tool", "tool": program})
    assert blocking(run) == {"tool"}
    assert "tool: line 2" in reasons(run)
    assert sums_hold(run)


@pytest.mark.parametrize(
    ("content", "what", "reason"),
    [
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "deps.lst",
            "LFS pointer",
        ),
        ("a==1\n" * 2000, "deps.lst", "too large"),
        (b"\xff\xfe\xff", "deps.lst", "file not decodable"),
        ("import os\n", "deps.lst: line 1", "requirement line not understood"),
    ],
)
def test_what_cannot_be_audited_is_a_gap(
    repo: GitRepo, tmp_path: Path, content: str | bytes, what: str, reason: str
) -> None:
    before = {"requirements.txt": "-r deps.lst", "deps.lst": SAFE}
    settings = {"database": advisories(tmp_path), "max_file_bytes": "4096"}
    run = changed(repo, before, {"deps.lst": content}, **settings)
    assert run.verdict is Verdict.INCOMPLETE
    assert reasons(run) == {what: reason}
    assert sums_hold(run)


def test_links_on_the_way_are_followed_or_told(repo: GitRepo, tmp_path: Path) -> None:
    settings = {"database": advisories(tmp_path)}
    repo.write({"deps.lst": SAFE, "other.lst": UNSAFE})
    (repo.path / "requirements.txt").symlink_to("deps.lst")
    base = repo.commit({})
    through = repo.commit({"deps.lst": UNSAFE})
    assert blocking(gated(repo, base=base, settings=settings)) == {"deps.lst"}
    (repo.path / "deps.lst").unlink()
    (repo.path / "deps.lst").symlink_to("other.lst")
    repo.commit({})
    assert blocking(gated(repo, base=base, settings=settings)) == {"deps.lst"}
    same = gated(repo, base=through, settings=settings)
    assert [(item.finding.path, item.state) for item in same.findings] == [("deps.lst", "existing")]


def test_a_requirements_file_that_cannot_be_read_is_told(repo: GitRepo, tmp_path: Path) -> None:
    big = "-r deps.lst\n" + "#\n" * 4000
    settings = {"database": advisories(tmp_path), "max_file_bytes": "4096"}
    before = {"requirements.txt": big, "deps.lst": SAFE, "a.py": ""}
    run = changed(repo, before, {"deps.lst": UNSAFE}, **settings)
    assert run.verdict is Verdict.INCOMPLETE
    assert reasons(run) == {"requirements.txt": "too large"}
    repo.commit({"a.py": "x = 1\n"})
    code = gated(repo, base="HEAD^", settings=settings)
    assert code.verdict is Verdict.PASS, "no file that could be included is touched"


def test_the_working_tree_is_judged_alike(repo: GitRepo, tmp_path: Path) -> None:
    settings = {"database": advisories(tmp_path)}
    repo.commit({"requirements.txt": "-r deps.lst", "deps.lst": SAFE, "gone.txt": ""})
    repo.write({"deps.lst": UNSAFE})
    assert blocking(gated(repo, worktree=True, settings=settings)) == {"deps.lst"}
    repo.write({"requirements.txt": None, "gone.txt": None})
    assert gated(repo, worktree=True, settings=settings).verdict is Verdict.PASS
    repo.write({"untracked-requirements.txt": "-r deps.lst"})
    assert blocking(gated(repo, worktree=True, settings=settings)) == {"deps.lst"}
    (repo.path / "deps.lst").unlink()
    os.mkfifo(repo.path / "deps.lst")
    assert gated(repo, worktree=True, settings=settings).verdict is Verdict.INCOMPLETE


def test_with_two_merge_bases_each_side_has_its_own_includes(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"deps.lst": SAFE})
    repo.git("checkout", "-q", "-b", "left")
    left = repo.commit({"requirements.txt": "-r deps.lst"})
    repo.git("checkout", "-q", "-b", "right", "main")
    right = repo.commit({"a.txt": "x"})
    repo.git("checkout", "-q", "left")
    repo.git("merge", "-q", "--no-edit", right)
    repo.git("checkout", "-q", "right")
    repo.git("merge", "-q", "--no-edit", left)
    repo.commit({"deps.lst": UNSAFE})
    run = gated(repo, base="left", head="right", settings={"database": advisories(tmp_path)})
    assert len(run.range.merge_bases) == 2
    assert blocking(run) == {"deps.lst"}
