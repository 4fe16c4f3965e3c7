"""A change that brings the advisories it is judged by: the base's policy may name a path in it."""

from pathlib import Path

import pytest

from tidegate.errors import UsageError
from tidegate.records.run import Verdict
from tidegate.tests.gate.gating import advisories, gated, osv
from tidegate.tests.real import GitRepo

UNSAFE = "jinja2==2.10\n"


@pytest.fixture
def repository(repo: GitRepo, tmp_path: Path) -> GitRepo:
    """A policy that names a path inside the checkout, at which an ignored file stands."""
    real = Path(advisories(tmp_path))
    repo.commit({"tidegate.toml": 'database = "data/osv.db"\n', "data/x": "", ".gitignore": "*.db"})
    (repo.path / "data/osv.db").write_bytes(real.read_bytes())
    repo.git("checkout", "-q", "-b", "feature")
    return repo


def in_checkout(repo: GitRepo) -> dict[str, str]:
    return {"database": str(repo.path / "data/osv.db")}


def test_a_database_beside_the_committed_files_counts(repository: GitRepo) -> None:
    repository.commit({"requirements.txt": UNSAFE})
    assert gated(repository, settings=in_checkout(repository)).verdict is Verdict.BLOCK


def test_a_database_that_the_change_brings_is_refused(repository: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Path(advisories(tmp_path / "other", osv("A-2", "flask", fixed="9")))
    repository.write({".gitignore": "", "requirements.txt": UNSAFE})
    (repository.path / "data/osv.db").write_bytes(other.read_bytes())
    repository.commit({})
    with pytest.raises(UsageError, match="the change could have written it"):
        gated(repository, settings=in_checkout(repository))


def test_a_database_behind_a_link_that_the_change_brings_is_refused(
    repository: GitRepo, tmp_path: Path
) -> None:
    (repository.path / "data/osv.db").unlink()
    (repository.path / "data/osv.db").symlink_to(tmp_path / "anywhere.db")
    repository.git("add", "--force", "data/osv.db")
    repository.commit({"requirements.txt": UNSAFE})
    with pytest.raises(UsageError, match="the change could have written it"):
        gated(repository, settings=in_checkout(repository))
