"""A JSON report back as the records it was written from: docs/json.md tells each key.

Whoever hands the report on may have written it: what does not fit is refused, and its texts are
as hostile as those of the tree.
"""

from collections.abc import Mapping
from typing import TypeVar

from ..errors import UsageError
from ..records.finding import Finding, Level, Skipped
from ..records.run import (
    Coverage,
    Decision,
    GateRun,
    Judged,
    Located,
    Mode,
    Profile,
    Range,
    ScanRun,
    SkippedItem,
    State,
    Verdict,
)
from .json_report import GATE_SCHEMA, SCAN_SCHEMA

MAX_BYTES = 16 * 1024 * 1024
"""Of a report: some ten thousand findings."""

_T = TypeVar("_T")


class NoReport(UsageError):
    """What was given is no JSON report."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"this is no report of the form {GATE_SCHEMA} or {SCAN_SCHEMA}: {reason}",
            "write one with `tidegate gate --output json=FILE`, or with `tidegate scan`",
        )


def run_of(data: bytes) -> GateRun | ScanRun:
    """The run that a report tells of, but for its packages, timings and versions.

    Raises NoReport for what `--format json` of neither verb did write.
    """
    import json

    if len(data) > MAX_BYTES:
        raise NoReport(f"it is over {MAX_BYTES} bytes")
    try:
        document: object = json.loads(data.decode("utf-8"), parse_constant=_no_number)
        schema = _of(document, "schema", str)
        if schema not in (GATE_SCHEMA, SCAN_SCHEMA):
            raise NoReport("it names another form")
        return _gate_run(document) if schema == GATE_SCHEMA else _scan_run(document)
    except RecursionError:
        raise NoReport("it is nested too deeply") from None
    except ValueError as error:
        raise NoReport(str(error)[:200]) from None


def _no_number(name: str) -> object:
    """Raises NoReport for what Python takes for JSON and others do not."""
    raise NoReport(f"it holds {name}")


def _gate_run(document: object) -> GateRun:
    return GateRun(
        verdict=Verdict(_of(document, "verdict", str)),
        exit_code=_of(document, "exit_code", int),
        mode=Mode(_of(document, "mode", str)),
        profile=Profile(_of(document, "profile", str)),
        range=_range(document),
        findings=tuple(map(_judged, _of(document, "findings", list))),
        skipped=tuple(map(_gap, _of(document, "skipped", list))),
        coverage=_coverage(_of(document, "coverage", dict)),
        notices=tuple(map(str, _of(document, "notices", list))),
        judge_digest=_text(document, "judge_digest"),
        judge_accepted=_is_true(document, "judge_accepted"),
    )


def _scan_run(document: object) -> ScanRun:
    return ScanRun(
        exit_code=_of(document, "exit_code", int),
        baseline=_text(document, "baseline"),
        findings=tuple(map(_located, _of(document, "findings", list))),
        skipped=tuple(map(_skipped, _of(document, "skipped", list))),
        coverage=_coverage(_of(document, "coverage", dict)),
        notices=tuple(map(str, _of(document, "notices", list))),
    )


def _range(document: object) -> Range:
    compared = _of(document, "range", dict)
    return Range(
        base=_text(document, "base"),
        head=_text(document, "head"),
        base_tip=_text(compared, "base_tip"),
        base_ref=_text(compared, "base_ref"),
        base_origin=_text(compared, "base_origin"),
        merge_bases=tuple(map(str, _of(compared, "merge_bases", list))),
        worktree=_of(compared, "worktree", bool),
        staged=_of(compared, "staged", bool),
    )


def _located(node: object) -> Located:
    return Located(
        finding=_finding(node),
        fingerprint=_of(node, "fingerprint", str),
        known=_of(node, "known", bool),
    )


def _judged(node: object) -> Judged:
    return Judged(
        finding=_finding(node),
        fingerprint=_of(node, "fingerprint", str),
        state=State(_of(node, "state", str)),
        decision=Decision(_of(node, "decision", str)),
        decided_by=_of(node, "decided_by", str),
    )


def _finding(node: object) -> Finding:
    return Finding(
        tool=_of(node, "tool", str),
        rule=_of(node, "rule", str),
        message=_of(node, "message", str),
        path=_of(node, "path", str),
        line=_of(node, "line", int),
        end_line=_of(node, "end_line", int),
        severity=Level(_of(node, "severity", str)),
        confidence=Level(_of(node, "confidence", str)),
        remedy=_of(node, "remedy", str),
        cwe=None if _is_null(node, "cwe") else _of(node, "cwe", int),
        url=_of(node, "url", str),
        scope=_of(node, "scope", str),
        suppressed=_of(node, "suppressed", str),
        witnesses=tuple(map(str, _of(node, "witnesses", list))),
    )


def _skipped(node: object) -> Skipped:
    texts = {key: _of(node, key, str) for key in ("what", "reason", "detail", "remedy", "path")}
    return Skipped(**texts, tool=_of(node, "tool", str))


def _gap(node: object) -> SkippedItem:
    return SkippedItem(
        skipped=_skipped(node),
        existing=_of(node, "existing", bool),
        decision=Decision(_of(node, "decision", str)),
        decided_by=_of(node, "decided_by", str),
    )


def _coverage(node: Mapping[str, object]) -> Coverage:
    by_reason = _of(node, "skipped", dict)
    return Coverage(
        seen=_of(node, "seen", int),
        scanned=_of(node, "scanned", int),
        out_of_scope=_of(node, "out_of_scope", int),
        skipped={str(reason): _of(by_reason, reason, int) for reason in by_reason},
    )


def _of(node: object, key: str, kind: type[_T]) -> _T:
    """The value of a key. Raises ValueError where it is missing or of another type."""
    value = node.get(key) if isinstance(node, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"its {key!r:.60} is no {kind.__name__}")  # noqa: TRY004 - a wrong text
    return value


def _text(node: object, key: str) -> str:
    """A text that may be null, or younger than the report."""
    return "" if _is_null(node, key) else _of(node, key, str)


def _is_true(node: object, key: str) -> bool:
    """What may be younger than the report."""
    return isinstance(node, dict) and node.get(key) is True


def _is_null(node: object, key: str) -> bool:
    return isinstance(node, dict) and node.get(key) is None
