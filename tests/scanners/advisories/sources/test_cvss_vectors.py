import pytest

from tidegate.records.finding import Level
from tidegate.scanners.advisories.sources.cvss_vectors import gravest, score_of

V2 = "AV:N/AC:L/Au:N/C:N/I:N/A:C"
V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


@pytest.mark.parametrize(
    ("vector", "score", "level"),
    [
        (V2, 7.8, Level.HIGH),
        (f"({V2})", 7.8, Level.HIGH),
        ("AV:L/AC:H/Au:M/C:P/I:N/A:N", 0.8, Level.LOW),
        (V3, 9.8, Level.CRITICAL),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, Level.MEDIUM),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, Level.LOW),
        (V4, 9.3, Level.CRITICAL),
        ("CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.8, Level.MEDIUM),
    ],
)
def test_scores_of_each_version(vector: str, score: float, level: Level) -> None:
    found = score_of(vector)
    assert found is not None
    assert (found.score, found.level, found.vector) == (score, level, vector)


@pytest.mark.parametrize(
    "vector", ["", "x", "CVSS:3.1/AV:N", "CVSS:9.9/AV:N", f"{V3}/", "CVSS:4.0/", V2 * 100, "(" * 50]
)
def test_a_vector_that_cannot_be_read_has_no_score(vector: str) -> None:
    assert score_of(vector) is None


def test_the_gravest_stands_and_what_is_no_vector_is_left_out() -> None:
    found = gravest([V2, None, 7, "odd", V3, V4])
    assert found is not None
    assert (found.score, found.vector) == (9.8, V3)
    assert gravest([None, "odd"]) is None
