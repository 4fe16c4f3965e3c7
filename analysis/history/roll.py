"""The commits that landed, each with its number: parents have lower ones than children."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """A commit that landed."""

    sha: str
    author: str
    """The author's digest."""
    change: int
    """The number of the change that it landed with."""


@dataclass(slots=True)
class Roll:
    """All of them; those from before this run are fetched."""

    before: int = 0
    """How many landed before this run."""
    fetch: Callable[[int], Entry | None] = lambda _number: None
    fetch_by_id: Callable[[str], Entry | None] = lambda _sha: None
    entries: list[Entry] = field(default_factory=list)
    _by_id: dict[str, Entry] = field(default_factory=dict)
    _fetched: dict[int, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number that the next commit gets."""
        return self.before + len(self.entries)

    def add(self, entry: Entry) -> int:
        """Give the next number to a commit."""
        self.entries.append(entry)
        self._by_id[entry.sha] = entry
        return self.size - 1

    def sha(self, number: int) -> str:
        """The commit that has the number; empty where none has."""
        if number >= self.before:
            return self.entries[number - self.before].sha
        if number not in self._fetched:
            found = self.fetch(number)
            self._fetched[number] = found.sha if found else ""
        return self._fetched[number]

    def find(self, sha: str) -> Entry | None:
        """The commit with a full id; None where it has not landed."""
        return self._by_id.get(sha) or self.fetch_by_id(sha)

    def author(self, sha: str) -> str:
        """The digest of who made a commit; empty where it has not landed."""
        found = self.find(sha)
        return found.author if found else ""
