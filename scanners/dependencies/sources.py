"""Where the dependencies of one file come from: what of that nobody would expect."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...records.finding import Finding, Level
from . import rules
from .addresses import host, is_encrypted, is_inside, shown, without_revision
from .pins import Dependencies, IndexOption, Origin, Pin, Stray

_GRAVE = ("--extra-index-url", "--trusted-host", "--index-strategy")
"""With these anybody may supply what another index does not: names, or answers."""

_OF_ONE_OWNER = tuple(".".join(labels) for labels in (("pythonhosted", "org"), ("pytorch", "org")))
"""Domains of package indexes that keep their files on several hosts of their own."""

_DISK = "file:"


def suspicious(dependencies: Dependencies, declared: Iterable[str]) -> Iterator[Finding]:
    """Every finding of one file; `declared` are the indexes that the project names."""
    for option in dependencies.options:
        yield _option(option)
    for stray in dependencies.strays:
        yield from _stray(stray)
    from_index = [pin for pin in dependencies.pins if pin.source.origin is Origin.INDEX]
    yield from _undeclared(from_index, [*declared, *dependencies.indexes[:1]])
    yield from _without_hash(from_index)
    yield from foreign_files(from_index)


def _option(option: IndexOption) -> Finding:
    argument = shown(option.argument)
    grave = option.option in _GRAVE or not is_encrypted(option.argument)
    severity = Level.HIGH if grave else Level.MEDIUM
    if option.option == "--no-index":
        severity = Level.LOW  # nothing is asked that was not asked before
    text = f"{option.option} {argument}".strip()
    return rules.found(
        rules.INDEX_OPTION, text, option.path, option.line, snippet=text, severity=severity
    )


def _stray(stray: Stray) -> Iterator[Finding]:
    source = stray.source
    # An archive in the tree is opened by no scanner.
    if source.origin is Origin.FOLDER and is_inside(source.place, stray.path):
        return
    place = shown(without_revision(source.place))
    grave = not is_encrypted(source.place) or (source.origin is Origin.VCS and not source.is_fixed)
    yield rules.found(
        rules.OUTSIDE_INDEX,
        f"{stray.name} from {place or 'a place that is not told'}",
        stray.path,
        stray.line,
        snippet=f"{stray.name} {place}",
        severity=Level.HIGH if grave else None,
    )


def canonical_index(place: str) -> str:
    """An index without what does not tell it from another: user, case of its host, slashes.

    It is told from one that differs in what is masked wherever it is shown: what this
    answers is for comparison only.
    """
    address = place.partition("#")[0]
    if "://" not in address:
        return address.rstrip("/")
    path, mark, query = address.partition("://")[2].partition("/")[2].partition("?")
    return f"{host(address)}/{path.strip('/')}{mark}{query}"


def _undeclared(pins: Sequence[Pin], declared: Iterable[str]) -> Iterator[Finding]:
    """Indexes beside the one that most packages come from, and the project does not name."""
    places = [pin.source.place for pin in pins]
    expected = {canonical_index(place) for place in declared}
    expected |= {canonical_index(place) for place, _ in Counter(places).most_common(1)}
    by_place: dict[str, list[Pin]] = defaultdict(list)
    for pin in pins:
        if pin.source.place and canonical_index(pin.source.place) not in expected:
            by_place[canonical_index(pin.source.place)].append(pin)
    for taken in by_place.values():
        first, place = taken[0], shown(taken[0].source.place)
        what = f"{names_of(taken)} from {place}"
        yield rules.found(rules.UNDECLARED_INDEX, what, first.path, first.line, snippet=place)


def names_of(pins: Sequence[Pin]) -> str:
    """The names of a few of them, and how many more there are."""
    names = list(dict.fromkeys(pin.name for pin in pins))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _without_hash(pins: Sequence[Pin]) -> Iterator[Finding]:
    if not any(pin.digests for pin in pins):
        return
    for pin in pins:
        if not pin.artifacts or not all(each.is_checked for each in pin.artifacts):
            yield rules.found(rules.MISSING_HASH, pin.name, pin.path, pin.line, snippet=pin.name)


def foreign_files(pins: Sequence[Pin]) -> Iterator[Finding]:
    """Files on another host than those of most packages of the same index."""
    hosts = hosts_by_index(pins)
    for pin in pins:
        [(usual, _count)] = hosts[canonical_index(pin.source.place)].most_common(1) or [("", 0)]
        yield from foreign_file(pin, [usual])


def hosts_by_index(pins: Iterable[Pin]) -> Mapping[str, Counter[str]]:
    """How many packages of each index have files on each host."""
    hosts: dict[str, Counter[str]] = defaultdict(Counter)
    for pin in pins:
        hosts[canonical_index(pin.source.place)].update(_owners(pin))
    return hosts


def foreign_file(pin: Pin, usual: Iterable[str]) -> Iterator[Finding]:
    """A finding where files of the pin are neither on a usual host nor on that of its index."""
    foreign = sorted(_owners(pin) - {*usual, _owner(pin.source.place)})
    if foreign:
        what = f"{pin.name} from {foreign[0]}"
        snippet = f"{pin.name} {foreign[0]}"
        yield rules.found(rules.FOREIGN_FILE, what, pin.path, pin.line, snippet=snippet)


def _owners(pin: Pin) -> set[str]:
    return {_owner(each.place) for each in pin.artifacts} - {""}


def _owner(address: str) -> str:
    """The host, or the domain of a company that is known to have several; a disk is a host.

    Under most domains anybody may have a host: that two share an end says nothing.
    """
    if address[: len(_DISK)].lower() == _DISK:
        return _DISK
    name = host(address).partition(":")[0]
    return next((domain for domain in _OF_ONE_OWNER if name.endswith(f".{domain}")), name)
