"""What authors and files have been through: counters that every commit adds to.

No name is in them, and what they hold before a commit depends on earlier commits alone.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ...records.history import CommitDiff, FileChange
from .path_kinds import subsystem

DAY = 24 * 60 * 60
YEAR = 365.25 * DAY


@dataclass(slots=True)
class FileRecord:
    """The past of one path; a renamed file takes it along."""

    commits: "array[int]" = field(default_factory=lambda: array("i"))
    """The numbers of the commits that touched it."""
    authors: dict[int, int] = field(default_factory=dict)
    """How many of them each author made."""
    last: int = 0
    """When the last one was made, in seconds since the epoch."""
    faults: int = 0
    """How many fixes of it are known that point to a culprit."""

    def copy(self) -> "FileRecord":
        """The same past, to go on apart."""
        return FileRecord(self.commits[:], dict(self.authors), self.last, self.faults)


@dataclass(slots=True)
class AuthorRecord:
    """The past of one author."""

    number: int
    commits: int = 0
    first: int = 0
    """When the first commit was made, in seconds since the epoch."""
    faults: int = 0
    """How many known faults are put down to the author's commits."""
    years: dict[int, int] = field(default_factory=dict)
    subsystems: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What was known of the files and of the author of a change, before it."""

    ndev: int
    age: float
    nuc: int
    exp: int
    rexp: float
    sexp: int
    file_exp: int
    file_faults: int
    author_faults: int
    author_days: float


@dataclass(slots=True)
class Experience:
    """The counters of all files and authors; those not held are fetched."""

    fetch_file: Callable[[str], FileRecord | None] = lambda _path: None
    fetch_author: Callable[[str], AuthorRecord | None] = lambda _key: None
    authors_known: int = 0
    files: dict[str, FileRecord | None] = field(default_factory=dict)
    authors: dict[str, AuthorRecord] = field(default_factory=dict)
    changed_files: set[str] = field(default_factory=set)
    changed_authors: set[str] = field(default_factory=set)

    def file(self, path: str) -> FileRecord | None:
        """The past of a path; None where it has none."""
        try:
            return self.files[path]
        except KeyError:
            found = self.files[path] = self.fetch_file(path)
            return found

    def author(self, key: str) -> AuthorRecord:
        """The past of an author, who is new where nothing is known."""
        record = self.authors.get(key) or self.fetch_author(key)
        if record is None:
            record = AuthorRecord(self.authors_known)
            self.authors_known += 1
            self.changed_authors.add(key)
        self.authors[key] = record
        return record

    def before(self, files: Sequence[FileChange], author: str, time: int) -> Past:
        """What is known by now of the files and the author of a change made at `time`."""
        who = self.author(author)
        records = [record for file in files if (record := self.file(file.old_path))]
        subsystems = {subsystem(file.path) for file in files}
        return Past(
            ndev=_distinct([record.authors for record in records]),
            age=_mean_days(records, time, len(files)),
            nuc=_distinct([record.commits for record in records]),
            exp=who.commits,
            rexp=_recent(who.years, int(time / YEAR)),
            sexp=sum([who.subsystems.get(name, 0) for name in subsystems]),
            file_exp=sum([record.authors.get(who.number, 0) for record in records]),
            file_faults=sum([record.faults for record in records]),
            author_faults=who.faults,
            author_days=max(0.0, (time - who.first) / DAY) if who.commits else 0.0,
        )

    def learn(self, diff: CommitDiff, number: int, time: int) -> None:
        """Add commit `number`, made at `time`. A merge adds nothing: its commits did."""
        if diff.commit.is_merge:
            return
        key = diff.commit.author
        who = self.author(key)
        self.changed_authors.add(key)
        who.first = who.first if who.commits else time
        who.commits += 1
        year = int(time / YEAR)
        who.years[year] = who.years.get(year, 0) + 1
        for name in {subsystem(file.path) for file in diff.files}:
            who.subsystems[name] = who.subsystems.get(name, 0) + 1
        for file in diff.files:
            record = self._taken_along(file)
            record.commits.append(number)
            record.authors[who.number] = record.authors.get(who.number, 0) + 1
            record.last = time
            self.changed_files.add(file.path)

    def blame(self, paths: Iterable[str], authors: Iterable[str]) -> None:
        """A fault became known that was mended in `paths` and is put down to `authors`."""
        for path in paths:
            record = self.file(path)
            if record:
                record.faults += 1
                self.changed_files.add(path)
        for key in authors:
            self.author(key).faults += 1
            self.changed_authors.add(key)

    def _taken_along(self, file: FileChange) -> FileRecord:
        record = self.file(file.path)
        if file.status == "R":
            old = self.file(file.old_path)
            record = old.copy() if old else record
        if record is None:
            record = FileRecord()
        self.files[file.path] = record
        return record


def _distinct(groups: Sequence[Iterable[int]]) -> int:
    if len(groups) == 1:
        return len(groups[0])  # type: ignore[arg-type]  # arrays and dicts have lengths
    return len(set().union(*groups)) if groups else 0


def _mean_days(records: Sequence[FileRecord], time: int, files: int) -> float:
    """The mean of the days since each file's last change; a time that ran backwards is none."""
    waited = sum([max(0, time - record.last) for record in records])
    return waited / DAY / files if files else 0.0


def _recent(years: dict[int, int], year: int) -> float:
    """Commits weighed by their age: those of this year count whole, of the last one half."""
    return sum([count / (1 + max(0, year - then)) for then, count in years.items()])
