import gzip
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_version
from packaging.version import Version

from tidegate.scanners.advisories.matching import (
    Advisory,
    Affected,
    Event,
    affects,
    fix_versions,
    is_affected,
    shortened,
    upgrade,
    version_of,
)
from tidegate.scanners.advisories.sources.osv_records import read_record

UNIVERSE = [
    *("0.1", "1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.1", "1.9"),
    *("1.10", "2.0a1", "2.0", "2.0.1", "3", "1!0.5", "1!1.0"),
]
"""In ascending order."""


def part(*events: tuple[str, str], versions: str = "") -> Affected:
    ranges = (tuple(Event(kind, version) for kind, version in events),) if events else ()
    return Affected("pkg", ranges, frozenset(versions.split()))


def matched(affected: Affected) -> list[str]:
    return [version for version in UNIVERSE if is_affected(affected, version)]


def enumerated(events: list[tuple[str, str]]) -> list[str]:
    """The oracle: walk through every version there is and keep the state."""
    limits = [Version(version) for kind, version in events if kind == "limit"]
    state = ("introduced", "0") in events
    found = []
    for version in UNIVERSE:
        if ("fixed", version) in events:
            state = False
        if ("introduced", version) in events:
            state = True
        if state and (not limits or Version(version) < max(limits)):
            found.append(version)
        if ("last_affected", version) in events:
            state = False
    return found


def test_the_universe_ascends() -> None:
    assert all(Version(a) < Version(b) for a, b in pairwise(UNIVERSE))


