"""EPSS scores as FIRST publishes them: a comment with the date, then cve,epss,percentile."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import IO

from .kev import CVE
from .limits import BrokenFile, Limits, check_total

_HEADER = b"cve,epss,percentile"
_COMMENT = re.compile(r"#model_version:[^,]{0,40},score_date:([0-9]{4}-[0-9]{2}-[0-9]{2})\S{0,40}")
_MAX_LINE = 200


@dataclass(frozen=True, slots=True)
class EpssScores:
    """How probable the exploitation of each CVE is within the next thirty days."""

    scored: str
    """Day of the scores, ISO 8601."""
    probabilities: Mapping[str, float]


def looks_like_epss(stream: IO[bytes]) -> bool:
    """Whether a stream begins as EPSS scores do; it stays at its start."""
    start = stream.read(len(_HEADER))
    stream.seek(0)
    return start.startswith((b"#model_version:", _HEADER))


def read_epss(stream: IO[bytes], limits: Limits) -> EpssScores:
    """The scores. Raises BrokenFile where any line is odd, or the last one cut."""
    comment = _COMMENT.fullmatch(_line(stream) or "")
    if comment is None:
        raise BrokenFile("EPSS scores without the line that tells their date")
    if _line(stream) != _HEADER.decode():
        raise BrokenFile(f"EPSS scores without the header {_HEADER.decode()!r}")
    probabilities = dict(_rows(stream, limits))
    if not probabilities:
        raise BrokenFile("EPSS scores without any score")
    try:
        return EpssScores(date.fromisoformat(comment[1]).isoformat(), probabilities)
    except ValueError as error:
        raise BrokenFile("EPSS scores of no date") from error


def _rows(stream: IO[bytes], limits: Limits) -> Iterator[tuple[str, float]]:
    number, total = 2, 0
    while (line := _line(stream)) is not None:
        number += 1
        total += len(line)
        check_total(total, limits)
        cve, _, rest = line.partition(",")
        epss, comma, _percentile = rest.partition(",")
        try:
            probability = float(epss)
        except ValueError:
            probability = -1.0
        if not comma or not CVE.fullmatch(cve) or not 0 <= probability <= 1:
            raise BrokenFile(f"EPSS line {number} is no CVE with a probability")
        yield cve, probability


def _line(stream: IO[bytes]) -> str | None:
    """The next line without its end; None at the end of the stream."""
    line = stream.readline(_MAX_LINE)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise BrokenFile("a line of the EPSS scores is cut short, or far too long")
    return line.decode("ascii", "replace").rstrip("\r\n")
