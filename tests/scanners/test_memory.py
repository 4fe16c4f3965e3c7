"""An answer is known for as long as all that it rests on stays as the scanner saw it."""

import os
import signal
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.run import ScanRun
from tidegate.scanners.cache import Cache
from tidegate.scanners.interface import Context, Kind, Target
from tidegate.scanners.tree import scan_tree


@dataclass(frozen=True)
class Fake:
    """Finds each file's first line, and writes down which files it was asked about."""

    asked: Path
    act: str = ""
    key: str | None = "1"
    lasting: bool = True
    KINDS = frozenset({Kind.PYTHON})

    def scan(self, target: Target, context: Context) -> Iterator[Finding | Skipped]:
        assert context is not None
        (file,) = target.files
        with self.asked.open("a") as log:
            log.write(f"{file.path}\n")
        if file.path.endswith("bad.py"):
            self.misbehave()
        if self.act == "change":
            Path(file.path).write_text("changed\n")
        text = target.read(file.path).decode()
        if text.startswith("include "):
            try:
                text = target.read(text.split()[1]).decode()
            except FileNotFoundError:
                text = "nothing"
        yield found(file.path, text.partition("\n")[0])
        if self.act == "gap":
            yield Skipped(what=file.path, reason="r", path=file.path)
        if self.act == "change back":
            Path(file.path).write_text("changed\n")

    def misbehave(self) -> None:
        if self.act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.act == "raise":
            raise RuntimeError
        while self.act == "hang":
            pass

    def versions(self, context: Context) -> Mapping[str, str]:
        assert context is not None
        return {}

    def cache_key(self, context: Context) -> str | None:
        assert context is not None
        return self.asked.with_name("key").read_text() if self.key == "file" else self.key

    def is_lasting(self, gap: Skipped) -> bool:
        return self.lasting and gap.reason == "r"


def found(path: str, text: str) -> Finding:
    return Finding(
        tool="fake",
        rule="r",
        message=text,
        path=path,
        line=1,
        end_line=1,
        severity=Level.LOW,
        confidence=Level.LOW,
        remedy="",
        body="for one run",
    )


@dataclass(frozen=True)
class Place:
    """A tree that is the current folder, and a cache and a log beside it."""

    root: Path
    fake: Fake

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / f"{name}.py").write_text(text)

    def scan(self, fake: Fake | None = None, *, max_file_bytes: int = 1000) -> ScanRun:
        context = Context(
            database=Path("x"), file_timeout=0.5, max_file_bytes=max_file_bytes, workers=1
        )
        cache = Cache(self.root.with_name("scan.db"), 1)
        scanners = {"fake": fake or self.fake}
        return scan_tree([self.root], self.root, context, scanners, cache=cache)

    def asked(self) -> list[str]:
        """The files that were scanned since the last question."""
        log = self.fake.asked
        names = sorted(log.read_text().split()) if log.exists() else []
        log.unlink(missing_ok=True)
        return names


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.chdir(root)
    return Place(root, Fake(tmp_path / "asked"))


def messages(run: ScanRun) -> dict[str, str]:
    return {item.finding.path: item.finding.message for item in run.findings}


def test_only_what_changed_is_looked_at(place: Place) -> None:
    place.write(a="one", b="two")
    first = place.scan()
    assert place.asked() == ["a.py", "b.py"]
    assert replace(place.scan(), timings={}) == replace(
        first,
        timings={},
        findings=tuple(
            replace(item, finding=replace(item.finding, body="")) for item in first.findings
        ),
    )
    assert place.asked() == []
    place.write(b="three", c="one")
    assert messages(place.scan()) == {"a.py": "one", "b.py": "three", "c.py": "one"}
    assert place.asked() == ["b.py", "c.py"]
    place.write(b="two")
    assert messages(place.scan())["b.py"] == "two"
    assert place.asked() == []


def test_a_file_under_another_name_is_another_file(place: Place) -> None:
    place.write(a="one")
    place.scan()
    (place.root / "a.py").rename(place.root / "b.py")
    assert messages(place.scan()) == {"b.py": "one"}


