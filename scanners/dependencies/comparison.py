"""Two sides of one dependency file: what changed in it that no release of a version changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import canonicalize_version

from ...records.finding import Finding, Level
from . import rules
from .addresses import is_encrypted, shown
from .digests import is_strong, shortened
from .pins import Artifact, Origin, Pin
from .sources import canonical_index, foreign_file, foreign_files, hosts_by_index, names_of

Key = tuple[str, str]
PUBLIC_INDEX = "https://" + ".".join(("pypi", "org")) + "/simple"
"""Where tools look that name no index."""
_MAX_NAMED = 100
"""Characters of a name and version before two digests."""
_Place = tuple[Origin, str, bool]
"""Of an index also its canonical address, and whether it is encrypted."""


def tampered(
    base: Sequence[Pin],
    head: Sequence[Pin],
    expected: Iterable[str] = (),
    gone: Sequence[Pin] | None = None,
) -> Iterator[Finding]:
    """What tells a lock that was written by hand from one that a tool made anew.

    The two may be of several tools: what they have in common is compared. `expected` are
    indexes that packages may come from now; `gone` are the pins of the base that head has
    in place of, where that is not all of it.
    """
    yield from _moved(base, head, expected)
    base, head = _of_index(base), _of_index(head)
    if gone is None:
        yield from _dropped(base, head)
    else:
        known = {pin.name for pin in gone}
        yield from _dropped(_of_index(gone), [pin for pin in head if pin.name in known])
    yield from _new_hosts(base, head)
    yield from other_content(base, head)


def _of_index(pins: Iterable[Pin]) -> list[Pin]:
    return [pin for pin in pins if pin.source.origin is Origin.INDEX]


def other_content(base: Iterable[Pin], head: Iterable[Pin]) -> Iterator[Finding]:
    """Pins of the same version whose files are not what they were."""
    known = _by_key(base)
    for key, pins in _by_key(head).items():
        if key in known:
            yield from _other_files(known[key], pins)


def _by_key(pins: Iterable[Pin]) -> Mapping[Key, list[Pin]]:
    found: dict[Key, list[Pin]] = defaultdict(list)
    for pin in pins:
        found[pin.name, canonicalize_version(pin.version)].append(pin)
    return found


def _moved(base: Iterable[Pin], head: Iterable[Pin], expected: Iterable[str]) -> Iterator[Finding]:
    """One finding for each place that packages of an index went to."""
    known: dict[str, set[_Place]] = defaultdict(set)
    usual = {(Origin.INDEX, canonical_index(place), is_encrypted(place)) for place in expected}
    for pin in _of_index(base):
        _origin, index, _encrypted = place = _place(pin)
        # To be encrypted from now on is no loss.
        known[pin.name] |= {place, (Origin.INDEX, index, True), *usual}
    moves: dict[_Place, list[Pin]] = defaultdict(list)
    for pin in head:
        if pin.name in known and _place(pin) not in known[pin.name]:
            moves[_place(pin)].append(pin)
    for pins in moves.values():
        first = pins[0]
        place_shown = shown(first.source.place) or "the default index"
        what = f"{names_of(pins)} now from {place_shown}"
        snippet = f"{names_of(pins)} {place_shown}"
        yield rules.found(rules.MOVED_INDEX, what, first.path, first.line, snippet=snippet)


def _place(pin: Pin) -> _Place:
    """An index that is not named is the public one."""
    source = pin.source
    if source.origin is not Origin.INDEX:
        return source.origin, "", True
    place = source.place or PUBLIC_INDEX
    return source.origin, canonical_index(place), is_encrypted(place)


def _dropped(base: Sequence[Pin], head: Sequence[Pin]) -> Iterator[Finding]:
    """The whole file had hashes and has none any more."""
    had = any(pin.digests for pin in base)
    if had and head and not any(pin.digests for pin in head):
        first = head[0]
        yield rules.found(
            rules.DROPPED_HASHES, f"{len(head)} pins", first.path, first.line, snippet=first.path
        )


def _new_hosts(base: Sequence[Pin], head: Sequence[Pin]) -> Iterator[Finding]:
    """Files on a host that no file of the same index was on, however many moved there."""
    before = hosts_by_index(base)
    told = {(each.path, each.snippet) for each in foreign_files(head)}
    for pin in head:
        usual = before.get(canonical_index(pin.source.place))
        for each in foreign_file(pin, usual) if usual else ():
            if (each.path, each.snippet) not in told:
                yield each


def _other_files(base: Sequence[Pin], head: Sequence[Pin]) -> Iterator[Finding]:
    """The same name and version, with other content."""
    old = [each for pin in base for each in pin.artifacts if each.digest]
    new = [each for pin in head for each in pin.artifacts if each.digest]
    pin = head[0]
    what = f"{pin.name} {pin.version}"
    if changed := _changed(old, new):
        what = f"{what} ({changed.name})" if changed.name != pin.name else what
        before = next(each.digest for each in old if each.name == changed.name)
        told = _both(what, before, changed.digest)
        yield rules.found(rules.CHANGED_HASH, told, pin.path, pin.line, snippet=what)
        return
    severity = _unnamed(old, new)
    if severity:
        is_added = severity is Level.LOW
        rule = rules.ADDED_FILE if is_added else rules.CHANGED_HASH
        told = what if is_added else _both(what, *_first_that_differ(old, new))
        yield rules.found(rule, told, pin.path, pin.line, snippet=what, severity=severity)


def _both(what: str, before: str, now: str) -> str:
    """What changed, its file name cut so that both digests are seen."""
    return f"{what[:_MAX_NAMED]}, {shortened(before)} before and {shortened(now)} now"


def _first_that_differ(old: Iterable[Artifact], new: Iterable[Artifact]) -> tuple[str, str]:
    """A digest that went away and one that came."""
    before, now = {each.digest for each in old}, {each.digest for each in new}
    return min(before - now), min(now - before)


def _changed(old: Iterable[Artifact], new: Iterable[Artifact]) -> Artifact | None:
    """The first file whose content is another one than any of the version had before."""
    old = list(old)
    names = {each.name for each in old}
    # Some tools write the same content under several names.
    known = {each.digest for each in old}
    for each in new:
        if each.name and each.name in names and not _agree(each.digest, known):
            return each
    return None


def _agree(digest: str, known: Iterable[str]) -> bool:
    """Whether one of them is of the same content, as far as an algorithm of both tells.

    Where they have none in common nothing says that the content is the same, and where one
    was strong a weak one is not enough.
    """
    new = _by_algorithm(digest)
    for each in known:
        old = _by_algorithm(each)
        common = old.keys() & new.keys()
        enough = {name for name in old if is_strong(old[name])} or old.keys()
        if common & enough and all(old[name] == new[name] for name in common):
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
    if not any(_agree(each, before) for each in after):
        return Level.HIGH
    if all(each.name for each in (*old, *new)):
        return Level.LOW if {each.name for each in new} - {each.name for each in old} else None
    return Level.MEDIUM if gone else Level.LOW
