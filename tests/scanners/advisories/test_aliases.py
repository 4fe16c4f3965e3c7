from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Level
from tidegate.scanners.advisories.aliases import merged, vulnerabilities
from tidegate.scanners.advisories.matching import Advisory, Affected

ONE = Affected("one", versions=frozenset({"1"}))
TWO = Affected("two", versions=frozenset({"2"}))


def test_names_are_joined_over_others() -> None:
    chain = {
        "GHSA-a": ["CVE-1"],
        "PYSEC-1": ["CVE-1", "CVE-2"],
        "OSV-1": ["CVE-2"],
        "MAL-1": ["GHSA-b"],
        "GHSA-b": [],
        "GHSA-c": ["CVE-3"],
    }
    expected = [("MAL-1", "GHSA-b"), ("PYSEC-1", "GHSA-a", "OSV-1"), ("GHSA-c",)]
    for order in permutations(chain):
        assert vulnerabilities({id_: chain[id_] for id_ in order}) == expected


NAMES = st.sampled_from([f"{kind}-{n}" for kind in ("CVE", "GHSA", "PYSEC") for n in range(5)])


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3), max_size=9))
def test_each_record_is_in_one_group_and_groups_share_no_name(
    aliases: dict[str, list[str]],
) -> None:
    groups = vulnerabilities(aliases)
    assert sorted(id_ for group in groups for id_ in group) == sorted(aliases)
    spoken = [{name for id_ in group for name in (id_, *aliases[id_])} for group in groups]
    for number, names in enumerate(spoken):
        assert all(names.isdisjoint(others) for others in spoken[number + 1 :])


def test_merging_keeps_the_gravest_and_every_name() -> None:
    primary = Advisory(id="PYSEC-1", aliases=("CVE-1",), summary="first", affected=(ONE, TWO))
    low = Advisory(
        id="GHSA-1", aliases=("CVE-1",), severity=Level.LOW, cvss=3.1, cvss_vector="a", cwe=79
    )
    high = Advisory(
        id="GHSA-2", severity=Level.HIGH, cvss=8.1, cvss_vector="b", summary="x", affected=(ONE,)
    )
    assert merged([primary, low, high], "one") == Advisory(
        id="PYSEC-1",
        aliases=("CVE-1", "GHSA-1", "GHSA-2"),
        summary="first",
        severity=Level.HIGH,
        cvss=8.1,
        cvss_vector="b",
        cwe=79,
        affected=(ONE,),
    )
    assert merged([primary], "two").severity is Level.UNKNOWN
    assert merged([primary], "two").cvss is None
