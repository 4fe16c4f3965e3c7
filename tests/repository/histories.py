"""Histories and clones that the tests of this folder share."""

import json
from collections.abc import Mapping
from pathlib import Path

from tidegate.records.run import Range
from tidegate.repository.git import Git
from tidegate.repository.ranges import resolve_range
from tidegate.tests.real import GitRepo


def resolve(
    repo: GitRepo,
    base: str | None = None,
    head: str = "HEAD",
    env: Mapping[str, str] | None = None,
) -> Range:
    return resolve_range(Git.open(repo.path), base=base, head=head, env=env or {})


def clone(repo: GitRepo, place: Path, *options: str) -> GitRepo:
    repo.git("clone", "-q", *options, f"file://{repo.path}", str(place))
    return type(repo)(place)


def forked(repo: GitRepo) -> tuple[str, str, str]:
    """main and feature, each one commit from where they part; feature is checked out."""
    fork = repo.commit({"a": "1"})
    repo.git("checkout", "-q", "-b", "feature")
    head = repo.commit({"b": "1"})
    repo.git("checkout", "-q", "main")
    tip = repo.commit({"c": "1"})
    repo.git("checkout", "-q", "feature")
    return fork, tip, head


def merged(repo: GitRepo, base: str, change: str) -> str:
    """Check out a merge of `change` onto `base`, as CI systems make it."""
    repo.git("checkout", "-q", "--detach", base)
    repo.git("merge", "-q", "--no-ff", "-m", "merge", change)
    return repo.git("rev-parse", "HEAD")


def event(tmp_path: Path, name: str, payload: object) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload))
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path)}
