"""The benchmark of histories measures what it says, on a history of a few commits."""

import json

import pytest

from tidegate.benchmarks import history
from tidegate.tests.real import GitRepo
from tidegate.tests.repository.history.written import written_at_random


def test_it_prints_all_figures_and_why_one_is_missing(
    repo: GitRepo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written_at_random(3, 25).write(repo)
    monkeypatch.setattr(history, "UPDATE", 2)
    monkeypatch.setattr("sys.argv", ["history", "--repo", str(repo.path), "--runs", "1", "--json"])

    assert history.main() == 0

    found = json.loads(capsys.readouterr().out)
    assert found["build"]["commits"] == 26
    assert found["update"]["changes"] == 2
    assert found["update"]["commits"] < 26
    assert found["agreement"]["fixes"] > 3
    assert found["agreement"]["share"] == 1
    assert "--pydriller" in found["pydriller"]["skipped"]