@pytest.mark.parametrize("act", ["change", "change back"])
def test_a_file_that_is_changed_while_scanned_poisons_nothing(place: Place, act: str) -> None:
    """The row stands under what the worker read, not under what lay there before or after."""
    place.write(a="before")
    told = messages(place.scan(replace(place.fake, act=act)))["a.py"]
    assert told == ("changed" if act == "change" else "before")
    place.asked()
    for text in ("before", "changed"):
        place.write(a=f"{text}\n" if text == "changed" else text)
        assert messages(place.scan()) == {"a.py": text}
    assert place.asked() == ["a.py"]  # and the other one was known


def test_what_a_file_includes_counts_as_much_as_the_file(place: Place) -> None:
    place.write(a="include b.txt")
    included = place.root / "b.txt"
    for text in (None, "one", "two", None):
        if text is None:
            included.unlink(missing_ok=True)
        else:
            included.write_text(text)
        for asked in (["a.py"], []):
            assert messages(place.scan()) == {"a.py": text or "nothing"}
            assert place.asked() == asked


@pytest.mark.parametrize("act", ["die", "raise", "hang"])
def test_what_a_scanner_failed_at_is_tried_again(place: Place, act: str) -> None:
    place.write(a="one", bad="two", c="three")
    first = place.scan(replace(place.fake, act=act))
    assert [gap.path for gap in first.skipped] == ["bad.py"]
    assert place.asked() == ["a.py", "bad.py", "c.py"]
    second = place.scan()
    assert place.asked() == ["bad.py"]
    assert messages(second) == {"a.py": "one", "bad.py": "two", "c.py": "three"}
    assert second.skipped == ()


@pytest.mark.parametrize("lasting", [True, False])
def test_a_gap_is_known_only_where_the_scanner_says_that_it_lasts(
    place: Place, lasting: bool
) -> None:
    place.write(a="one")
    fake = replace(place.fake, act="gap", lasting=lasting)
    assert [place.scan(fake).skipped != () for _ in range(2)] == [True, True]
    assert place.asked() == ["a.py"] * (1 if lasting else 2)


def test_a_scanner_that_cannot_tell_what_it_depends_on_is_always_asked(place: Place) -> None:
    place.write(a="one")
    for _ in range(2):
        place.scan(replace(place.fake, key=None))
    assert place.asked() == ["a.py", "a.py"]
    assert not place.root.with_name("scan.db").exists()


def test_another_version_or_limit_asks_anew(place: Place) -> None:
    place.write(a="one")
    place.scan()
    place.scan(replace(place.fake, key="2"))
    place.scan(max_file_bytes=999)
    assert place.asked() == ["a.py"] * 3


def test_a_tool_that_changes_while_it_looks_leaves_nothing_behind(place: Place) -> None:
    class Updated(Fake):
        def scan(self, target: Target, context: Context) -> Iterator[Finding | Skipped]:
            self.asked.with_name("key").write_text("after")
            return super().scan(target, context)

    place.write(a="one")
    place.fake.asked.with_name("key").write_text("before")
    place.scan(Updated(place.fake.asked, key="file"))
    assert not place.root.with_name("scan.db").exists()


def test_a_row_that_is_no_answer_is_not_taken_for_one(place: Place) -> None:
    class Poisoned(Cache):
        def lookup(self, keys: object) -> dict[bytes, bytes]:
            return dict.fromkeys(super().lookup(keys), b"[{},[[]]]")  # type: ignore[arg-type]  # the same

    place.write(a="one")
    place.scan()
    context = Context(database=Path("x"))
    cache = Poisoned(place.root.with_name("scan.db"), 1)
    run = scan_tree([place.root], place.root, context, {"fake": place.fake}, cache=cache)
    assert messages(run) == {"a.py": "one"}
    assert place.asked() == ["a.py", "a.py"]


def test_an_unchanged_tree_is_one_row(place: Place) -> None:
    asked: list[int] = []
    stored: list[int] = []

    class Counted(Cache):
        def store(self, rows: Mapping[bytes, bytes]) -> None:
            stored.append(len(rows))
            super().store(rows)

        def lookup(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
            asked.append(len(keys))
            return super().lookup(keys)

    place.write(**{f"a{number}": "one" for number in range(20)})
    place.scan()
    context = Context(database=Path("x"), max_file_bytes=1000)
    cache = Counted(place.root.with_name("scan.db"), 1)
    run = scan_tree([place.root], place.root, context, {"fake": place.fake}, cache=cache)
    assert len(messages(run)) == 20
    assert asked == [1, 1]  # the states of the files, and what was said of all of them
    assert stored == [0]