EVENTS = st.lists(
    st.one_of(
        st.just(("introduced", "0")),
        st.tuples(
            st.sampled_from(["introduced", "fixed", "last_affected", "limit"]),
            st.sampled_from(UNIVERSE),
        ),
    ),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_ranges_agree_with_walking_through_every_version(events: list[tuple[str, str]]) -> None:
    assert matched(part(*events)) == enumerated(events)


@given(EVENTS, st.lists(st.sampled_from(UNIVERSE), max_size=3))
@settings(deadline=None)
def test_affected_is_the_union_of_list_and_range(
    events: list[tuple[str, str]], versions: list[str]
) -> None:
    union = set(enumerated(events)) | set(versions)
    listed = Affected("pkg", part(*events).ranges, frozenset(map(canonicalize_version, versions)))
    assert set(matched(listed)) == union


@pytest.mark.parametrize(
    ("affected", "version", "expected"),
    [
        (part(("introduced", "0"), ("fixed", "2.0")), "2.0rc1", True),
        (part(("introduced", "2.0")), "2.0rc1", False),
        (part(("introduced", "0"), ("last_affected", "1.0")), "1.0.post1", False),
        (part(("introduced", "0"), ("limit", "*")), "9", True),
        (part(versions="1"), "1.0.0", True),
        (part(versions="1"), "01.0", True),
        # A local build is the release it was built from.
        (part(("introduced", "0"), ("last_affected", "1.0")), "1.0+cu118", True),
        (part(versions="1"), "1.0+cu118", True),
        (part(("introduced", "0"), ("fixed", "1.0")), "1.0+cu118", False),
        # What is no PEP 440 version has no place in a range.
        (part(("introduced", "0")), "2019-09-12", False),
        (part(versions="2019-09-12"), "2019-09-12", True),
        # An event that cannot be ordered widens, unless the versions are listed.
        (part(("introduced", "0"), ("fixed", "2019-09-12")), "5", True),
        (part(("introduced", "0"), ("fixed", "2019-09-12"), versions="1"), "5", False),
        (part(("introduced", "n653")), "0.1", True),
    ],
)
def test_single_versions(affected: Affected, version: str, expected: bool) -> None:
    assert is_affected(affected, version) is expected


def test_fixes_are_above_the_pin_in_order_and_not_affected_themselves() -> None:
    old = part(("introduced", "0"), ("fixed", "1.0"), ("introduced", "1.10"), ("fixed", "2.0"))
    other = part(("introduced", "1.0"), ("fixed", "1.0.1"))
    assert fix_versions([old], "0.1") == ("1.0", "2.0")
    assert fix_versions([old], "1.10") == ("2.0",)
    assert fix_versions([old, other], "0.1") == ("1.0.1", "2.0")
    assert fix_versions([old], "2019-09-12") == ()


@settings(max_examples=200, deadline=None)
@given(EVENTS, st.lists(st.sampled_from([*UNIVERSE, "2019-09-12", "0.2-n653"]), max_size=4))
def test_shortening_changes_no_match(events: list[tuple[str, str]], versions: list[str]) -> None:
    whole = part(*events, versions=" ".join(map(canonicalize_version, versions)))
    short = shortened(whole)
    assert short.versions <= whole.versions
    for version in [*UNIVERSE, *versions]:
        assert is_affected(short, version) == is_affected(whole, version)


def test_a_list_beside_a_range_without_order_stays_whole() -> None:
    odd = part(("introduced", "0"), ("fixed", "2019-09-12"), versions="1")
    assert shortened(odd) == odd


UPGRADES = [
    # One version mends both, and the nearer fixes do not.
    (["<1.1", "<1.9"], [], "1.0", "1.9"),
    # The lowest fix of all is in a stretch of its own.
    (["<1.0.1 | 1.1<1.9"], [], "1.0", "1.0.1"),
    # A version that has another advisory is passed over, unless each has one.
    (["<1.1"], ["1.1<2.0"], "1.0", "2.0"),
    (["<1.1"], ["1.1<"], "1.0", "1.1"),
    # A pre-release is for those that pin one, and for want of another.
    (["<2.0a1", "<2.0"], [], "1.0", "2.0"),
    (["<2.0a1"], [], "1.0", "2.0a1"),
    (["<1.0b2", "<1.0a1"], [], "1.0a0", "1.0b2"),
    # Nothing mends all.
    (["<1.1", "0<"], [], "1.0", ""),
    (["0<"], [], "1.0", ""),
    (["<1.1"], [], "2019-09-12", ""),
]


def stretch(text: str) -> Affected:
    """'<1.1 | 2<3' as a range of two stretches."""
    events = []
    for each in text.split(" | "):
        start, _, end = each.partition("<")
        events.append(("introduced", start or "0"))
        events += [("fixed", end)] if end else []
    return part(*events)


@pytest.mark.parametrize(("affecting", "others", "version", "expected"), UPGRADES)
def test_the_shortest_upgrade_mends_all(
    affecting: list[str], others: list[str], version: str, expected: str
) -> None:
    own = [stretch(text) for text in affecting]
    assert upgrade(own, [*own, *map(stretch, others)], version) == expected


RANGES = st.lists(
    st.tuples(st.sampled_from(UNIVERSE), st.sampled_from(UNIVERSE)).map(
        lambda ends: f"{ends[0]}<{ends[1]}"
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(RANGES, st.sampled_from(UNIVERSE))
def test_an_upgrade_is_higher_and_mends_each(texts: list[str], version: str) -> None:
    known = [stretch(text) for text in texts]
    affecting = [each for each in known if is_affected(each, version)]
    found = upgrade(affecting, known, version)
    if found:
        assert Version(found) > Version(version)
        assert not any(is_affected(each, found) for each in affecting)
        return
    ends = [text.partition("<")[2] for text in texts]
    higher = [end for end in ends if Version(end) > Version(version)]
    assert all(any(is_affected(each, end) for each in affecting) for end in higher)


def test_another_package_of_the_advisory_does_not_count() -> None:
    advisory = Advisory(id="A-1", affected=(part(("introduced", "0")), Affected("two")))
    assert affects(advisory, "pkg", "1.0")
    assert not affects(advisory, "two", "1.0")


@pytest.fixture(scope="module")
def real() -> list[Advisory]:
    extract = Path(__file__).parents[3] / "../shared/data/advisories/pypa-osv-extract.jsonl.gz"
    if not extract.exists():
        pytest.skip("the real data is not beside this checkout")
    with gzip.open(extract) as lines:
        read = [read_record(json.loads(line)) for line in lines]
    return [record.advisory for record in read if not record.withdrawn]


def test_real_records_match_each_version_they_list(real: list[Advisory]) -> None:
    missed = [
        (advisory.id, version)
        for advisory in real
        for affected in advisory.affected
        for version in affected.versions
        if not is_affected(affected, version)
    ]
    assert missed == []


def test_real_ranges_hardly_ever_differ_from_the_versions_listed(real: list[Advisory]) -> None:
    known: dict[str, set[str]] = {}
    for affected in (each for advisory in real for each in advisory.affected):
        known.setdefault(affected.name, set()).update(affected.versions)
    seen: Counter[tuple[bool, bool]] = Counter()
    for affected in (each for advisory in real for each in advisory.affected):
        alone = Affected(affected.name, affected.ranges)
        for version in known[affected.name]:
            if affected.ranges and affected.versions and version_of(version):
                seen[version in affected.versions, is_affected(alone, version)] += 1
    agreeing = seen[True, True] + seen[False, False]
    assert agreeing > 100_000
    # A version that is listed and lies in no range: the list is what finds it.
    assert seen[True, False] <= 9
    # In range and not listed: affected too, by OSV's rule.
    assert seen[False, True] <= 9


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("jinja2", "2.10", {"PYSEC-2019-217", "PYSEC-2021-66"}),
        ("jinja2", "3.1.4", set()),
        ("pyyaml", "5.3", {"PYSEC-2020-96", "PYSEC-2021-142"}),
        ("pyyaml", "5.4", set()),
        ("django", "4.2.15", {"PYSEC-2024-102"}),
        ("urllib3", "1.26.17", {"PYSEC-2023-212"}),
    ],
)
def test_known_answers(real: list[Advisory], name: str, version: str, expected: set[str]) -> None:
    assert {advisory.id for advisory in real if affects(advisory, name, version)} == expected
