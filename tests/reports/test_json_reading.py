"""A JSON report is read back as it was written, and nothing else is taken for one."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.run import GateRun, ScanRun
from tidegate.reports import json_reading, json_report, markdown


def written(run: GateRun) -> bytes:
    return json_report.gate(run, colour=False).encode()


def test_what_people_are_told_survives_the_way_through_json(
    gate_run: Callable[..., GateRun],
) -> None:
    run = gate_run(judge_digest="0f" * 20, judge_accepted=True)
    read = json_reading.run_of(written(run))
    assert read == replace(run, timings={}, versions={}, notices=run.notices)
    assert isinstance(read, GateRun)
    assert markdown.gate(read, colour=False) == markdown.gate(run, colour=False)


def test_a_scan_survives_the_way_through_json(scan_run: Callable[..., ScanRun]) -> None:
    first, *rest = scan_run().findings
    run = scan_run(findings=(replace(first, known=True), *rest), baseline="tidegate.baseline")
    read = json_reading.run_of(json_report.scan(run, colour=False).encode())
    assert read == replace(run, timings={}, versions={}, left_out=())
    assert isinstance(read, ScanRun)
    assert markdown.scan(read, colour=False) == markdown.scan(run, colour=False)


def test_any_run_can_be_read_and_writes_the_same(gate_runs: st.SearchStrategy[GateRun]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(gate_runs)
    def check(run: GateRun) -> None:
        once = json_reading.run_of(written(run))
        assert isinstance(once, GateRun)
        assert json_reading.run_of(written(once)) == once
        assert (once.verdict, len(once.findings)) == (run.verdict, len(run.findings))

    check()


def changed(run: GateRun, change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(written(run))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.update(schema="tidegate/gate/9"), "another form"),
        (lambda d: d.update(verdict="FINE"), "'FINE' is not a valid Verdict"),
        (lambda d: d.pop("mode"), "'mode' is no str"),
        (lambda d: d.update(exit_code="1"), "'exit_code' is no int"),
        (lambda d: d.update(findings={}), "'findings' is no list"),
        (lambda d: d["findings"].append(1), "'tool' is no str"),
        (lambda d: d["findings"][0].update(line=None), "'line' is no int"),
        (lambda d: d["findings"][0].update(severity="AWFUL"), "AWFUL"),
        (lambda d: d["skipped"][0].update(existing="no"), "'existing' is no bool"),
        (lambda d: d.update(range=[]), "'range' is no dict"),
        (lambda d: d["range"].update(base_ref=7), "'base_ref' is no str"),
        (lambda d: d.update(timings={"x": float("nan")}), "it holds NaN"),
    ],
)
def test_what_does_not_fit_is_refused(
    gate_run: Callable[..., GateRun], change: Callable[[dict[str, Any]], object], why: str
) -> None:
    with pytest.raises(json_reading.NoReport) as caught:
        json_reading.run_of(changed(gate_run(), change))
    assert why in str(caught.value)
    assert "tidegate gate --output json=FILE" in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b"[" * 200_000,
        b'{"schema": "tidegate/gate/1"}',
        b'{"schema": ' + b"9" * 5000 + b"}",
        "{}".encode("utf-16"),
    ],
    ids=range(8),
)
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(json_reading.NoReport):
        json_reading.run_of(data)


def test_a_report_is_bounded() -> None:
    with pytest.raises(json_reading.NoReport, match="over"):
        json_reading.run_of(b" " * (json_reading.MAX_BYTES + 1))
