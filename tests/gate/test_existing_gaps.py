"""A gap that stood there does not decide; one that only looks like it does."""

from pathlib import Path

import pytest

from tidegate.records.run import GateRun, Verdict
from tidegate.reports.formats import RENDERERS
from tidegate.tests.gate.gating import JINJA_FIX, advisories, changed, gated, reasons
from tidegate.tests.real import GitRepo

MORE = f"jinja2=={JINJA_FIX}\n"
WHEEL = "y @ https://h/y.whl#sha256=aa\n"
LONG = "x" * 250


def lock(source: str) -> str:
    return f'lock-version = "1.0"\n\n[[packages]]\nname = "y"\n{source}\n'


def git_source(commit: str, user: str = "") -> str:
    return lock(f'vcs = {{ type = "git", url = "https://{user}h/y", commit-id = "{commit}" }}')


@pytest.fixture
def judge(repo: GitRepo, tmp_path: Path) -> "Judge":
    return Judge(repo, advisories(tmp_path))


class Judge:
    """The gate, with a database, on a change of one file."""

    def __init__(self, repo: GitRepo, database: str) -> None:
        self.repo, self.database = repo, database

    def __call__(self, name: str, before: str, after: str) -> GateRun:
        return changed(self.repo, {name: before}, {name: after}, database=self.database)


ATTACKS = [
    (WHEEL, "y @ https://evil:pw@h/y.whl?build=evil#sha256=bb\n"),
    (WHEEL, "y @ https://h/y.whl#sha256=bb\n"),
    ("-e git+https://a:pw@h/y#egg=y\n", "-e git+https://b:pw@h/y#egg=y\n"),
    ("https://h/y.whl?build=good\n", "https://h/y.whl?build=evil\n"),
    ("-r https://h/r.txt?build=good\n", "-r https://h/r.txt?build=evil\n"),
    (f"-r ../{LONG}good\n", f"-r ../{LONG}evil\n"),
    (f"-r {LONG}good\n", f"-r {LONG}evil\n"),
    ("good good\n", "evil evil\n"),
    ("flask>=2\n", "flask>=2 ; python_version > '3'\n"),
    ("flask>=2 --hash=sha256:" + "a" * 64, "flask>=2 --hash=sha256:" + "b" * 64),
]


@pytest.mark.parametrize(("good", "evil"), ATTACKS)
def test_a_line_that_only_looks_the_same_is_new(judge: Judge, good: str, evil: str) -> None:
    run = judge("requirements.txt", good, evil)
    assert (run.verdict, run.exit_code) == (Verdict.INCOMPLETE, 3)
    assert [item.existing for item in run.skipped] == [False]


@pytest.mark.parametrize("good", [good for good, _ in ATTACKS])
def test_a_line_that_only_moves_is_existing(judge: Judge, good: str) -> None:
    run = judge("requirements.txt", good, f"# why\n\n{MORE}{good}")
    assert (run.verdict, run.exit_code) == (Verdict.PASS, 0)
    assert [item.existing for item in run.skipped] == [True]


@pytest.mark.parametrize(
    ("good", "evil"),
    [
        (git_source("aa"), git_source("bb")),
        (git_source("aa"), git_source("aa", user="evil:pw@")),
        (lock("version = 1"), lock("version = 2")),
        (lock("").replace("name", "good"), lock("").replace("name", "evil")),
    ],
)
def test_the_same_in_locks(judge: Judge, good: str, evil: str) -> None:
    attack = judge("pylock.toml", good, evil)
    assert attack.verdict is Verdict.INCOMPLETE
    judge.repo.git("checkout", "-q", "-b", "moving")
    base = judge.repo.commit({"pylock.toml": good})
    judge.repo.commit({"pylock.toml": "# why\n" + good + '\n[[packages]]\nname = "z"\nversion="1"'})
    moved = gated(judge.repo, base=base, settings={"database": judge.database})
    assert moved.verdict is Verdict.PASS
    assert [item.existing for item in moved.skipped] == [True]


def test_a_second_equal_gap_is_new(judge: Judge) -> None:
    """One stood there: one of the two is existing, whichever it is, and the other is new."""
    run = judge("requirements.txt", "two words\n", "two words\ntwo words\n")
    assert run.verdict is Verdict.INCOMPLETE
    assert sorted(item.existing for item in run.skipped) == [False, True]
    assert set(reasons(run)) == {"requirements.txt: line 1", "requirements.txt: line 2"}


def test_a_gap_of_another_file_does_not_excuse_this_one(judge: Judge) -> None:
    before = {"requirements-dev.txt": "flask>=2\n", "requirements.txt": MORE}
    after = {"requirements-dev.txt": MORE, "requirements.txt": "flask>=2\n"}
    run = changed(judge.repo, before, after, database=judge.database)
    assert run.verdict is Verdict.INCOMPLETE


def test_a_whole_file_that_cannot_be_read_is_never_existing(judge: Judge) -> None:
    run = judge("poetry.lock", "one", "two")
    assert [item.existing for item in run.skipped] == [False]
    assert run.verdict is Verdict.INCOMPLETE


def test_what_is_compared_is_shown_nowhere(judge: Judge) -> None:
    run = judge("requirements.txt", WHEEL, "y @ https://evil:hunter2@h/y.whl\n")
    (item,) = run.skipped
    assert item.skipped.identity
    assert item.skipped.identity not in repr(run)
    for renderer in RENDERERS.values():
        text = renderer.gate(run, colour=False)
        assert item.skipped.identity not in text
        assert "identity" not in text
        assert "hunter2" not in text


REST = "".join(f"p{number}==1\n" for number in range(20))


@pytest.mark.parametrize(
    ("line", "there", "verdict"),
    [
        ("flask>=2\n", "deploy/requirements.txt", Verdict.PASS),
        ("flask>=1\n", "deploy/requirements.txt", Verdict.INCOMPLETE),
        ("-r ../../more.txt\n", "deploy/requirements.txt", Verdict.INCOMPLETE),
    ],
)
def test_a_gap_moves_with_its_file(
    repo: GitRepo, tmp_path: Path, line: str, there: str, verdict: Verdict
) -> None:
    before = REST + ("flask>=2\n" if "flask" in line else line)
    moved = {"requirements.txt": None, there: REST + line}
    run = changed(repo, {"requirements.txt": before}, moved, database=advisories(tmp_path))
    assert run.verdict is verdict


def test_a_gap_of_the_tests_is_new_in_the_product(repo: GitRepo, tmp_path: Path) -> None:
    content = REST + "flask>=2\n"
    moved = {"tests/requirements.txt": None, "requirements.txt": content}
    before = {"tests/requirements.txt": content}
    run = changed(repo, before, moved, database=advisories(tmp_path))
    assert run.verdict is Verdict.INCOMPLETE
