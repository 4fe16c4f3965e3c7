"""`tidegate history` on a real repository: a merge, a fix, a revert, a bot."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from tidegate.analysis.history import building
from tidegate.analysis.history.replay import Landed
from tidegate.cli import history
from tidegate.errors import UsageError
from tidegate.tests.real import GitRepo, Tidegate

DAY = 86_400
START = 1_600_000_000
PERSON, BOT = "Ada <ada@example.com>", "dependabot[bot] <bot@example.com>"


def stream() -> bytes:
    """What git fast-import reads: five changes, the third of them a merge of two commits."""
    lines: list[str] = []

    def put(
        mark: int,
        day: int,
        message: str,
        content: str,
        *parents: int,
        who: str = PERSON,
        branch: str = "main",
        path: str = "app.py",
    ) -> None:
        when = f"{who} {START + day * DAY} +0000"
        lines.extend([f"commit refs/heads/{branch}", f"mark :{mark}", f"author {when}"])
        lines.extend([f"committer {when}", f"data {len(message)}", message])
        for place, parent in enumerate(parents):
            lines.append(f"{'merge' if place else 'from'} :{parent}")
        lines.extend([f"M 100644 inline {path}", f"data {len(content)}", content])

    put(1, 0, "Start", "a = 1\nb = 2\n")
    put(2, 1, "Add c", "a = 1\nb = 2\nc = a / b\n", 1)
    put(3, 2, "More", "x = 1\n", 2, branch="work", path="other.py")
    put(4, 3, "Even more", "x = 1\ny = 2\n", 3, branch="work", path="other.py")
    put(5, 4, "Merge branch 'work'", "x = 1\ny = 2\n", 2, 4, path="other.py")
    put(6, 90, "Bump it", "pin==2\n", 5, who=BOT, path="requirements.txt")
    put(7, 91, "Fix crash when b is 0", "a = 1\nb = 2\nc = a / max(b, 1)\n", 6)
    return "\n".join([*lines, ""]).encode()


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """The history, made once; nobody writes in it."""
    repo = GitRepo(tmp_path_factory.mktemp("origin"))
    repo.git("init", "-q", "--bare", "-b", "main")
    repo.git("fast-import", "--quiet", stdin=stream())
    return repo


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, for calls within this process."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def table(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def built(origin: GitRepo, out: Path, since: str = "") -> list[dict[str, object]]:
    history.build(repo=origin.path, out=out, since=since)
    return table(out)


def test_a_row_for_each_change_that_landed(origin: GitRepo, tmp_path: Path, cache: Path) -> None:
    rows = built(origin, tmp_path / "t.jsonl")
    assert [row["number"] for row in rows] == [0, 1, 2, 3, 4]
    merge, bot, fix = rows[2:]
    assert (merge["commits"], merge["la"], merge["nf"]) == (2, 2, 1)
    assert [row["excluded"] for row in rows] == [None, None, None, "bot", None]
    assert (bot["la_dependency"], fix["fix"], fix["la"], fix["ld"]) == (1, 1, 1, 1)
    assert list(cache.rglob("*.db"))


def test_a_fix_labels_the_change_whose_line_it_takes_away(origin: GitRepo, tmp_path: Path) -> None:
    first, cause, *_, fix = built(origin, tmp_path / "t.jsonl")
    assert (cause["harmful"], cause["szz_time"], cause["evidence"]) == (
        True,
        START + 91 * DAY,
        fix["sha"],
    )
    assert (first["harmful"], first["szz_time"]) == (False, None)
    assert fix["harmful"] is None


@pytest.mark.parametrize(
    ("since", "numbers"), [("main~2", [3, 4]), ("2020-12-11", [3, 4]), ("work", [3, 4])]
)
def test_a_part_of_the_table_is_as_in_the_whole(
    origin: GitRepo, tmp_path: Path, since: str, numbers: list[int]
) -> None:
    whole = built(origin, tmp_path / "t.jsonl")
    assert built(origin, tmp_path / "part.jsonl", since) == [whole[n] for n in numbers]


def test_a_second_run_reads_new_commits_only(origin: GitRepo, tmp_path: Path) -> None:
    clone = GitRepo(tmp_path / "clone")
    origin.git("clone", "-q", "--bare", ".", str(clone.path))
    clone.git("update-ref", "refs/heads/main", "main~1")
    before = built(clone, tmp_path / "t.jsonl")
    clone.git("update-ref", "refs/heads/main", origin.git("rev-parse", "main"))
    after = built(clone, tmp_path / "t.jsonl")
    assert after == built(origin, tmp_path / "whole.jsonl")
    told_later = ("harmful", "confidence", "evidence", "szz_time", "szz_confidence")
    for then, now in zip(before, after, strict=False):
        assert {k: v for k, v in then.items() if k not in told_later} == {
            k: v for k, v in now.items() if k not in told_later
        }
    assert before[1]["szz_time"] is None


def test_an_interrupt_loses_nothing(origin: GitRepo, tmp_path: Path) -> None:
    from tidegate.analysis.history.stored import read_stored
    from tidegate.repository.git import Git

    git, place = Git.open(origin.path), tmp_path / "state.db"
    tip = origin.git("rev-parse", "main")

    def stop(landed: Landed) -> None:
        if landed.change.number == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        building.update(git, tip, place, now=START * 2, on_landed=stop, step=1)
    assert len(read_stored(place).changes) == 4
    again = building.update(git, tip, place, now=START * 2)
    assert again.changes == 1
    whole = tmp_path / "whole.db"
    building.update(git, tip, whole, now=START * 2)
    assert list(read_stored(place).rows()) == list(read_stored(whole).rows())


def test_a_damaged_labeller_is_made_anew(origin: GitRepo, tmp_path: Path) -> None:
    from tidegate.analysis.history.stored import read_stored
    from tidegate.repository.git import Git

    git, place = Git.open(origin.path), tmp_path / "state.db"
    tip = origin.git("rev-parse", "main")
    building.update(git, tip, place, now=START * 2)
    whole = list(read_stored(place).rows())
    with sqlite3.connect(place) as database:
        database.execute("UPDATE labeller SET value = x'00'")
    database.close()
    assert building.update(git, tip, place, now=START * 2).rebuilt
    assert list(read_stored(place).rows()) == whole


@pytest.mark.parametrize(
    ("name", "since", "words"),
    [
        ("t.csv", "", "no known kind"),
        ("no/t.jsonl", "", "does not exist"),
        ("t.jsonl", "nowhere", "nowhere"),
        ("t.jsonl", "2026-13-01", "no day is 2026-13-01"),
    ],
)
def test_bad_calls_are_told_and_nothing_is_written(
    origin: GitRepo, tmp_path: Path, name: str, since: str, words: str
) -> None:
    with pytest.raises(Exception, match=words):
        built(origin, tmp_path / name, since)
    assert not list(tmp_path.glob("t.*"))


def test_a_shallow_clone_is_told_and_incomplete(
    origin: GitRepo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = tmp_path / "shallow"
    origin.git("clone", "-q", "--bare", "--depth", "2", origin.path.as_uri(), str(clone))
    with pytest.raises(typer.Exit) as ended:
        history.build(repo=clone, out=tmp_path / "t.jsonl", since="")
    assert ended.value.exit_code == 3
    assert table(tmp_path / "t.jsonl")[0]["excluded"] == "unread"
    assert "could not be read" in capsys.readouterr().err


def test_show_tells_a_change_in_words(origin: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    history.show(rev="main~3", repo=origin.path, json_=False)
    out = capsys.readouterr().out
    assert "la                       1 lines: lines added" in out
    assert "harmful                  true:" in out
    history.show(rev="work", repo=origin.path, json_=True)
    assert json.loads(capsys.readouterr().out)["number"] == 2


def test_show_of_what_did_not_land(origin: GitRepo, tmp_path: Path) -> None:
    clone = GitRepo(tmp_path / "clone")
    origin.git("clone", "-q", "--bare", ".", str(clone.path))
    clone.git("update-ref", "refs/heads/main", "main~4")
    with pytest.raises(UsageError, match="not in the history"):
        history.show(rev="work", repo=clone.path, json_=False)


def test_the_verb_as_a_process(origin: GitRepo, tmp_path: Path, tidegate: Tidegate) -> None:
    done = tidegate("history", "build", "--repo", str(origin.path), "--out", "t.jsonl")
    assert (done.code, done.out) == (0, "")
    assert "5 of 5 changes to t.jsonl" in done.err
    assert "4 to learn from; left out: 1 bot" in done.err
    assert "clean after 90 days" in done.err
    assert len(table(tmp_path / "t.jsonl")) == 5


NewRepo = Callable[[str], GitRepo]


def test_a_repository_without_a_commit(new_repo: NewRepo, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="HEAD"):
        built(new_repo("empty"), tmp_path / "t.jsonl")
