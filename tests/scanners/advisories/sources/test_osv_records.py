from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Level
from tidegate.scanners.advisories.documents import decode, encode
from tidegate.scanners.advisories.matching import Affected, Event
from tidegate.scanners.advisories.sources.osv_records import MalformedRecord, OsvRecord, read_record


def record(**changes: Any) -> dict[str, Any]:
    return {
        "id": "GHSA-aaaa",
        "modified": "2024-05-01T10:00:00+02:00",
        "aliases": ["CVE-2024-1"],
        "summary": "A  hole\nin it",
        "database_specific": {"severity": "MODERATE", "cwe_ids": ["CWE-79", "CWE-80"]},
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Some_Pkg"},
                "ranges": [
                    {"type": "GIT", "events": [{"introduced": "0"}]},
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]},
                ],
                "versions": ["1.0", "0.2.0-n653"],
            },
            {"package": {"ecosystem": "npm", "name": "@x/y"}, "versions": [1]},
        ],
        **changes,
    }


def affected(**changes: Any) -> dict[str, Any]:
    package = {"ecosystem": "PyPI", "name": "pkg"}
    return record(affected=[{"package": package, "versions": ["1.0"], **changes}])


def test_what_is_read() -> None:
    read = read_record(record())
    assert read.modified == "2024-05-01T08:00:00+00:00"
    assert not read.withdrawn
    advisory = read.advisory
    assert (advisory.id, advisory.aliases, advisory.summary) == (
        "GHSA-aaaa",
        ("CVE-2024-1",),
        "A hole in it",
    )
    assert (advisory.severity, advisory.cwe) == (Level.MEDIUM, 79)
    assert advisory.affected == (
        Affected(
            "some-pkg",
            ((Event("introduced", "0"), Event("fixed", "1.2")),),
            frozenset({"1", "0.2.0-n653"}),
        ),
    )


@pytest.mark.parametrize("missing", [None, {}, {"severity": 7}, {"severity": "SCARY"}, "LOW"])
def test_an_unknown_severity_is_not_low(missing: object) -> None:
    assert read_record(record(database_specific=missing)).advisory.severity is Level.UNKNOWN


def test_what_decides_no_match_may_be_missing_or_odd() -> None:
    read = read_record(record(aliases={"x": 1}, summary=None, details=3, database_specific=[]))
    assert (read.advisory.aliases, read.advisory.summary) == ((), "")
    assert read_record(record(aliases=["ok-1", "not an id", 5])).advisory.aliases == ("ok-1",)


def test_summaries_are_one_bounded_line_that_can_be_stored() -> None:
    read = read_record(record(summary="x\ud800\n" * 500))
    assert len(read.advisory.summary) == 300
    assert "\n" not in read.advisory.summary
    read.advisory.summary.encode()


def test_a_record_of_other_ecosystems_affects_nothing() -> None:
    npm = record(affected=[{"package": {"ecosystem": "npm", "name": "x"}, "versions": ["1"]}])
    assert read_record(npm).advisory.affected == ()
    assert read_record(record(affected=None)).advisory.affected == ()


def test_dates_may_be_told_to_the_nanosecond() -> None:
    read = read_record(record(modified="2026-09-04T00:47:46.156672516Z"))
    assert read.modified == "2026-09-04T00:47:46+00:00"


def test_malware_is_critical_whoever_rates_it() -> None:
    read = read_record(record(id="MAL-2026-1", database_specific={"severity": "LOW"}))
    assert (read.advisory.severity, read.advisory.cwe) == (Level.CRITICAL, 506)


VECTORS: list[Any] = [
    {"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:H/I:H/A:N"},
    {"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:N/I:N/A:C"},
    {"type": "Ubuntu", "score": "critical"},
    {"type": "CVSS_V4", "score": 7},
    "odd",
]


@pytest.mark.parametrize("place", ["record", "package"])
def test_the_gravest_of_word_and_vectors_stands(place: str) -> None:
    scored = record(severity=VECTORS) if place == "record" else affected(severity=VECTORS)
    advisory = read_record(scored).advisory
    assert (advisory.severity, advisory.cvss) == (Level.HIGH, 7.8)
    assert advisory.cvss_vector == VECTORS[1]["score"]
    said = read_record(scored | {"database_specific": {"severity": "CRITICAL"}}).advisory
    assert (said.severity, said.cvss) == (Level.CRITICAL, 7.8)
    unrated = read_record(record(severity=VECTORS[2:], database_specific={})).advisory
    assert (unrated.severity, unrated.cvss) == (Level.UNKNOWN, None)


def test_withdrawn() -> None:
    assert read_record(record(withdrawn="2024-06-01T00:00:00Z")).withdrawn


@pytest.mark.parametrize("date", ["9998-01-01T00:00:00Z", "soon", "no"])
def test_a_record_is_not_withdrawn_before_its_time(date: str) -> None:
    assert not read_record(record(withdrawn=date)).withdrawn


def test_an_ecosystem_in_other_letters_is_the_same() -> None:
    package = {"ecosystem": "pypi", "name": "pkg"}
    told = record(affected=[{"package": package, "versions": ["1.0"]}])
    assert [each.name for each in read_record(told).advisory.affected] == ["pkg"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "text",
        7,
        {},
        record(id=None),
        record(id="../../etc"),
        record(id="x" * 200),
        record(modified=None),
        record(modified="yesterday"),
        record(modified="0001-01-01T00:00:00+23:59"),
        record(withdrawn={"at": 1}),
        record(affected={}),
        record(affected=[7]),
        affected(package="pkg"),
        affected(package={"ecosystem": "PyPI"}),
        affected(package={"ecosystem": "PyPI", "name": "no name!"}),
        affected(package={"ecosystem": 1, "name": "x"}),
        affected(versions=[1.0]),
        affected(versions=["x" * 301]),
        affected(versions=["1\n2"]),
        affected(versions={}),
        affected(versions=[]),
        affected(versions=[], ranges=[{"type": "GIT", "events": []}]),
        affected(ranges=[{"type": "ODD", "events": []}]),
        affected(ranges=[{"type": "ECOSYSTEM", "events": [{"introduced": 0}]}]),
        affected(ranges=[{"type": "ECOSYSTEM", "events": [{"ended": "1"}]}]),
        affected(ranges=[{"type": "ECOSYSTEM", "events": "0"}]),
    ],
)
def test_what_cannot_be_wholly_understood_is_malformed(value: object) -> None:
    with pytest.raises(MalformedRecord):
        read_record(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("PyPI"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["package", "ecosystem", "name", "ranges", "events", "type", "versions"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*record(), "withdrawn"]), JSON))
def test_any_json_is_read_or_malformed(changes: dict[str, Any]) -> None:
    try:
        assert isinstance(read_record(record(**changes)), OsvRecord)
    except MalformedRecord as error:
        assert str(error)  # noqa: PT017 - either outcome is right


def test_storing_loses_nothing() -> None:
    advisory = read_record(record()).advisory
    assert decode(encode(advisory)) == advisory


def test_an_advisory_too_large_to_be_read_again_is_not_stored() -> None:
    large = affected(versions=[f"{number:x>300}" for number in range(15_000)])
    with pytest.raises(ValueError, match="larger than"):
        encode(read_record(large).advisory)
