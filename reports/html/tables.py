"""What is not a finding: gaps, dependency upgrades, notices, versions and times."""

from collections.abc import Iterable, Mapping, Sequence

from ...records.finding import Finding, Package, Skipped
from .. import summary
from .document import Section
from .markup import Markup, coded, cut, element, joined

_SENTENCE = 600
_PLACE = 600
_NAMED = 12
_ALIKE = 10
"""Gaps of one cause that are shown at once; a screen holds no more."""
"""Advisories and places of a pin that are named."""


Gap = tuple[Skipped, str]
"""What was not looked at, and what decided about it."""


def gaps(title: str, id_: str, items: Iterable[Gap], *, folded: bool = False) -> Section:
    """What has one cause is told together: why, what to do, and each thing that it is about."""
    together: dict[tuple[str, ...], list[Skipped]] = {}
    for skipped, decided_by in items:
        cause = (skipped.tool, skipped.reason, skipped.remedy, decided_by)
        together.setdefault(cause, []).append(skipped)
    parts = [_alike(some, cause[-1]) for cause, some in together.items()]
    counts = [len(some) for some in together.values()]
    return Section(title, id_, "gap", parts, counts, folded=folded)


def _alike(some: Sequence[Skipped], decided_by: str) -> Markup:
    parts = [
        element("h3", cut(some[0].reason, _SENTENCE)),
        element("ul", *map(_gap, some[:_ALIKE])),
        *_folded(some[_ALIKE:]),
        *_named("Do", some[0].remedy),
        *_named("Decided by", decided_by),
    ]
    return element("div", *parts, class_="gaps")


def _folded(rest: Sequence[Skipped]) -> list[Markup]:
    if not rest:
        return []
    title = element("summary", f"{len(rest)} more")
    return [element("details", title, element("ul", *map(_gap, rest)))]


def _gap(skipped: Skipped) -> Markup:
    detail = joined(": ", cut(skipped.detail, _SENTENCE)) if skipped.detail else Markup()
    return element("li", element("code", cut(skipped.what, _PLACE)), detail, class_="gap")


def _named(name: str, text: str) -> list[Markup]:
    if not text:
        return []
    return [element("p", element("b", name), ": ", coded(text, _SENTENCE))]


def notice(text: str) -> Markup:
    """One notice."""
    return element("p", coded(text, _SENTENCE * 2), class_="notice")


def upgrades(findings: Iterable[Finding]) -> Section:
    """A row for each pinned version that advisories are about: what mends it, and how urgent."""
    pins: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if package := finding.package:
            pins.setdefault((package.name, package.version), []).append(finding)
    ordered = sorted(pins.values(), key=_urgency)
    rows = [_upgrade(some) for some in ordered]
    titles = ("Package", "Pinned", "Upgrade to", "Advisories", "Severity", "Where")
    return Section("Dependency upgrades", "upgrades", "package", rows, [1] * len(rows), titles)


def _urgency(some: Sequence[Finding]) -> tuple[object, ...]:
    packages = _packages(some)
    worst = min(map(summary.gravity, some))
    return not any(package.kev for package in packages), worst, packages[0].name


def _packages(some: Iterable[Finding]) -> list[Package]:
    return [finding.package for finding in some if finding.package]


def _upgrade(some: Sequence[Finding]) -> Markup:
    packages = _packages(some)
    places = list(dict.fromkeys(map(summary.place, some)))
    names = list(dict.fromkeys(finding.rule for finding in some))
    exploited = any(package.kev for package in packages)
    worst = min(some, key=summary.gravity).severity
    severity = f"{worst}, exploited (CISA KEV)" if exploited else str(worst)
    package = packages[0]
    return element(
        "tr",
        element("th", cut(package.name, _PLACE), scope="row"),
        element("td", cut(package.version, _PLACE)),
        element("td", _target(packages)),
        element("td", f"{len(names)}: ", _first(names)),
        element("td", severity),
        element("td", _first(places)),
    )


def _target(packages: Sequence[Package]) -> Markup:
    if any(package.is_malicious for package in packages):
        return element("strong", "remove it: malware")
    known = sorted({package.upgrade for package in packages} - {""})
    return cut(", ".join(known) or "no version is known to mend all", _PLACE)


def _first(texts: Sequence[str]) -> Markup:
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return cut(", ".join(texts[:_NAMED]) + more, _SENTENCE)


def circumstances(versions: Mapping[str, str], timings: Mapping[str, float]) -> Markup:
    """What looked, and how long that took."""
    tools = ", ".join(f"{name} {version}" for name, version in versions.items())
    times = ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in timings.items())
    said = [cut(text, _SENTENCE * 2) for text in (tools, times) if text]
    return element("footer", *(element("p", text) for text in said))
