"""What is different in a judge file, in words.

Of Tidegate's own settings, policy and waivers old and new are told, but for what may hold a
secret. Of files of other tools only names and numbers are: whoever wrote them chose the words.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping

from ...config import OPTIONS
from .entries import Entry, bounded, named, of_entries

_PLAIN = re.compile(r"[A-Za-z]{1,10}(-[a-z]{1,10}){0,3}|[A-Z]{1,4}[0-9]{1,4}")
_MASKED = frozenset({"database"})
"""Settings whose text may hold a password."""
_BANDIT_KEYS = frozenset({"skips", "tests", "exclude", "exclude_dirs", "targets"})


def of_settings(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Tidegate's own settings by key, its lines and waivers one by one."""
    words: list[str] = []
    for key in sorted({*old, *new}):
        before, after = _entries(old.get(key)), _entries(new.get(key))
        if named(key) and before is not None and after is not None:
            words += of_entries(named(key), before, after)
        else:
            words += _of_value(key, old, new, _setting)
    return words


def of_foreign(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """The settings of another tool by key."""
    keys = sorted({*old, *new})
    return [word for key in keys for word in _of_value(key, old, new, _foreign)]


def _of_value(
    key: str,
    old: Mapping[str, object],
    new: Mapping[str, object],
    shown: Callable[[str, object], str],
) -> list[str]:
    if _same(old.get(key)) == _same(new.get(key)) and (key in old) == (key in new):
        return []
    was, now = (shown(key, side[key]) if key in side else "its default" for side in (old, new))
    is_known = key in OPTIONS or key in _BANDIT_KEYS or _PLAIN.fullmatch(key)
    return [f"{key if is_known else 'a key'} from {was} to {now}"]


def _setting(key: str, value: object) -> str:
    if isinstance(value, str) and key in OPTIONS and key not in _MASKED:
        return value if _PLAIN.fullmatch(value) else bounded(json.dumps(value, ensure_ascii=False))
    return _foreign(key, value)


def _foreign(_key: str, value: object) -> str:
    """Numbers, and words as plain as the names of rules."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**63):
        return str(value)
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else "another text"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        if all(map(_PLAIN.fullmatch, value)):
            return bounded(json.dumps(value))
        return "1 text" if len(value) == 1 else f"{len(value)} texts"
    return str(value) if hasattr(value, "isoformat") else "another value"


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


def _entries(value: object) -> list[Entry] | None:
    """A list of tables; None for what else stands there."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    return None


def _same(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
