"""Which lines of a file a change added, edited or took something away beside."""

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """Lines at head, from 1; `everything` where there is nothing at the base to compare with."""

    lines: frozenset[int] = frozenset()
    everything: bool = False

    def meets(self, lines: range | None) -> bool:
        """Whether any of `lines` is touched; None stands for the whole file."""
        if self.everything or lines is None:
            return self.everything or bool(self.lines)
        if len(lines) < len(self.lines):
            return any(line in self.lines for line in lines)
        return any(line in lines for line in self.lines)


EVERYTHING = ChangedLines(everything=True)


def changed_lines(old: bytes, new: bytes) -> ChangedLines:
    """The lines of `new` that are not in `old` at that place.

    Where lines went away, those before and behind them are touched: what was checked
    there is perhaps not checked any more.
    """
    was, now = _lines(old), _lines(new)
    start, end = _same_ends(was, now)
    middle = SequenceMatcher(None, was[start : len(was) - end], now[start : len(now) - end])
    found: set[int] = set()
    for kind, i, j, first, last in middle.get_opcodes():
        if kind == "equal":
            continue
        lines = range(start + first + 1, start + last + 1)
        # A shorter text in place of a longer one took something away too.
        gone = j - i > last - first
        found.update(range(lines.start - 1, lines.stop + 1) if gone else lines)
    return ChangedLines(frozenset(line for line in found if 0 < line <= len(now)))


def _lines(content: bytes) -> list[bytes]:
    """The lines, however they end: a checkout may end them otherwise than the tree."""
    return [line.removesuffix(b"\r") for line in content.split(b"\n")]


def _same_ends(was: list[bytes], now: list[bytes]) -> tuple[int, int]:
    """How many lines both have in common at the start, and behind that at the end."""
    shorter = min(len(was), len(now))
    start = next((n for n in range(shorter) if was[n] != now[n]), shorter)
    rest = shorter - start
    end = next((n for n in range(rest) if was[-1 - n] != now[-1 - n]), rest)
    return start, end
