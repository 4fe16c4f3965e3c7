"""Features and origins of whole histories, written by the test and read by the real git."""

import re
from pathlib import Path

import pytest

from tidegate.analysis.history.building import update
from tidegate.analysis.history.experience import YEAR
from tidegate.analysis.history.features import Features
from tidegate.analysis.history.replay import Landed, Replay
from tidegate.analysis.history.roll import Roll
from tidegate.errors import TidegateError
from tidegate.records.history import Change, Commit, CommitDiff, Label, TracedHunk
from tidegate.repository.git import Git
from tidegate.repository.history.mailmap import Mailmap
from tidegate.repository.history.stream import open_history, read_changes
from tidegate.tests.real import GitRepo
from tidegate.tests.repository.history.written import (
    START,
    Writer,
    changes,
    lines,
    written_at_random,
)

NOW = START + 10**9
HEAD_ID = re.compile(r"^([0-9a-f]{40}) (\d+) (\d+)", re.MULTILINE)


def landed(repo: GitRepo, tip: str = "HEAD", now: int = NOW) -> list[Landed]:
    replay = Replay(Roll(), now, wants_origins=lambda commit: not commit.is_merge)
    return [replay.land(change) for change in changes(repo, tip)]


def row(repo: GitRepo) -> Features:
    """The features of the last change."""
    return landed(repo)[-1].row


def test_the_fourteen_are_counted_by_hand(repo: GitRepo) -> None:
    writer, day = Writer(), 86_400
    a, b = "A <a@x>", "B <b@x>"
    year = int(YEAR)
    first = writer.commit(
        {"src/a.py": lines(*"1234"), "src/deep/b.py": lines(*"12")}, who=a, time=START
    )
    second = writer.commit(
        {"src/a.py": lines(*"123x"), "src/deep/b.py": lines(*"12")}, [first], who=b,
        time=START + day,
    )  # fmt: skip
    writer.commit(
        {"src/a.py": lines(*"yz3x"), "src/deep/b.py": lines(*"12"), "top.txt": lines("1", "2")},
        [second], who=a, time=START + 3 * year, message="Fix the crash, see #12 and GH-3",
    )  # fmt: skip
    writer.write(repo)

    found = row(repo)

    assert (found.ns, found.nd, found.nf) == (2, 2, 2)
    assert (found.la, found.ld, found.lt) == (4, 2, 4)
    # Four of the six lines are in one file.
    assert found.entropy == pytest.approx(0.9183, abs=1e-4)
    assert (found.fix, found.issues) == (1, 2)
    assert (found.ndev, found.nuc, found.exp, found.sexp) == (2, 2, 1, 1)
    assert found.age == pytest.approx((3 * year - day) / day / 2)
    assert found.rexp == pytest.approx(1 / 4, abs=0.09)
    assert (found.file_exp, found.files_added) == (1, 1)
    assert found.author_days == pytest.approx(3 * year / day)
    assert (found.la_code, found.la_doc, found.nf_code, found.nf_doc) == (2, 2, 1, 1)


def test_kinds_of_paths_and_lines_add_up(repo: GitRepo) -> None:
    text = "import os\n# why\n\ndef f():\n    if x:\n        return\n"
    paths = ("a.py", "tests/test_a.py", "docs/a.rst", "conf/a.yml", "app/migrations/1.py",
             "requirements.txt", ".github/workflows/ci.yml", "data.bin2")  # fmt: skip
    repo.commit(dict.fromkeys(paths, text))

    found = row(repo)

    kinds = ("code", "test", "doc", "config", "migration", "dependency", "ci", "other")
    assert [getattr(found, f"la_{kind}") for kind in kinds] == [6] * 8
    assert [getattr(found, f"nf_{kind}") for kind in kinds] == [1] * 8
    assert found.la == 48
    content = (found.added_imports, found.added_comments, found.added_definitions)
    assert (*content, found.added_branches) == (3, 3, 3, 3)


