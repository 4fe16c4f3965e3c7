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
_FIRST = ("action", "fingerprint")
_LAST = ("severity-at-most", "blob", "until", "owner", "ticket", "reason")
_MAX_VALUE = 200
"""Characters of one value."""
_MAX_EDIT = 600
"""Characters of an edited entry, old and new."""
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
            yield f"{name} {number}: {_edit(was[number][1], entry)}"
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


def _edit(old: Entry, new: Entry) -> str:
    """Both in full; of long ones what they share once, so that no length hides what differs."""
    whole = f"{_line(old)} → {_line(new)}"
    was, now = _flat(old), _flat(new)
    if len(whole) <= _MAX_EDIT and all(_fits(*each) for each in (*was.items(), *now.items())):
        return whole
    parts = []
    for key in dict.fromkeys((*now, *was)):
        if key in was and key in now and _same(was[key]) == _same(now[key]):
            continue
        parts.append(_difference(key, was, now))
    kept = (
        f"action {_shown('action', now['action'])}, as before but for " if "action" in now else ""
    )
    return kept + ", ".join(parts)


def _difference(key: str, was: Entry, now: Entry) -> str:
    old, new = was.get(key), now.get(key)
    if isinstance(old, list) and isinstance(new, list):
        sides = (("without", old, new), ("with", new, old))
        left = [(how, _without(mine, other)) for how, mine, other in sides]
        told = [f"{how} {_shown(key, some)}" for how, some in left if some]
        return f"{key} {' and '.join(told) or 'in another order'}"
    shown = [_shown(key, side[key]) if key in side else "nothing" for side in (was, now)]
    return f"{key} {' → '.join(shown)}"


def _without(values: Sequence[object], others: Sequence[object]) -> list[object]:
    known = {_same(other) for other in others}
    return [value for value in values if _same(value) not in known]


def _line(entry: Entry) -> str:
    return ", ".join(f"{key} {_shown(key, value)}" for key, value in _flat(entry).items())


def _flat(entry: Entry) -> dict[str, object]:
    """What an entry says, in the order in which it is told."""
    match = entry.get("match")
    asked = match if isinstance(match, dict) else {}
    first = {key: entry[key] for key in _FIRST if key in entry}
    return first | asked | {key: entry[key] for key in _LAST if key in entry}


def _shown(key: str, value: object) -> str:
    return bounded(_text(value), _limit(key))


def _fits(key: str, value: object) -> bool:
    return len(_text(value)) <= _limit(key)


def _limit(key: str) -> int:
    return _MAX_TEXT if key in _TEXTS else _MAX_VALUE


def _text(value: object) -> str:
    is_day = hasattr(value, "isoformat")
    return str(value) if is_day else json.dumps(value, ensure_ascii=False, default=str)


def bounded(text: str, limit: int = _MAX_VALUE) -> str:
    """A text, cut where it is longer than `limit` characters, which is told."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _same(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
