"""A walk of checkouts, with real git: what it leaves out, what not, and what it says."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tidegate.errors import UsageError
from tidegate.repository.ignored import ignored_in
from tidegate.scanners.targets.walk import Walked, walk
from tidegate.tests.real import GitRepo
from tidegate.tests.scanners.targets.walking import LIMIT, kinds, put

NewRepo = Callable[[str], GitRepo]


def left(root: Path, *paths: str) -> tuple[set[str], tuple[str, ...]]:
    """The files that a walk takes in, and what it says."""
    found = walk([Path(path) for path in paths or (".",)], root, LIMIT, ask=ignored_in)
    files = {name for name in kinds(found) if not name.endswith((".gitignore", ".git"))}
    return files, found.left_out


@pytest.fixture
def checkout(repo: GitRepo) -> GitRepo:
    put(repo.path, "build/kept.py")
    repo.git("add", "-f", "build/kept.py")
    repo.commit({".gitignore": "build/\n.venv/\n*.log.py\n", "a.py": "", "pkg/b.py": ""})
    put(repo.path, "build/made.py", "build/deep/x.py", ".venv/lib/y.py", ".venv/z.py")
    put(repo.path, "new.py", "pkg/c.log.py", "pkg/__pycache__/d.py")
    return repo


KEPT = {"a.py", "build/kept.py", "new.py", "pkg/b.py"}


def test_what_git_ignores_is_left_out_and_counted(checkout: GitRepo) -> None:
    assert left(checkout.path) == (
        KEPT,
        ("2 files and 2 folders that git ignores left out; --ignored looks at them too",),
    )


def test_without_a_word_to_git_all_is_looked_at(checkout: GitRepo) -> None:
    found = walk([Path()], checkout.path, LIMIT)
    assert set(kinds(found)) >= KEPT | {"build/made.py", "pkg/c.log.py", ".venv/lib/y.py"}
    assert found.left_out == ()


def test_a_folder_below_the_top(checkout: GitRepo) -> None:
    assert left(checkout.path, "pkg", "build") == (
        {"pkg/b.py", "build/kept.py"},
        ("2 files and 1 folder that git ignores left out; --ignored looks at them too",),
    )
    assert left(checkout.path / "pkg")[0] == {"b.py"}


@pytest.mark.parametrize(
    ("paths", "more"),
    [
        ([".venv"], {".venv/lib/y.py", ".venv/z.py"}),
        ([".venv/lib"], {".venv/lib/y.py"}),
        (["pkg/c.log.py"], {"pkg/c.log.py"}),
        ([".", ".venv/lib"], KEPT | {".venv/lib/y.py"}),
        ([".venv", "."], KEPT | {".venv/lib/y.py", ".venv/z.py"}),
        ([".", "pkg/c.log.py"], KEPT | {"pkg/c.log.py"}),
    ],
)
def test_what_is_named_is_looked_at_whole(
    checkout: GitRepo, paths: list[str], more: set[str]
) -> None:
    assert left(checkout.path, *paths)[0] == more


def test_who_names_what_is_ignored_reads_no_count_of_it(checkout: GitRepo) -> None:
    assert left(checkout.path, ".venv")[1] == ()
    (told,) = left(checkout.path, ".", ".venv", "pkg/c.log.py")[1]
    assert told.startswith("1 file and 1 folder that")


def test_a_checkout_within_has_rules_of_its_own(checkout: GitRepo, new_repo: NewRepo) -> None:
    put(checkout.path, "in/gen/b.py")
    inner = new_repo("repo/in/deep")
    inner.commit({".gitignore": "gen\n", "a.py": ""})
    put(inner.path, "gen/b.py", "build/c.py")
    found, (told,) = left(checkout.path)
    assert found == KEPT | {"in/gen/b.py", "in/deep/a.py", "in/deep/build/c.py"}
    assert told.startswith("2 files and 3 folders")
    assert left(inner.path)[0] == {"a.py", "build/c.py"}
    assert left(checkout.path, ".", "in/deep/gen")[0] == found | {"in/deep/gen/b.py"}


def test_a_checkout_among_nothing_but_what_is_ignored(checkout: GitRepo, new_repo: NewRepo) -> None:
    put(checkout.path, "work/x.log.py")
    new_repo("repo/work/committed").commit({"a.py": ""})
    put(new_repo("repo/work/unborn").path, "b.py")
    found, _ = left(checkout.path)
    assert found == KEPT | {"work/committed/a.py", "work/unborn/b.py"}


def test_a_checkout_that_the_outer_one_ignores(checkout: GitRepo, new_repo: NewRepo) -> None:
    (checkout.path / "build" / "vendor").mkdir()
    inner = new_repo("repo/build/vendor/in")
    inner.commit({".gitignore": "gen\n", "a.py": ""})
    put(inner.path, "gen/b.py")
    assert left(checkout.path)[0] == KEPT
    assert left(checkout.path, "build/vendor/in")[0] == {"build/vendor/in/a.py"}
    assert left(checkout.path, "build/vendor")[0] == {"build/vendor/in/a.py"}


def test_a_submodule_in_an_ignored_folder_is_tracked(checkout: GitRepo, new_repo: NewRepo) -> None:
    other = new_repo("other")
    other.commit({".gitignore": "gen\n", "a.py": ""})
    allowed = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "--force")
    checkout.git(*allowed, str(other.path), "build/sub")
    put(checkout.path, "build/sub/gen/b.py")
    found, _ = left(checkout.path)
    assert found == KEPT | {"build/sub/a.py", ".gitmodules"}


def test_a_linked_worktree(checkout: GitRepo, tmp_path: Path) -> None:
    checkout.git("worktree", "add", "-q", str(tmp_path / "linked"))
    put(tmp_path / "linked", "build/made.py")
    assert left(tmp_path / "linked")[0] == KEPT - {"new.py"}


def test_a_tracked_link_is_looked_at_wherever_it_leads(checkout: GitRepo) -> None:
    (checkout.path / "build" / "notes.txt").write_text("import os\n")
    (checkout.path / "link.py").symlink_to("build/notes.txt")
    (checkout.path / "build" / "loose.py").symlink_to("../a.py")
    found, (told,) = left(checkout.path)
    assert found == KEPT | {"build/notes.txt"}
    assert told.startswith("4 files and 2 folders")


def test_by_a_link_and_from_elsewhere(checkout: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("repo")
    (tmp_path / "other").mkdir()
    assert left(tmp_path / "link")[0] == KEPT
    for named in ("../repo", "../link", str(checkout.path)):
        found, (told,) = left(tmp_path / "other", named)
        assert found == {f"{named}/{name}" for name in KEPT}
        assert told.startswith("2 files and 2 folders")


def test_no_checkout_is_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "build/b.py", ".venv/c.py")
    (tmp_path / ".gitignore").write_text("*\n")

    def unasked(top: Path, _below: Sequence[str], _within: Path) -> list[str]:
        raise AssertionError(top)

    found = walk([Path()], tmp_path, LIMIT, ask=unasked)
    assert set(kinds(found)) == {".gitignore", "a.py", "build/b.py", ".venv/c.py"}
    assert found.left_out == ()


def test_one_question_a_checkout(checkout: GitRepo, new_repo: NewRepo) -> None:
    new_repo("repo/in").commit({"a.py": "", "deep/b.py": ""})
    asked = []

    def counted(top: Path, below: Sequence[str], _within: Path) -> list[str]:
        asked.append((top.relative_to(checkout.path).as_posix(), list(below)))
        return ignored_in(top, below)

    def walked(*paths: str) -> Walked:
        asked.clear()
        return walk([Path(path) for path in paths], checkout.path, LIMIT, ask=counted)

    walked(".")
    assert asked == [(".", []), ("in", [])]
    walked("pkg", "build", "a.py")
    assert asked == [(".", ["pkg", "build"])]
    walked(".", "pkg", "in")
    assert asked == [(".", []), ("in", [])]
    walked("a.py", "build/made.py")
    assert asked == []


def test_where_git_does_not_answer_all_is_looked_at_and_that_is_said(checkout: GitRepo) -> None:
    put(checkout.path, "in/a.py", "in/b.log.py")
    (checkout.path / "in" / ".git").write_text("gitdir: nowhere\n")
    found, (told,) = left(checkout.path, "in")
    assert found == {"in/a.py", "in/b.log.py"}
    place = f"{checkout.path}/in/.git"
    assert told == f"what git ignores is looked at too: {place} is no repository; mend or remove it"


def test_several_that_do_not_answer_are_one_line(tmp_path: Path) -> None:
    for name in "abc":
        put(tmp_path, f"{name}/.git/HEAD", f"{name}/x.py")

    def refusing(top: Path, _below: Sequence[str], _within: Path) -> list[str]:
        raise UsageError(f"{top.name} is distrusted", "trust it")

    found = walk([Path("a"), Path("b"), Path("c")], tmp_path, LIMIT, ask=refusing)
    assert set(kinds(found)) == {"a/x.py", "b/x.py", "c/x.py"}
    (told,) = found.left_out
    assert told == (
        "what git ignores is looked at too (2 other checkouts likewise): a is distrusted; trust it"
    )