def test_a_change_of_several_commits_is_one_row_and_a_row_for_each(repo: GitRepo) -> None:
    writer = Writer()
    base = writer.commit({"a": lines(*"12345"), "old": lines(*"abcdefgh")})
    main = writer.commit({"a": lines(*"02345"), "old": lines(*"abcdefgh")}, [base])
    one = writer.commit({"a": lines(*"1234x"), "old": lines(*"abcdefgh")}, [base], message="fix x")
    two = writer.commit({"a": lines(*"1234yz"), "new": lines(*"abcdefgh")}, [one], message="fix y")
    merge = {"a": lines(*"0234yz"), "new": lines(*"abcdefgh"), "b": lines("own")}
    writer.commit(merge, [main, two], message="Merge branch")
    writer.write(repo)

    found = landed(repo)[-1]

    # Against main: 5 became y and z, old was renamed, the merge itself added b.
    assert (found.row.la, found.row.ld, found.row.nf) == (3, 1, 3)
    assert (found.row.files_renamed, found.row.files_added) == (1, 1)
    assert (found.row.commits, found.row.fix) == (2, 1)
    # The past of the change is that before its own commits.
    assert found.row.exp == 2
    assert [features.exp for _, features in found.commits] == [2, 3]
    assert [(features.la, features.ld) for _, features in found.commits] == [(1, 1), (2, 1)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_origins_are_those_of_git_blame(repo: GitRepo, seed: int) -> None:
    written_at_random(seed, 60).write(repo)

    checked = 0
    for change in landed(repo):
        parents = {d.commit.sha: d.commit.parents for d in change.change.diffs}
        for sha, hunks in change.traced.items():
            for path in {hunk.file.old_path for hunk in hunks}:
                own = [hunk for hunk in hunks if hunk.file.old_path == path]
                assert traced_by_blame(repo, parents[sha][0], path, own) == [
                    origin for hunk in own for origin in hunk.origins
                ]
                checked += 1
    assert checked > 30


def traced_by_blame(repo: GitRepo, commit: str, path: str, hunks: list[TracedHunk]) -> list[str]:
    said = repo.git("blame", "-l", "-s", "--root", commit, "--", path).splitlines()
    ids = [line[:40] for line in said]
    return [sha for each in hunks for sha in ids[each.hunk.old_start - 1 :][: each.hunk.old_count]]


@pytest.mark.parametrize("seed", [4, 5])
def test_features_of_a_change_do_not_depend_on_what_comes_later(repo: GitRepo, seed: int) -> None:
    written_at_random(seed, 40).write(repo)
    whole = landed(repo)

    for change in whole[::3]:
        tip = change.change.commit.sha
        cut = landed(repo, tip)
        number = change.change.number
        assert [(c.row, c.commits, c.traced) for c in cut] == [
            (c.row, c.commits, c.traced) for c in whole[: number + 1]
        ]


def test_the_same_holds_of_the_history_of_this_project() -> None:
    try:
        git = Git.open(Path(__file__).resolve().parents[3])
        line = git.output("rev-list", "--first-parent", "HEAD").decode().split()
    except TidegateError:
        pytest.skip("the checkout has no history")
    tip, cut = line[0], line[len(line) // 5]

    whole, prefix = rows_of(git, tip), rows_of(git, cut)

    assert whole[: len(prefix)] == prefix


def rows_of(git: Git, tip: str) -> list[Features]:
    history = open_history(git, tip)
    assert history is not None
    replay = Replay(Roll(), NOW)
    return [replay.land(change).row for change in read_changes(history, Mailmap())]


def test_dates_that_run_backwards_or_lie_in_the_future_do_no_harm(repo: GitRepo) -> None:
    writer = Writer()
    parents: list[int] = []
    for number, time in enumerate((START, 2**35, START + 86_400, 0, START - 10**8, START + 10)):
        parents = [writer.commit({"a": lines(str(number))}, parents, time=time)]
    writer.write(repo)

    rows = [each.row for each in landed(repo, now=START + 10**6)]

    assert all(each.age >= 0 and each.author_days >= 0 and each.rexp >= 0 for each in rows)
    assert [each.exp for each in rows] == [0, 1, 2, 3, 4, 5]
    # The one dated in the future is held to be of now, and what follows it is not late.
    assert rows[1].age == pytest.approx(10**6 / 86_400)
    assert rows[2].age == 0


class Teller:
    """Says that each fix points to the first commit, known after a while."""

    def __init__(self, delay: int) -> None:
        self.delay = delay
        self.first = ""

    def see(self, change: Change, traced: object) -> list[Label]:
        self.first = self.first or change.commit.sha
        if not traced:
            return []
        time = change.commit.commit_time + self.delay
        return [Label(self.first, "szz", time, 0.5, change.commit.sha)]


@pytest.mark.parametrize(("delay", "known"), [(0, [0, 0, 1, 1]), (2 * 3600, [0, 0, 0, 1])])
def test_a_fault_counts_only_once_it_is_known(repo: GitRepo, delay: int, known: list[int]) -> None:
    writer = Writer()
    parents: list[int] = []
    for number, message in enumerate(("begin", "fix it", "on", "on")):
        parents = [writer.commit({"a": lines(str(number))}, parents, message=message)]
    writer.write(repo)
    replay = Replay(Roll(), NOW, labeller=Teller(delay))

    rows = [replay.land(change).row for change in changes(repo)]

    assert [each.file_faults for each in rows] == known
    assert [each.author_faults for each in rows] == known


def test_lines_keep_their_origin_across_a_change_that_is_looked_through(repo: GitRepo) -> None:
    first = repo.commit({"a.py": "x=1\n"})
    repo.commit({"a.py": "x = 1\n"}, "format")
    fix = repo.commit({"a.py": "x = 2\n"}, "fix")
    replay = Replay(Roll(), NOW)
    replay.origins.transparent = lambda diff, _file, _hunk: diff.commit.message == "format"

    *_, last = [replay.land(change) for change in changes(repo)]

    assert [hunk.origins for hunk in last.traced[fix]] == [(first,)]


def test_a_commit_without_its_content_has_a_row_of_nothing() -> None:
    diff = CommitDiff(Commit("1" * 40, (), "k", 0, 0, "m"))
    replay = Replay(Roll(), NOW)

    found = replay.land(Change(0, diff.commit, (diff,), (), skipped="missing"))

    assert (found.row.nf, found.row.la) == (0, 0)


def test_mail_maps_make_one_person_of_two(repo: GitRepo, tmp_path: Path) -> None:
    content = lines("A <a@x> <b@x>")
    writer = Writer()
    first = writer.commit({"a": b"1\n", ".mailmap": content}, who="A <a@x>")
    writer.commit({"a": b"2\n", ".mailmap": content}, [first], who="Bee <B@X>")
    tip = writer.write(repo)[-1]
    found: list[Landed] = []

    update(Git.open(repo.path), tip, tmp_path / "state", now=NOW, on_landed=found.append)

    assert [each.row.exp for each in found] == [0, 1]
