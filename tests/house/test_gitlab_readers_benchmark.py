import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARSER = """
import json

from django.conf import settings
from dojo.models import Finding
from dojo.tools.locations import LocationData
from dojo.tools.parser_test import ParserTest


class GitlabSastParser:
    def get_findings(self, file, test):
        assert not settings.V3_FEATURE_LOCATIONS
        for each in json.load(file)["vulnerabilities"]:
            yield Finding(
                unique_id_from_tool=each["id"], file_path=each["location"]["file"],
                severity="Info", mitigation="", cwe=79, line=LINE,
            )
"""


@pytest.mark.parametrize(("line", "code", "told"), [(4, 0, ""), (3, 1, "line of 1: 4 told, 3")])
def test_what_another_reads_otherwise_is_told(
    tmp_path: Path, line: int, code: int, told: str
) -> None:
    parser = tmp_path / "dojo/tools/gitlab_sast/parser.py"
    parser.parent.mkdir(parents=True)
    parser.write_text(PARSER.replace("LINE", str(line)), "utf-8")
    vulnerability = {
        "id": "1",
        "severity": "Unknown",
        "identifiers": [{"type": "cwe", "value": "79"}],
        "location": {"file": "a.py", "start_line": 3, "end_line": 4},
    }
    report = {"scan": {"type": "sast"}, "vulnerabilities": [vulnerability]}
    (tmp_path / "sast.json").write_text(json.dumps(report), "utf-8")
    call = ["benchmarks.gitlab_readers", "--defectdojo", str(tmp_path), str(tmp_path / "sast.json")]
    done = subprocess.run(
        [sys.executable, "-m", *call], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, "")
    assert "sast, 1 findings read" in done.stdout
    assert told in done.stdout
