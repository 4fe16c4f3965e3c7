"""What landed is read from real repositories, however odd they are."""

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.errors import IncompleteError
from tidegate.records.history import Change, FileChange
from tidegate.repository.git import Git
from tidegate.repository.history.mailmap import Mailmap
from tidegate.repository.history.stream import MISSING, SHALLOW, History, open_history, read_changes
from tidegate.repository.streamed import streamed, without_worktree
from tidegate.tests.real import GitRepo
from tidegate.tests.repository.histories import clone
from tidegate.tests.repository.history.written import START, Writer, changes, lines

NewRepo = Callable[[str], GitRepo]


def told(change: Change) -> list[tuple[str, str, str, int, int]]:
    return [(f.status, f.old_path, f.path, f.added_lines, f.removed_lines) for f in change.files]


def test_a_line_of_commits_is_one_change_each(repo: GitRepo) -> None:
    writer = Writer()
    first = writer.commit({"a.py": lines("1", "2", "3")}, message="begin\n\nbody")
    second = writer.commit({"a.py": lines("1", "x", "y", "3")}, [first], who="B <b@example.com>")
    writer.commit({"b.py": lines("1", "x", "y", "3")}, [second])
    ids = writer.write(repo)

    found = changes(repo)

    assert [change.commit.sha for change in found] == ids
    assert [told(change) for change in found] == [
        [("A", "a.py", "a.py", 3, 0)],
        [("M", "a.py", "a.py", 2, 1)],
        [("R", "a.py", "b.py", 0, 0)],
    ]
    (hunk,) = found[1].files[0].hunks
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (2, 1, 2, 2)
    assert (hunk.removed, hunk.added) == ([b"2"], [b"x", b"y"])
    commit = found[0].commit
    assert (commit.subject, commit.message) == ("begin", "begin\n\nbody")
    assert commit.commit_time == START + 3600
    assert "a@example.com" not in commit.author
    assert commit.author != found[1].commit.author == Mailmap().key("other name", "B@example.com")


def test_a_merge_lands_with_all_that_it_brings(repo: GitRepo) -> None:
    writer = Writer()
    base = writer.commit({"a": lines("1", "2", "3", "4", "5"), "b": b"b\n"})
    main = writer.commit({"a": lines("0", "2", "3", "4", "5"), "b": b"b\n"}, [base])
    one = writer.commit({"a": lines("1", "2", "3", "4", "6"), "b": b"c\n"}, [base])
    two = writer.commit({"a": lines("1", "2", "3", "4", "7"), "b": b"c\n"}, [one])
    merged = {"a": lines("0", "2", "own", "4", "7"), "b": b"c\n"}
    writer.commit(merged, [main, two], message="Merge pull request #1")
    ids = writer.write(repo)

    *_, change = changes(repo)

    assert [diff.commit.sha for diff in change.diffs] == [ids[2], ids[3], ids[4]]
    assert [file.path for file in change.files] == ["a", "b"]
    # b is as a commit of the branch made it: the merge does not tell of it again.
    (merged_file,) = change.diffs[-1].merged
    assert merged_file.path == "a"
    sides = [[(h.old_start, h.old_count, h.new_start, h.new_count) for h in side.hunks]
             for side in merged_file.sides]  # fmt: skip
    assert sides == [[(3, 1, 3, 1), (5, 1, 5, 1)], [(1, 1, 1, 1), (3, 1, 3, 1)]]


def test_an_octopus_merge_has_a_side_for_each_parent(repo: GitRepo) -> None:
    writer = Writer()
    base = writer.commit({"a": lines(*"12345678")})
    arms = [
        writer.commit({"a": lines(*text)}, [base]) for text in ("x2345678", "123y5678", "1234567z")
    ]
    writer.commit({"a": lines(*"x23y567z")}, arms)
    writer.write(repo)

    *_, change = changes(repo)

    (merged,) = change.diffs[-1].merged
    assert [[h.new_start for h in side.hunks] for side in merged.sides] == [[4, 8], [1, 8], [1, 4]]
    assert len(change.diffs) == 3


def test_two_roots_and_a_subtree_are_read(repo: GitRepo) -> None:
    writer = Writer()
    main = writer.commit({"a": b"a\n"})
    other = writer.commit({"lib": b"l\n"})
    grown = writer.commit({"lib": b"l\nm\n"}, [other])
    writer.commit({"a": b"a\n", "lib": b"l\nm\n"}, [main, grown])
    writer.write(repo)

    first, last = changes(repo)

    assert told(first) == [("A", "a", "a", 1, 0)]
    assert [file.path for file in last.files] == ["lib"]
    assert [diff.files[0].added_lines for diff in last.diffs[:2]] == [1, 1]


