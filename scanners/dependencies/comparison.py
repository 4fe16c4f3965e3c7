"""Two sides of one dependency file: what changed in it that no release of a version changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...records.finding import Finding, Level
from . import rules
from .addresses import shown
from .pins import Artifact, Origin, Pin
from .sources import canonical_index, names_of

Key = tuple[str, str]


def tampered(base: Sequence[Pin], head: Sequence[Pin]) -> Iterator[Finding]:
    """What tells a lock that was written by hand from one that a tool made anew."""
    base = [pin for pin in base if pin.source.origin is Origin.INDEX]
    head = [pin for pin in head if pin.source.origin is Origin.INDEX]
    yield from _moved(base, head)
    yield from _dropped(base, head)
    yield from other_content(base, head)


def other_content(base: Iterable[Pin], head: Iterable[Pin]) -> Iterator[Finding]:
    """Pins of the same version whose files are not what they were."""
    known = _by_key(base)
    for key, pins in _by_key(head).items():
        if key in known:
            yield from _other_files(known[key], pins)


def _by_key(pins: Iterable[Pin]) -> Mapping[Key, list[Pin]]:
    found: dict[Key, list[Pin]] = defaultdict(list)
    for pin in pins:
        found[pin.name, pin.version].append(pin)
    return found


def _moved(base: Iterable[Pin], head: Iterable[Pin]) -> Iterator[Finding]:
    """One finding for each pair of indexes that packages went between."""
    known: dict[str, set[str]] = defaultdict(set)
    for pin in base:
        known[pin.name].add(_index(pin))
    moves: dict[str, list[Pin]] = defaultdict(list)
    for pin in head:
        if pin.name in known and _index(pin) not in known[pin.name]:
            moves[_index(pin)].append(pin)
    for pins in moves.values():
        first = pins[0]
        place = shown(first.source.place) or "the default index"
        what = f"{names_of(pins)} now from {place}"
        yield rules.found(
            rules.MOVED_INDEX, what, first.path, first.line, snippet=f"{names_of(pins)} {place}"
        )


def _index(pin: Pin) -> str:
    return canonical_index(pin.source.place) if pin.source.place else ""


def _dropped(base: Sequence[Pin], head: Sequence[Pin]) -> Iterator[Finding]:
    """The whole file had hashes and has none any more."""
    had = any(pin.digests for pin in base)
    if had and head and not any(pin.digests for pin in head):
        first = head[0]
        yield rules.found(
            rules.DROPPED_HASHES, f"{len(head)} pins", first.path, first.line, snippet=first.path
        )


def _other_files(base: Sequence[Pin], head: Sequence[Pin]) -> Iterator[Finding]:
    """The same name and version, with other content."""
    old = [each for pin in base for each in pin.artifacts if each.digest]
    new = [each for pin in head for each in pin.artifacts if each.digest]
    pin = head[0]
    what = f"{pin.name} {pin.version}"
    if changed := _changed(old, new):
        what = f"{what} ({changed})" if changed != pin.name else what
        yield rules.found(rules.CHANGED_HASH, what, pin.path, pin.line, snippet=what)
        return
    severity = _unnamed(old, new)
    if severity:
        rule = rules.ADDED_FILE if severity is Level.LOW else rules.CHANGED_HASH
        yield rules.found(rule, what, pin.path, pin.line, snippet=what, severity=severity)


def _changed(old: Iterable[Artifact], new: Iterable[Artifact]) -> str:
    """The first file whose content is another one than any of the version had before."""
    old = list(old)
    names = {each.name for each in old}
    # Some tools write the same content under several names.
    known = {each.digest for each in old}
    for each in new:
        if each.name and each.name in names and not _agree(each.digest, known):
            return each.name
    return ""


def _agree(digest: str, known: Iterable[str]) -> bool:
    """Whether one of them is of the same content, as far as an algorithm of both tells.

    Where they have none in common nothing says that the content is the same.
    """
    new = _by_algorithm(digest)
    for each in known:
        old = _by_algorithm(each)
        common = old.keys() & new.keys()
        if common and all(old[name] == new[name] for name in common):
            return True
    return False


def _by_algorithm(digest: str) -> Mapping[str, str]:
    return {part.partition(":")[0]: part for part in digest.split(",")}


def _unnamed(old: Sequence[Artifact], new: Sequence[Artifact]) -> Level | None:
    """How grave it is that digests came, where there were some."""
    before, after = {each.digest for each in old}, {each.digest for each in new}
    added, gone = after - before, before - after
    if not before or not added:
        return None
    if any(each.name for each in (*old, *new)):
        return Level.LOW if {each.name for each in new} - {each.name for each in old} else None
    if not gone:
        return Level.LOW
    return Level.MEDIUM if before & after else Level.HIGH
