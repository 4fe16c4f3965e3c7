"""What a pass leaves behind: an update is a rebuild, whatever came between."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tidegate.analysis.history import origins, state_file
from tidegate.analysis.history.building import Updated, update
from tidegate.analysis.history.replay import Landed
from tidegate.analysis.history.state import Row, open_state, rows
from tidegate.errors import IncompleteError, UsageError
from tidegate.repository.git import Git
from tidegate.tests.real import GitRepo
from tidegate.tests.repository.history.written import START, Writer, lines, written_at_random

NOW = START + 10**9


def bring(repo: GitRepo, place: Path, tip: str, step: int = 5000) -> Updated:
    return update(Git.open(repo.path), tip, place, now=NOW, step=step)


def told(place: Path) -> list[Row]:
    database = sqlite3.connect(place)
    try:
        return list(rows(database))
    finally:
        database.close()


def kept(place: Path) -> list[object]:
    """All that a later run may depend on."""
    database = sqlite3.connect(place)
    queries = (
        "SELECT path, version, lines FROM origin WHERE live = 1 ORDER BY path",
        "SELECT path, last, faults, commits FROM file ORDER BY path",
        "SELECT * FROM author ORDER BY key",
        "SELECT * FROM landed ORDER BY number",
        "SELECT * FROM row ORDER BY rowid",
        "SELECT * FROM meta ORDER BY name",
    )
    try:
        return [database.execute(query).fetchall() for query in queries]
    finally:
        database.close()


@pytest.fixture
def line(repo: GitRepo) -> list[str]:
    """The first-parent line of a history, oldest first."""
    written_at_random(7, 60).write(repo)
    return repo.git("rev-list", "--first-parent", "--reverse", "HEAD").splitlines()


def test_an_update_reads_what_is_new_and_ends_as_a_rebuild(
    repo: GitRepo, line: list[str], tmp_path: Path
) -> None:
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    done = bring(repo, whole, line[-1])
    assert (done.rebuilt, done.changes, done.unknown) == (True, len(line), 0)

    read = [bring(repo, grown, tip) for tip in (line[0], line[1], line[-3], line[-1])]

    assert [each.rebuilt for each in read] == [True, False, False, False]
    assert [each.changes for each in read] == [1, 1, len(line) - 4, 2]
    assert kept(grown) == kept(whole)
    assert bring(repo, grown, line[-1]).commits == 0
    assert len({row.sha for row in told(whole)}) == len(told(whole))


class Interrupted(Exception):
    """The run is broken off."""


def test_an_interrupted_run_goes_on_where_it_last_wrote(
    repo: GitRepo, line: list[str], tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    bring(repo, whole, line[-1])

    def stop(landed: Landed) -> None:
        if landed.change.number == len(line) - 3:
            raise Interrupted

    with pytest.raises(Interrupted):
        update(Git.open(repo.path), line[-1], broken, now=NOW, on_landed=stop, step=10)
    done = bring(repo, broken, line[-1], step=10)

    assert not done.rebuilt
    assert 0 < done.changes < len(line)
    assert kept(broken) == kept(whole)


def test_history_that_was_rewritten_is_read_anew(
    repo: GitRepo, line: list[str], tmp_path: Path
) -> None:
    place = tmp_path / "state"
    bring(repo, place, line[-1])
    repo.git("checkout", "-q", "-f", "--detach", line[-3])
    other = repo.commit({"new.py": "x\n"})

    done = bring(repo, place, other)

    assert done.rebuilt
    assert [row.sha for row in told(place) if row.unit == "change"] == [*line[:-2], other]


def test_a_mail_map_that_changed_makes_it_anew(repo: GitRepo, tmp_path: Path) -> None:
    place = tmp_path / "state"
    bring(repo, place, repo.commit({"a": "1\n"}))

    done = bring(repo, place, repo.commit({".mailmap": "A <b@x> <a@example.com>\n"}))

    assert (done.rebuilt, done.changes) == (True, 2)


@pytest.mark.parametrize("kept_bytes", [0, 100, 5000])
def test_a_damaged_file_is_made_anew(repo: GitRepo, tmp_path: Path, kept_bytes: int) -> None:
    place = tmp_path / "state"
    tip = repo.commit({"a": "1\n"})
    bring(repo, place, tip)
    content = place.read_bytes()
    place.write_bytes(content[:kept_bytes] + bool(kept_bytes) * b"?" * (len(content) - kept_bytes))

    assert bring(repo, place, tip).rebuilt
    assert len(told(place)) == 1


def test_another_file_is_left_alone(repo: GitRepo, tmp_path: Path) -> None:
    tip = repo.commit({"a": "1\n"})
    text, other = tmp_path / "text", tmp_path / "other"
    text.write_text("mine")
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE mine (x)")
    before = other.read_bytes()

    for place in (text, other):
        with pytest.raises(UsageError, match="another file"):
            bring(repo, place, tip)
    with pytest.raises(IncompleteError, match="name another place"):
        bring(repo, text / "below", tip)

    assert (text.read_text(), other.read_bytes()) == ("mine", before)


def test_two_runs_do_not_write_at_once(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "state"
    tip = repo.commit({"a": "1\n"})
    other = open_state(place, "key")
    monkeypatch.setattr(state_file, "PATIENCE", 0.05)

    with pytest.raises(IncompleteError, match="wait for the other run"):
        bring(repo, place, tip)
    other.database.close()


def test_little_room_changes_nothing_on_a_line_of_commits(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer()
    parents: list[int] = []
    tree = {f"{n}.py": lines(*(f"{n} {m}" for m in range(20))) for n in range(9)}
    for number in range(30):
        tree[f"{number % 7}.py"] += lines(f"new {number}")
        parents = [writer.commit(tree, parents, message="fix")]
    tip = writer.write(repo)[-1]
    found = []
    for room in (10_000_000, 50):
        monkeypatch.setattr(origins, "MAX_LINES", room)
        done = bring(repo, tmp_path / str(room), tip)
        found.append((kept(tmp_path / str(room)), done.unknown))

    assert found[0] == found[1]


def test_a_branch_from_before_the_last_run_finds_its_lines(repo: GitRepo, tmp_path: Path) -> None:
    place = tmp_path / "state"
    first = repo.commit({"a": lines(*"12345").decode()})
    repo.git("checkout", "-q", "-b", "side")
    fix = repo.commit({"a": lines(*"123x5").decode()}, "fix")
    repo.git("checkout", "-q", "main")
    bring(repo, place, repo.commit({"a": lines(*"02345").decode()}))
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    found: list[Landed] = []

    tip = repo.git("rev-parse", "HEAD")
    done = update(Git.open(repo.path), tip, place, now=NOW, on_landed=found.append)

    assert done.unknown == 0
    assert [hunk.origins for hunk in found[0].traced[fix]] == [(first,)]
