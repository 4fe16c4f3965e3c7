from pathlib import Path

import pytest

from tidegate.tests.gate.gating import advisories
from tidegate.tests.gate.judging import Judge
from tidegate.tests.real import GitRepo
from tidegate.tests.started import load


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> None:
    """Load the tools once: a gate forks its workers, and each would load them anew."""
    load()


@pytest.fixture
def judge(repo: GitRepo, tmp_path: Path) -> Judge:
    """The gate with a database of one advisory."""
    return Judge(repo, advisories(tmp_path))
