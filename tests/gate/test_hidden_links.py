"""Symbolic links give code a new name: what they lead to is looked at, or told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tidegate.records.run import GateRun, Verdict
from tidegate.tests.gate.gating import BAD, GOOD, gated, reasons, sums_hold
from tidegate.tests.real import GitRepo


def linked(repo: GitRepo, links: Mapping[str, str], *, worktree: bool = False) -> GateRun:
    """The gate on a change of nothing but links."""
    for name, end in links.items():
        place = repo.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(end)
    if not worktree:
        repo.commit({})
    run = gated(repo, base="HEAD" if worktree else "HEAD^", worktree=worktree)
    assert sums_hold(run)
    return run


@pytest.mark.parametrize("worktree", [False, True])
@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("app.py", "tests/evil.py"),
        ("app.py", "notes.txt"),
        ("deploy", "notes.txt"),
        ("src/app.py", "../tests/../notes.txt"),
        ("app.py", "chain"),
        ("app.py", "folder/../evil.py"),
    ],
)
def test_a_link_to_an_unchanged_file_is_new_code(
    repo: GitRepo, name: str, end: str, worktree: bool
) -> None:
    (repo.path / "chain").symlink_to("notes.txt")
    (repo.path / "folder").symlink_to("tests/deep")
    files = {"tests/evil.py": BAD, "tests/deep/x.txt": "", "notes.txt": BAD, "evil.py": GOOD}
    repo.commit(files)
    run = linked(repo, {name: end}, worktree=worktree)
    assert run.verdict is Verdict.BLOCK
    assert {item.finding.path for item in run.findings} == {name}


def test_a_file_behind_an_old_link_that_makes_code_of_it(repo: GitRepo) -> None:
    (repo.path / "app.py").symlink_to("notes.txt")
    repo.commit({"notes.txt": GOOD})
    repo.commit({"notes.txt": GOOD + BAD})
    run = gated(repo, base="HEAD^")
    assert {(i.finding.path, i.state) for i in run.findings} == {("app.py", "new")}
    assert run.verdict is Verdict.BLOCK


def test_an_old_link_that_leads_over_a_new_one(repo: GitRepo) -> None:
    for name, end in {"app.py": "conf/a.txt", "conf": "good", "old.py": "bad/a.txt"}.items():
        (repo.path / name).symlink_to(end)
    repo.commit({"good/a.txt": GOOD, "bad/a.txt": BAD})
    run = linked(repo, {"conf": "bad"})
    assert {item.finding.path for item in run.findings} == {"app.py"}
    assert run.verdict is Verdict.BLOCK


def test_a_link_that_is_turned_elsewhere_is_compared_with_what_it_led_to(repo: GitRepo) -> None:
    repo.commit({"tests/a.py": BAD, "tests/b.py": BAD, "tests/c.py": BAD + "pickle.loads(input())"})
    linked(repo, {"app.py": "tests/a.py"})
    same = linked(repo, {"app.py": "tests/b.py"})
    assert (same.verdict, {i.state for i in same.findings}) == (Verdict.PASS, {"existing"})
    assert linked(repo, {"app.py": "tests/c.py"}).verdict is Verdict.BLOCK


@pytest.mark.parametrize(
    "end", ["tests", "tests/", "./tests/sub/..", "/usr/lib", "../elsewhere", "module", "module/x"]
)
def test_a_link_to_a_folder_of_code_or_out_of_the_tree_is_told(repo: GitRepo, end: str) -> None:
    first = repo.commit({"tests/evil.py": BAD, "tests/sub/a.txt": ""})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{first},module")
    repo.git("commit", "-q", "-m", "module")
    (repo.path / "module").mkdir()
    run = linked(repo, {"lib": end})
    assert (run.verdict, reasons(run)) == (Verdict.INCOMPLETE, {"lib": "symbolic link"})


@pytest.mark.parametrize(
    "links",
    [
        {"README": "docs/README.md"},
        {"docs/LICENSE": "../LICENSE"},
        {"latest": "docs"},
        {"photo.png": "/srv/photo.png"},
        {"notes.md": "../elsewhere/notes.md"},
        {"nothing": "nowhere"},
    ],
)
def test_links_to_what_is_no_code_pass(repo: GitRepo, links: Mapping[str, str]) -> None:
    repo.commit({"a.py": GOOD, "docs/README.md": "Read (this).\n", "LICENSE": "Do (what).\n"})
    run = linked(repo, links)
    assert (run.verdict, run.skipped) == (Verdict.PASS, ())


def test_a_link_to_a_changed_file_is_looked_at_once(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.write({"b.py": BAD})
    run = linked(repo, {"c.py": "b.py"})
    assert {item.finding.path for item in run.findings} == {"b.py"}


def test_links_in_a_circle_end(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.py": GOOD})
    run = linked(repo, {"x": "y", "y": "x", "b.py": "x", "far.py": str(tmp_path)})
    assert reasons(run) == {"b.py": "symbolic link", "far.py": "symbolic link"}
