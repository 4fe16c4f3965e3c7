"""What the tests drive: a real git and a real command line."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


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
        return self._head()

    def _head(self) -> str:
        """The id of the commit at HEAD, which git need not be asked for in a plain repository."""
        folder = self.path / ".git"
        name = (folder / "HEAD").read_text() if folder.is_dir() else ""
        tip = folder / name.removeprefix("ref: ").strip()
        return tip.read_text().strip() if tip.is_file() else self.git("rev-parse", "HEAD")


GIT_ENV = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TEMPLATE_DIR": "",  # a dozen sample hooks in each new repository
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "maintenance.auto",  # one more process after each commit
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "core.fsync",
    "GIT_CONFIG_VALUE_1": "none",
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


@dataclass(frozen=True)
class Answer:
    """What the command line left behind."""

    code: int
    out: str
    err: str


Tidegate = Callable[..., Answer]
