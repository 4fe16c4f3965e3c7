"""Real git repositories and a real command line for every test that wants them."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tidegate.tests.real import Answer, GitRepo, Tidegate

# Tests run in several processes: threads of scikit-learn would only wait for each other's cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[[str], GitRepo]:
    """Make an empty repository of the given name."""

    def make(name: str) -> GitRepo:
        path = tmp_path / name
        path.mkdir()
        repo = GitRepo(path)
        repo.git("init", "-q", "-b", "main")
        return repo

    return make


@pytest.fixture
def repo(new_repo: Callable[[str], GitRepo]) -> GitRepo:
    """An empty repository."""
    return new_repo("repo")


@pytest.fixture
def tidegate(tmp_path: Path) -> Tidegate:
    """Run the command line as its own process, with an empty home and no CI variables."""

    def call(*args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tidegate", *args],
            cwd=cwd or tmp_path,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **(env or {})},
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def shared_data() -> Path:
    """The real data beside the checkout; tests that want it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data is not beside this checkout")
    return SHARED_DATA