def test_names_and_content_that_look_like_gits_own_words_are_neither(repo: GitRepo) -> None:
    sha = "0123456789abcdef0123456789abcdef01234567"
    evil = "a\n:100644 100644 " + sha + "\ndiff --git a/x b/x\n"
    names = [evil, f"\n{sha}\n", '"quoted"\\', "tab\there", "caf\udce9", "é", " spaced "]
    text = lines(f"{sha}", "diff --git a/x b/x", "@@ -1 +1 @@", ":100644 000000 x", "-- a", "++ b")
    writer = Writer()
    writer.commit(dict.fromkeys(names, text), message=f"m\n\n\x01{sha}\n:1 2\ndiff --git a b\n")
    writer.write(repo)

    (change,) = changes(repo)

    assert sorted(f.path for f in change.files) == sorted(names)
    assert all(f.added_lines == 6 for f in change.files)
    assert all(b"\n".join(f.hunks[0].added) + b"\n" == text for f in change.files)
    assert change.commit.message.endswith("diff --git a b")


def test_criss_cross_renames_follow_the_content(repo: GitRepo) -> None:
    one, two = lines(*"abcdefgh"), lines(*"ijklmnop")
    writer = Writer()
    first = writer.commit({"x": one, "y": two})
    second = writer.commit({"y2": one, "x2": two + b"q\n"}, [first])
    writer.commit({"x": two + b"q\n", "y": one}, [second])
    writer.write(repo)

    _, change, back = changes(repo)

    assert sorted(told(change)) == [("R", "x", "y2", 0, 0), ("R", "y", "x2", 1, 0)]
    assert sorted(told(back)) == [("R", "x2", "x", 0, 0), ("R", "y2", "y", 0, 0)]


def test_binaries_links_and_submodules_have_no_lines(repo: GitRepo) -> None:
    repo.commit({"b.bin": b"\0\1", "was": "text\n", "link": "x"})
    (repo.path / "link").unlink()
    (repo.path / "link").symlink_to("was")
    repo.write({"b.bin": b"\0\2", "was": None})
    repo.git("add", "-A")
    head = repo.git("rev-parse", "HEAD")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    repo.git("commit", "-q", "-m", "odd")

    _, change = changes(repo)

    found = {file.path: file for file in change.files}
    assert found["b.bin"].binary
    assert found["b.bin"].added_lines == found["sub"].added_lines == 0
    assert found["sub"].is_submodule
    assert found["sub"].blob == head
    assert (found["link"].status, found["link"].added_lines, found["link"].removed_lines) == (
        "T",
        1,
        1,
    )


def test_attributes_of_the_work_tree_do_not_hide_lines(repo: GitRepo) -> None:
    repo.commit({".gitattributes": "*.py -diff\n", "a.py": "1\n"})
    repo.commit({"a.py": "2\n"})

    assert told(changes(repo)[1]) == [("M", "a.py", "a.py", 1, 1)]


def test_settings_of_the_repository_change_nothing(repo: GitRepo) -> None:
    repo.commit({"a.py": "".join(f"{n}\n" for n in range(30))})
    repo.commit({"a.py": None, "b.py": "".join(f"{n}\n" for n in range(1, 30))})
    plain = changes(repo)
    for name, value in (
        ("diff.renames", "false"), ("diff.noprefix", "true"), ("diff.external", "false"),
        ("core.quotePath", "true"), ("diff.context", "7"), ("color.ui", "always"),
        ("diff.algorithm", "patience"), ("log.showSignature", "true"), ("diff.renameLimit", "1"),
        ("i18n.logOutputEncoding", "UTF-16"), ("diff.orderFile", "/nonexistent"),
    ):  # fmt: skip
        repo.git("config", name, value)

    assert changes(repo) == plain


def test_grafts_and_replaced_commits_are_not_believed(repo: GitRepo) -> None:
    ids = [repo.commit({"a": f"{n}\n"}) for n in range(3)]
    plain = changes(repo)
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{ids[2]}\n")
    repo.git("replace", ids[1], ids[0])

    assert changes(repo) == plain


def test_a_bare_repository_and_a_linked_tree_are_read_alike(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a": "1\n"})
    repo.commit({"a": "2\n"})
    bare = clone(repo, tmp_path / "bare", "--bare")
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))

    assert changes(bare) == changes(repo) == changes(GitRepo(tmp_path / "linked"))


