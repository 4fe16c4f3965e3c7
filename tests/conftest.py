"""Real git repositories and a real command line for every test that wants them."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@dataclass(frozen=True)
class GitRepo:
    """A repository in a temporary folder, driven by the real git."""

    path: Path

    def git(self, *args: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.path, input=stdin, capture_output=True, env=GIT_ENV, check=True
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        for name, content in files.items():
            path = self.path / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: Mapping[str, str | bytes | None], message: str = "change") -> str:
        """Write (None deletes), commit everything and return the commit's id."""
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


GIT_ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (
            ("NAME", "A"),
            ("EMAIL", "a@example.com"),
            ("DATE", "2026-01-01T00:00:00Z"),
        )
    },
}


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


@dataclass(frozen=True)
class Answer:
    """What the command line left behind."""

    code: int
    out: str
    err: str


Tidegate = Callable[..., Answer]


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
