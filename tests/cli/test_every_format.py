"""Every format, as one call of a CI job writes them all."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tidegate.cli.options import Format
from tidegate.tests.real import GitRepo, Tidegate

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"


@pytest.mark.parametrize("verb", [["gate", "--base", "HEAD^"], ["scan", "--no-cache", "."]])
def test_one_call_writes_them_all(
    verb: list[str], repo: GitRepo, tidegate: Tidegate, tmp_path: Path
) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b.py": BAD})
    files = {name: tmp_path / f"report.{name}" for name in Format}
    wanted = [f"--output={name}={path}" for name, path in files.items()]
    answer = tidegate(*verb, *wanted, "--format", "jsonl", cwd=repo.path)
    assert json.loads(answer.out.splitlines()[0])["exit_code"] == answer.code
    for name, path in files.items():
        text = path.read_text("utf-8")
        assert ("b.py" in text) is (name != "gitlab-dependency-scanning"), name
    (suite,) = ET.fromstring(files[Format.JUNIT].read_bytes())
    assert suite.attrib["failures"] == ("1" if verb[0] == "gate" else "2")
    scan = json.loads(files[Format.GITLAB_SAST].read_text())["scan"]
    ended = datetime.fromisoformat(scan["end_time"]).replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - ended) < timedelta(minutes=5)
    assert re.match("2[0-9]{3}-", scan["start_time"])
