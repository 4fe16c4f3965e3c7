"""KEV and EPSS: what is published is read, and what is odd is refused."""

import io
from typing import Any

import pytest

from tidegate.scanners.advisories.sources.epss import looks_like_epss, read_epss
from tidegate.scanners.advisories.sources.kev import is_kev, read_kev
from tidegate.scanners.advisories.sources.limits import BrokenFile, Limits

COMMENT = "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\n"
HEADER = "cve,epss,percentile\n"
EPSS = f"{COMMENT}{HEADER}CVE-1999-0001,0.01234,0.5\nCVE-2024-123456,0.9,0.99\n"


def published(**changes: Any) -> dict[str, Any]:
    return {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": "2025.08.25",
        "dateReleased": "2025-08-25T17:04:19.9796Z",
        "count": 2,
        "vulnerabilities": [
            {"cveID": "CVE-2020-11651", "vendorProject": "SaltStack"},
            {"cveID": "CVE-2022-33891"},
        ],
    } | changes


def test_the_catalogue_is_read_in_both_forms() -> None:
    short: dict[str, Any] = {
        "catalogVersion": "2025.08.25",
        "dateReleased": "2025-08-25T17:04:19.9796Z",
        "cves": {"CVE-2020-11651": ["2021-11-03", "Known"], "CVE-2022-33891": ["2023-03-07", "?"]},
    }
    assert is_kev(published())
    assert is_kev(short)
    assert read_kev(published()) == read_kev(short)
    assert read_kev(short).released == "2025-08-25"
    assert read_kev(short).cves == {"CVE-2020-11651", "CVE-2022-33891"}


@pytest.mark.parametrize("value", [None, [], {}, {"catalogVersion": "1"}, {"id": "x", "cves": []}])
def test_other_values_are_no_catalogue(value: object) -> None:
    assert not is_kev(value)


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 3},
        {"vulnerabilities": []},
        {"vulnerabilities": [7, {}]},
        {"vulnerabilities": [{"cveID": "CVE-x"}], "count": 1},
        {"vulnerabilities": "x"},
        {"dateReleased": None},
        {"dateReleased": "soon"},
    ],
)
def test_an_odd_catalogue_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BrokenFile, match="KEV"):
        read_kev(published(**changes))


def test_scores_are_read() -> None:
    stream = io.BytesIO(EPSS.encode())
    assert looks_like_epss(stream)
    scores = read_epss(stream, Limits())
    assert scores.scored == "2026-11-20"
    assert scores.probabilities == {"CVE-1999-0001": 0.01234, "CVE-2024-123456": 0.9}


def test_lines_may_end_as_on_windows() -> None:
    scores = read_epss(io.BytesIO(EPSS.replace("\n", "\r\n").encode()), Limits())
    assert len(scores.probabilities) == 2


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "CVE-1999-0001,0.1,0.5\n",
        COMMENT + HEADER,
        COMMENT + "CVE-1999-0001,0.1,0.5\n",
        EPSS[:-1],
        EPSS + "CVE-2024-1",
        EPSS + "CVE-2024-12345,1.5,0.1\n",
        EPSS + "CVE-2024-12345,nan,0.1\n",
        EPSS + "CVE-2024-12345,x,0.1\n",
        EPSS + "CVE-2024-12345,0.5\n",
        EPSS + "GHSA-1,0.5,0.5\n",
        EPSS + "x" * 5000 + "\n",
        EPSS + "\n" + EPSS,
        EPSS.replace("2026-11-20", "2026-99-20"),
    ],
)
def test_odd_scores_are_refused(text: str) -> None:
    with pytest.raises(BrokenFile, match="EPSS"):
        read_epss(io.BytesIO(text.encode()), Limits())
