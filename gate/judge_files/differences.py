"""What is different in a judge file, in words.

No text of the file is told but names and numbers: it may hold a secret, and whoever wrote it
chose the words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

_PLAIN = re.compile(r"[A-Za-z]{1,10}(-[a-z]{1,10}){0,3}|[A-Z]{1,4}[0-9]{1,4}")
_DIGITS = re.compile(r"[0-9a-f]{32}")
_SHOWN_OF_ENTRY = ("action", "fingerprint", "tool", "rule", "path-class", "severity", "until")


def of_table(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Settings by key, and lists of tables entry by entry."""
    words: list[str] = []
    for key in sorted({*old, *new}):
        before, after = _entries(old.get(key)), _entries(new.get(key))
        if before is not None and after is not None and (before or after):
            words += _of_entries(_name(key), before, after)
        elif _same(old.get(key)) != _same(new.get(key)) or (key in old) != (key in new):
            words.append(f"{_name(key)} from {_shown(old, key)} to {_shown(new, key)}")
    return words


def of_lines(old: bytes, new: bytes) -> list[str]:
    """How many lines came and went, wherever they stand."""
    before, after = Counter(old.splitlines()), Counter(new.splitlines())
    counts = ((after - before).total(), "added"), ((before - after).total(), "removed")
    words = [f"{n} {'line' if n == 1 else 'lines'} {how}" for n, how in counts if n]
    return words or (["its lines in another order"] if old != new else [])


def of_text(old: bytes, new: bytes) -> list[str]:
    """As `of_lines`, and whether Tidegate is still named."""
    words = []
    if _names_tidegate(old) and not _names_tidegate(new):
        words.append("it names Tidegate no more")
    if _names_tidegate(new) and not _names_tidegate(old):
        words.append("it names Tidegate for the first time")
    return words + of_lines(old, new)


def _names_tidegate(data: bytes) -> bool:
    return b"tidegate" in data.lower()


def _entries(value: object) -> list[Mapping[str, object]] | None:
    """A list of tables; None for what else stands there."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None


def _of_entries(
    name: str, old: Sequence[Mapping[str, object]], new: Sequence[Mapping[str, object]]
) -> Iterator[str]:
    before, after = [_same(entry) for entry in old], [_same(entry) for entry in new]
    for how, entries, names, others in (
        ("removed", old, before, Counter(after)),
        ("added", new, after, Counter(before)),
    ):
        for number, (entry, key) in enumerate(zip(entries, names, strict=True), 1):
            if others[key]:
                others[key] -= 1
            else:
                yield f"{name} {number} {how}{_brief(entry)}"
    if before != after and Counter(before) == Counter(after):
        yield f"{name} entries in another order"


def _brief(entry: Mapping[str, object]) -> str:
    match = entry.get("match")
    flat = {**(match if isinstance(match, dict) else {}), **entry}
    told = [f"{key} {_shown(flat, key)}" for key in _SHOWN_OF_ENTRY if key in flat]
    return f" ({', '.join(told)})" if told else ""


def _shown(table: Mapping[str, object], key: str) -> str:
    if key not in table:
        return "its default"
    value = table[key]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**63):
        return str(value)
    if isinstance(value, str):
        if key == "fingerprint" and _DIGITS.fullmatch(value):
            return value[:8] + "…"
        return value if _PLAIN.fullmatch(value) else "another text"
    if hasattr(value, "isoformat"):
        return str(value)
    return "another value"


def _name(key: str) -> str:
    return key if _PLAIN.fullmatch(key) else "a key"


def _same(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
