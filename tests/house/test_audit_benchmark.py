import json
from pathlib import Path
from typing import Any

from tidegate.tests.house.measuring import measured


def osv(id_: str, name: str, fixed: str, versions: list[str], **changes: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    package = {"ecosystem": "PyPI", "name": name}
    affected = [{"package": package, "ranges": ranges, "versions": versions}]
    return {"id": id_, "modified": "2024-01-01T00:00:00Z", "affected": affected} | changes


def test_the_audit_benchmark_measures_both_and_holds_every_match_against_the_records(
    tmp_path: Path,
) -> None:
    records = [
        osv("PYSEC-1", "one", "2.0", ["1.0", "1.5", "odd!"], aliases=["CVE-2024-1"]),
        osv("GHSA-1", "one", "1.2", ["1.0"], aliases=["CVE-2024-2"]),
        osv("GHSA-2", "one", "1.2", ["1.0"], aliases=["CVE-2024-2"]),
    ]
    (tmp_path / "osv.json").write_text(json.dumps(records), "utf-8")
    found = measured("audit", "--data", tmp_path, "--pins", "6", "--runs", "1")
    assert (found["pins"], found["records"], found["matches"]) == (6, 3, 1)
    assert (found["pip_audit_matches"], found["differing_pins"]) == (1, [])
    # Two vulnerabilities and three versions; 1.5 and odd! are none of GHSA-1's.
    assert found["agreement"] == {"pairs": 6, "missed": 0, "false": 0, "by_range_only": 0}
    for took in ("build_seconds", "audit_again_milliseconds", "pip_audit_osv_milliseconds"):
        assert found[took]["wall"] > 0
    assert found["audit_milliseconds"] > 0
