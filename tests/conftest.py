"""Real git repositories and a real command line for every test that wants them."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tidegate.tests.real import Answer, GitRepo, Tidegate
from tidegate.tests.started import Started, is_of_the_interpreter

# Tests run in several processes: threads of scikit-learn would only wait for each other's cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"

# How busy the machine is says nothing of what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_finish() -> None:
    """Leave thousands of tests to no garbage collection, here or in a forked process."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def started() -> Iterator[Started]:
    """A command line that has loaded its modules, for all tests of this worker."""
    with Started() as started:
        yield started


@pytest.fixture
def tidegate(tmp_path: Path, started: Started, tidegate_anew: Tidegate) -> Tidegate:
    """Run the command line as its own process, with an empty home and no CI variables."""

    def call(*args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Answer:
        if is_of_the_interpreter(env or {}):
            return tidegate_anew(*args, cwd=cwd, env=env)
        return started.call(args, cwd or tmp_path, environment(tmp_path, env))

    return call


@pytest.fixture
def tidegate_anew(tmp_path: Path) -> Tidegate:
    """The same, from the start of a Python interpreter on, which takes several times as long."""

    def call(*args: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tidegate", *args],
            cwd=cwd or tmp_path,
            capture_output=True,
            env=environment(tmp_path, env),
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


def environment(tmp_path: Path, env: Mapping[str, str] | None) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **(env or {})}


@pytest.fixture
def shared_data() -> Path:
    """The real data beside the checkout; tests that want it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data is not beside this checkout")
    return SHARED_DATA
