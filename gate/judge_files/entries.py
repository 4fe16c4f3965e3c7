"""Which lines of a policy and which waivers a change touches: old and new, in full.

They are shown since they are what a reviewer has to answer for. Texts are quoted, so that
none can pass for another part of the line, and each is bounded.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

Entry = Mapping[str, object]
_Numbered = list[tuple[int, Entry]]

_NAMES = {"policy": "policy line", "waiver": "waiver"}
"""The keys of lists of tables that are told, and what one of them is called."""
_FIRST = ("action", "fingerprint", "match")
_LAST = ("severity-at-most", "blob", "until", "owner", "ticket", "reason")
_MAX_VALUE = 200
"""Characters of one value."""
_MAX_TEXT = 80
"""Characters of a text that names nothing."""
_TEXTS = ("owner", "ticket", "reason")


def named(key: str) -> str:
    """What an entry under a key of a file is called, empty where it is not to be told."""
    return _NAMES.get(key, "")


def of_entries(name: str, old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[str]:
    """Each entry that is edited, added or removed on a line of its own, and another order."""
    before, after = [_same(entry) for entry in old], [_same(entry) for entry in new]
    removed = _left(old, before, Counter(after))
    added = _left(new, after, Counter(before))
    was = _pairs(removed, added)
    for number, entry in added:
        if number in was:
            yield f"{name} {number}: {_line(was[number][1])} → {_line(entry)}"
        else:
            yield f"{name} {number} added: {_line(entry)}"
    edited = {number for number, _ in was.values()}
    for number, entry in removed:
        if number not in edited:
            yield f"{name} {number} removed: {_line(entry)}"
    kept = Counter(before) & Counter(after)
    if _of(before, kept) != _of(after, kept):
        yield f"{name}s in another order"


def _left(entries: Sequence[Entry], keys: Sequence[str], others: Counter[str]) -> _Numbered:
    """The entries that the other side does not have, with their numbers from 1."""
    found = []
    for number, (entry, key) in enumerate(zip(entries, keys, strict=True), 1):
        if others[key]:
            others[key] -= 1
        else:
            found.append((number, entry))
    return found


def _of(keys: Sequence[str], kept: Counter[str]) -> list[str]:
    left = kept.copy()
    found = []
    for key in keys:
        if left[key]:
            left[key] -= 1
            found.append(key)
    return found


def _pairs(removed: _Numbered, added: _Numbered) -> dict[int, tuple[int, Entry]]:
    """The old entry of each new one that is an edit, by the number of the new one.

    What matches the same is the same line; else what says the same about it; else what
    stands in its place.
    """
    found: dict[int, tuple[int, Entry]] = {}
    taken: set[int] = set()
    for key_of in _LIKENESS:
        waiting: dict[str, _Numbered] = {}
        for number, entry in reversed(removed):
            if number not in taken:
                waiting.setdefault(key_of(number, entry), []).append((number, entry))
        for number, entry in added:
            if number not in found and (some := waiting.get(key_of(number, entry))):
                found[number] = some.pop()
                taken.add(found[number][0])
    return found


def _what(_number: int, entry: Entry) -> str:
    return _same([entry.get("match"), entry.get("fingerprint")])


def _saying(_number: int, entry: Entry) -> str:
    return _same({key: entry[key] for key in entry if key not in ("match", "fingerprint")})


def _standing(number: int, _entry: Entry) -> str:
    return str(number)


_LIKENESS: tuple[Callable[[int, Entry], str], ...] = (_what, _saying, _standing)
"""Each tells of an entry what it shares with one that is the same line, the surest first."""


def _line(entry: Entry) -> str:
    match = entry.get("match")
    known = [key for key in (*_FIRST, *_LAST) if key in entry]
    parts = []
    for key in known:
        if key == "match" and isinstance(match, dict):
            parts += [f"{each} {_shown(each, value)}" for each, value in match.items()]
        else:
            parts.append(f"{key} {_shown(key, entry[key])}")
    return ", ".join(parts) or "nothing"


def _shown(key: str, value: object) -> str:
    if hasattr(value, "isoformat"):
        return str(value)
    limit = _MAX_TEXT if key in _TEXTS else _MAX_VALUE
    return bounded(json.dumps(value, ensure_ascii=False, default=str), limit)


def bounded(text: str, limit: int = _MAX_VALUE) -> str:
    """A text, cut where it is longer than `limit` characters, which is told."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _same(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
