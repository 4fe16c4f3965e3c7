"""Advisories on one pin, told together: which they are, how grave, and what mends them all."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..records.finding import Finding, Package
from . import summary

NAMED = 30
"""So many advisories of a pin are named; `--format json` lists each."""

_CVE = "CVE-"

Marked = tuple[Finding, tuple[str, ...]]
"""A finding and what sets it apart."""


def told(items: Iterable[Marked], named: int = NAMED) -> list[tuple[Finding, tuple[str, ...], int]]:
    """The same findings, those on one pin as one in place of the first of them.

    Each with what sets it apart and with how many it stands for.
    """
    together: dict[tuple[object, ...], list[Marked]] = {}
    for number, (finding, marks) in enumerate(items):
        package = finding.package
        pin = (finding.path, finding.line, package.name, package.version) if package else (number,)
        together.setdefault((*pin, marks), []).append((finding, marks))
    return [
        (*_one([finding for finding, _ in some], some[0][1], named), len(some))
        for some in together.values()
    ]


def _one(
    findings: Sequence[Finding], marks: tuple[str, ...], named: int
) -> tuple[Finding, tuple[str, ...]]:
    packages = [finding.package for finding in findings if finding.package]
    if not packages:
        return findings[0], marks
    if len(findings) == 1:
        return _alone(findings[0], packages[0]), (*_facts(packages), *marks)
    gravest_first = sorted(findings, key=_gravity)
    first, package = gravest_first[0], packages[0]
    ids = [_named(each, each.package) for each in gravest_first[:named] if each.package]
    more = f" and {len(findings) - named} more" if len(findings) > named else ""
    return replace(
        first,
        severity=min(findings, key=summary.gravity).severity,
        rule=_pin(package),
        message=f"{len(findings)} advisories: {', '.join(ids)}{more}",
        remedy=_remedy(gravest_first),
    ), (*_facts(packages), *marks)


def _gravity(finding: Finding) -> tuple[object, ...]:
    """What is exploited first, then by severity, then by how probable exploitation is."""
    package = finding.package
    exploited = bool(package and package.kev)
    probability = package.epss if package and package.epss is not None else 0.0
    return not exploited, summary.gravity(finding), -probability, finding.rule


def _alone(finding: Finding, package: Package) -> Finding:
    """The same under the pin's name, as several are told: which advisory, and what mends it."""
    fix = f", fixed in {package.fix_versions[0]}" if package.fix_versions else ""
    return replace(
        finding, rule=_pin(package), message=f"{_named(finding, package)}{fix}: {finding.message}"
    )


def _pin(package: Package) -> str:
    return f"{package.name} {package.version}"


def _named(finding: Finding, package: Package) -> str:
    """The advisory, and the name that everyone knows it by."""
    known = () if finding.rule.startswith(_CVE) else package.aliases
    about = [
        *[alias for alias in known if alias.startswith(_CVE)][:1],
        *(["exploited"] if package.kev else []),
    ]
    return f"{finding.rule} ({', '.join(about)})" if about else finding.rule


def _remedy(gravest_first: Sequence[Finding]) -> str:
    """One for all of them: away with malware, else the upgrade that mends each."""
    for finding in gravest_first:
        if finding.package and finding.package.is_malicious:
            return finding.remedy
    package = gravest_first[0].package
    if package and package.upgrade:
        return f"upgrade {package.name} to {package.upgrade}, which mends all of them"
    return gravest_first[0].remedy


def _facts(packages: Sequence[Package]) -> tuple[str, ...]:
    """What is known of the exploitation, and the highest scores."""
    exploited = sum(1 for package in packages if package.kev)
    several = len(packages) > 1
    count, most = (f"{exploited} " if several else ""), ("up to " if several else "")
    epss = max((each.epss for each in packages if each.epss is not None), default=None)
    cvss = max((each.cvss for each in packages if each.cvss is not None), default=None)
    return (
        *([f"{count}exploited (CISA KEV)"] if exploited else []),
        *([f"EPSS {most}{epss:.1%}"] if epss is not None else []),
        *([f"CVSS {most}{cvss:.1f}"] if cvss is not None else []),
    )
