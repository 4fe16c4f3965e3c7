"""Git's id of what a path holds at head: what is not known is empty, and fits nothing."""

from tidegate.gate.evidence.content_ids import content_ids
from tidegate.repository.changes import changes_between, changes_in_worktree
from tidegate.repository.git import Git
from tidegate.scanners.targets.sides import Base
from tidegate.tests.real import GitRepo


def test_of_changed_and_of_other_files(repo: GitRepo) -> None:
    base = repo.commit({"kept.py": "x = 1\n", "old.py": "y = 1\n", "gone.py": "z = 1\n"})
    (repo.path / "link.py").symlink_to("kept.py")
    head = repo.commit({"old.py": "y = 2\n", "gone.py": None, "folder/a.py": ""})
    git = Git.open(repo.path)
    id_of = content_ids(git, [Base(base, changes_between(git, base, head))], head)
    assert id_of("old.py") == repo.git("rev-parse", "HEAD:old.py")
    assert id_of("kept.py") == repo.git("rev-parse", "HEAD:kept.py")
    for path in ("gone.py", "folder", "nowhere", "", "../a", "-x"):
        assert id_of(path) == "", path


def test_of_what_is_on_disk_only(repo: GitRepo) -> None:
    head = repo.commit({"a.py": "x = 1\n", "b.py": "x = 1\n"})
    repo.write({"a.py": "x = 2\n"})
    git = Git.open(repo.path)
    id_of = content_ids(git, [Base(head, changes_in_worktree(git, head))], head)
    assert id_of("a.py") == ""
    assert id_of("b.py") == repo.git("rev-parse", "HEAD:b.py")


def test_of_what_git_cannot_tell(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    git = Git.open(repo.path)
    assert content_ids(git, [], "")("a.py") == ""
    assert content_ids(git, [], "f" * 40)("a.py") == ""
