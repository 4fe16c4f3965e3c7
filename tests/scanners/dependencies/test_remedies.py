import pytest

from tidegate.scanners.advisories.database import Exploitation
from tidegate.scanners.advisories.matching import Advisory
from tidegate.scanners.dependencies.pins import Pin
from tidegate.scanners.dependencies.remedies import remedy
from tidegate.scanners.dependencies.service import Match


def match(
    fixes: str = "", upgrade: str = "", advisories: int = 1, id_: str = "PYSEC-1", at: str = "1.0"
) -> Match:
    return Match(
        pin=Pin("jinja2", at, "requirements.txt", 1),
        advisory=Advisory(id=id_, aliases=("MAL-1",) if id_ == "GHSA-mal" else ()),
        fixes=tuple(fixes.split()),
        upgrade=upgrade,
        advisories=advisories,
        exploitation=Exploitation(None, None),
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (match("1.2 2.0", "1.2"), "upgrade jinja2 to 1.2"),
        (match("1.2", "1.2", 2), "upgrade jinja2 to 1.2, which mends both its advisories"),
        (match("1.2", "1.3", 4), "upgrade jinja2 to 1.3, which mends all 4 of its advisories"),
        (
            match("1.2 2.0", "2.1", 4),
            "upgrade jinja2 to 2.1, which mends all 4 of its advisories (1.2 mends this one alone)",
        ),
        (match("2.0", "2.1", 4), "upgrade jinja2 to 2.1, which mends all 4 of its advisories"),
        (
            match("1.2", "", 3),
            (
                "upgrade jinja2 to 1.2, which mends this advisory; "
                "no version is known that mends all 3 of its advisories"
            ),
        ),
        (match(), "no fixed version is known; replace jinja2"),
        (match(at="2019-09-12"), "no fixed version is known; replace jinja2"),
        (
            match("1.2", "1.2", id_="MAL-2024-1"),
            "remove jinja2 1.0: it is malicious; rotate every secret that it could read",
        ),
        (
            match(id_="GHSA-mal"),
            "remove jinja2 1.0: it is malicious; rotate every secret that it could read",
        ),
    ],
)
def test_the_remedy_mends_as_much_as_it_can(found: Match, expected: str) -> None:
    assert remedy(found) == expected
