import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tidegate.records.run import GateRun, ScanRun
from tidegate.reports import json_report, jsonl


def test_the_first_line_tells_the_form_the_verdict_and_how_many_follow(
    gate_run: Callable[..., GateRun],
) -> None:
    header, *rest = map(json.loads, jsonl.gate(gate_run(), colour=False).splitlines())
    assert (header["schema"], header["verdict"]) == ("tidegate/gate-lines/1", "BLOCK")
    assert header["counts"] == {"findings": 4, "skipped": 1}
    assert [line["kind"] for line in rest] == ["finding"] * 4 + ["skipped"]


def test_a_scan_has_no_verdict(scan_run: Callable[..., ScanRun]) -> None:
    header, *rest = map(json.loads, jsonl.scan(scan_run(), colour=False).splitlines())
    assert (header["schema"], header["exit_code"]) == ("tidegate/scan-lines/1", 3)
    assert [line["kind"] for line in rest] == ["finding"] * 2 + ["skipped"]


@given(data=st.data())
def test_the_lines_say_what_the_document_says(
    data: st.DataObject, gate_runs: st.SearchStrategy[GateRun]
) -> None:
    run = data.draw(gate_runs)
    document = json.loads(json_report.gate(run, colour=False))
    header, *rest = map(json.loads, jsonl.gate(run, colour=False).splitlines())
    kinds = {"findings": "finding", "skipped": "skipped"}
    for key, kind in kinds.items():
        assert [{"kind": kind, **node} for node in document[key]] == [
            line for line in rest if line["kind"] == kind
        ]
    assert {key: header[key] for key in document if key not in (*kinds, "schema")} == {
        key: value for key, value in document.items() if key not in (*kinds, "schema")
    }