def test_a_sha256_repository_is_read_alike(tmp_path: Path, new_repo: NewRepo) -> None:
    new_repo("x").git("init", "-q", "-b", "main", "--object-format=sha256", str(tmp_path / "wide"))
    wide = GitRepo(tmp_path / "wide")
    wide.commit({"a": "1\n"})
    sha = wide.commit({"a": "2\n", "b": "1\n"})

    *_, change = changes(wide)

    assert len(sha) == 64
    assert change.commit.sha == sha
    assert told(change) == [("M", "a", "a", 1, 1), ("A", "b", "b", 1, 0)]


def test_a_shallow_clone_says_where_it_ends(repo: GitRepo, tmp_path: Path) -> None:
    for number in range(4):
        repo.commit({"a": f"{number}\n"})
    cut = clone(repo, tmp_path / "cut", "--depth=2")

    found = changes(cut)

    assert [change.skipped for change in found] == [SHALLOW, ""]


def test_a_commit_that_cannot_be_read_is_skipped_and_the_others_are_not(repo: GitRepo) -> None:
    ids = [repo.commit({"a": f"{n}\n", f"f{n}": "x\n"}) for n in range(5)]
    for name in (f"{ids[2]}:a", f"{ids[4]}^{{tree}}"):
        blob = repo.git("rev-parse", name)
        (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    found = changes(repo)

    # The blob is needed by the commit that made it and by the one that changed it.
    assert [change.skipped for change in found] == ["", "", MISSING, MISSING, MISSING]
    assert told(found[1]) == [("M", "a", "a", 1, 1), ("A", "f1", "f1", 1, 0)]


def test_a_corrupt_commit_is_an_error_that_says_so(repo: GitRepo) -> None:
    ids = [repo.commit({"a": f"{n}\n"}) for n in range(3)]
    place = repo.path / ".git" / "objects" / ids[1][:2] / ids[1][2:]
    place.chmod(0o644)
    place.write_bytes(b"no zlib")

    with pytest.raises(IncompleteError, match="git fsck"):
        changes(repo)


def test_a_partial_clone_fetches_nothing_and_says_what_to_do(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    writer = Writer()
    parents: list[int] = []
    for number in range(60):
        parents = [writer.commit({"a": lines(str(number))}, parents)]
    writer.write(repo)
    part = clone(repo, tmp_path / "part", "--filter=blob:none", "--no-checkout")

    with pytest.raises(IncompleteError, match="--refetch"):
        changes(part)


def test_who_leaves_the_stream_early_leaves_no_git_behind(repo: GitRepo) -> None:
    writer = Writer()
    parents: list[int] = []
    for number in range(300):
        content = lines(*(f"{number} {n}" for n in range(400)))
        parents = [writer.commit({"a": content}, parents)]
    sha = writer.write(repo)[-1]
    history = open_history(Git.open(repo.path), sha)
    assert history is not None

    # In a process of its own, as other tests keep children here.
    leaver = multiprocessing.get_context("fork").Process(target=_leave_early, args=(history,))
    leaver.start()
    leaver.join()
    assert leaver.exitcode == 0


def _leave_early(history: History) -> None:
    stream = read_changes(history, Mailmap())
    next(stream)
    stream.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_program_of_the_repository_is_not_run(repo: GitRepo, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    repo.commit({".gitattributes": "* diff=evil\n", "a": "1\n"})
    repo.commit({"a": "2\n"})
    for name in ("diff.external", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor"):
        repo.git("config", name, f"touch {mark} #")

    assert told(changes(repo)[1]) == [("M", "a", "a", 1, 1)]
    assert not mark.exists()


def test_what_landed_before_is_not_read_again(repo: GitRepo) -> None:
    ids = [repo.commit({"a": f"{n}\n"}) for n in range(4)]
    git = Git.open(repo.path)

    history = open_history(git, ids[3], ids[1])

    assert history is not None
    found = list(read_changes(history, Mailmap(), 2))
    assert [(change.number, change.commit.sha) for change in found] == [(2, ids[2]), (3, ids[3])]
    repo.git("commit", "-q", "--amend", "-m", "another")
    assert open_history(git, repo.git("rev-parse", "HEAD"), ids[3]) is None


def test_gits_words_are_told_where_it_fails(repo: GitRepo) -> None:
    repo.commit({"a": "1\n"})
    git = without_worktree(Git.open(repo.path))

    with (
        pytest.raises(IncompleteError, match="failed with 129"),
        streamed(git, "diff-tree", "--stdin", "--nonsense") as stream,
    ):
        assert not list(stream.pieces())


def test_an_added_file_has_its_own_path_twice() -> None:
    assert FileChange("A", "a", "a", "", "1", "000000", "100644").hunks == ()
