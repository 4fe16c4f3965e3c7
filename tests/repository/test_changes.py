"""What differs, between commits and in the work tree, whatever the files are called."""

import os
import time
from pathlib import Path

import pytest

from tidegate.errors import IncompleteError
from tidegate.repository.changes import Change, changes_between, changes_in_worktree
from tidegate.repository.git import Git
from tidegate.tests.real import GitRepo

ODD_NAMES = ["new\nline", "tab\there", 'quo"te', "-dash", ":(glob)*", "a b", "--", "ü", "\x1b[1m"]
LINES = "".join(f"line {n}\n" for n in range(40))


def between(repo: GitRepo, base: str, head: str) -> dict[str, Change]:
    changes = changes_between(Git.open(repo.path), base, head)
    return {change.path or change.old_path or "": change for change in changes}


def on_disk(repo: GitRepo, base: str) -> dict[str, Change]:
    changes = changes_in_worktree(Git.open(repo.path), base)
    names = [change.path or change.old_path or "" for change in changes]
    assert names == sorted(set(names))
    return dict(zip(names, changes, strict=True))


def blob(repo: GitRepo, name: str) -> str:
    return repo.git("rev-parse", name)


def test_each_kind_of_change(repo: GitRepo) -> None:
    base = repo.commit({"edit": "1", "gone": "other", "move": LINES, "type": "1", "same": "same"})
    (repo.path / "type").unlink()
    (repo.path / "type").symlink_to("same")
    (repo.path / "edit").chmod(0o755)
    head = repo.commit(
        {"edit": "2", "gone": None, "move": None, "moved": LINES + "more\n", "new": "n"}
    )
    found = between(repo, base, head)
    assert set(found) == {"edit", "gone", "moved", "new", "type"}
    assert found["edit"] == Change(
        path="edit",
        old_path="edit",
        mode="100755",
        old_mode="100644",
        blob=blob(repo, f"{head}:edit"),
        old_blob=blob(repo, f"{base}:edit"),
    )
    assert found["gone"] == Change(None, "gone", "", "100644", None, blob(repo, f"{base}:gone"))
    assert found["new"] == Change("new", None, "100644", "", blob(repo, f"{head}:new"), None)
    assert found["moved"].old_path == "move"
    assert 80 < (found["moved"].similarity or 0) < 100
    assert found["type"].mode == "120000"
    assert found["type"].old_mode == "100644"


def test_the_same_commit_has_no_changes_and_the_empty_tree_has_every_file(repo: GitRepo) -> None:
    head = repo.commit({"a": "1", "b/c": "2"})
    assert between(repo, head, head) == {}
    found = between(repo, "", head)
    assert {name: change.old_path for name, change in found.items()} == {"a": None, "b/c": None}


def test_odd_names_and_names_that_are_not_utf8(repo: GitRepo) -> None:
    base = repo.commit({})
    names = [*ODD_NAMES, os.fsdecode(b"bad\xff.py")]
    records = b"".join(
        b"100644 blob %s\t%s\0" % (blob_id.encode(), os.fsencode(name))
        for name in names
        for blob_id in [repo.git("hash-object", "-w", "--stdin", stdin=os.fsencode(name))]
    )
    head = repo.git("commit-tree", "-m", "odd", repo.git("mktree", "-z", stdin=records))
    assert set(between(repo, base, head)) == set(names)


def test_a_changed_submodule_cannot_hide_behind_gitmodules(repo: GitRepo) -> None:
    ignore = '[submodule "m"]\n\tpath = module\n\turl = ./m\n\tignore = all\n'
    repo.write({".gitmodules": ignore})
    (repo.path / "module").mkdir()
    repo.git("add", ".gitmodules")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    repo.git("commit", "-q", "-m", "one")
    base = blob(repo, "HEAD")
    repo.git("update-index", "--cacheinfo", f"160000,{'2' * 40},module")
    repo.git("commit", "-q", "-m", "two")
    for found in (between(repo, base, blob(repo, "HEAD")), on_disk(repo, base)):
        assert found["module"].mode == "160000"
        assert found["module"].old_mode == "160000"
        assert found["module"].blob == "2" * 40
        assert found["module"].old_blob == "1" * 40


def test_a_submodules_own_configuration_runs_nothing(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("init", "-q", "module")
    inner = type(repo)(repo.path / "module")
    inner.commit({"a": "1"})
    base = repo.commit({})
    mark = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    script.chmod(0o755)
    inner.git("config", "core.fsmonitor", str(script))
    (inner.path / "a").write_text("2")
    assert on_disk(repo, base) == {}
    assert not mark.exists()
    repo.git("status")
    assert mark.exists(), "git itself would have run it"


def test_missing_trees_are_incomplete(repo: GitRepo) -> None:
    head = repo.commit({"a": "1"})
    with pytest.raises(IncompleteError):
        between(repo, "1" * 40, head)


def test_a_clean_work_tree_does_not_differ_even_where_touched(repo: GitRepo) -> None:
    base = repo.commit({"a": "1", "big": "x" * 1000})
    (repo.path / "link").symlink_to("a")
    base = repo.commit({})
    for name in ("a", "big", "link"):
        os.utime(repo.path / name, (1, 1), follow_symlinks=False)
    assert on_disk(repo, base) == {}


def test_the_work_tree_staged_unstaged_and_untracked(repo: GitRepo) -> None:
    base = repo.commit(
        {"staged": "1", "edited": "1", "both": "1", "gone": "1", ".gitignore": "*.o"}
    )
    repo.write({"staged": "2", "both": "2", "new": "n", "vanished": "v"})
    repo.git("add", "-A")
    repo.write({"edited": "2", "both": "3", "gone": None, "vanished": None})
    repo.write({"untracked": "u", "deep/er": "u", "ignored.o": "i"})
    found = on_disk(repo, base)
    assert set(found) == {"staged", "edited", "both", "gone", "new", "untracked", "deep/er"}
    old = blob(repo, f"{base}:edited")
    assert found["staged"].blob == blob(repo, ":staged")
    assert found["edited"] == Change("edited", "edited", "100644", "100644", None, old)
    assert found["both"] == Change("both", "both", "100644", "100644", None, old)
    assert found["gone"] == Change(None, "gone", "", "100644", None, old)
    assert found["new"] == Change("new", None, "100644", "", blob(repo, ":new"), None)
    assert found["deep/er"] == Change("deep/er", None, "100644", "", None, None)


def test_the_work_tree_commits_after_the_base_count(repo: GitRepo) -> None:
    base = repo.commit({"a": "1"})
    repo.commit({"b": "1"})
    assert set(on_disk(repo, base)) == {"b"}


def test_a_staged_rename_is_known_also_when_edited_after(repo: GitRepo) -> None:
    base = repo.commit({"old": LINES, "other": "".join(reversed(LINES))})
    repo.git("mv", "old", "new")
    repo.git("mv", "other", "another")
    repo.write({"new": LINES + "more\n"})
    found = on_disk(repo, base)
    assert set(found) == {"new", "another"}
    assert found["new"].old_path == "old"
    assert found["new"].old_blob == blob(repo, f"{base}:old")
    assert found["new"].blob is None
    assert found["another"].blob == found["another"].old_blob
    repo.write({"new": None})
    assert on_disk(repo, base)["old"].path is None


def test_untracked_again_is_a_change_of_content_only(repo: GitRepo) -> None:
    base = repo.commit({"same": "1", "other": "1"})
    repo.git("rm", "-q", "--cached", "same", "other")
    repo.write({"other": "2"})
    (change,) = on_disk(repo, base).values()
    assert (change.path, change.old_path, change.blob) == ("other", "other", None)
    assert change.old_blob == blob(repo, f"{base}:other")


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_no_flag_of_the_index_hides_a_file_on_disk(repo: GitRepo, flag: str) -> None:
    base = repo.commit({"hidden": "1", "same": "1", "gone": "1"})
    repo.git("update-index", flag, "hidden", "same", "gone")
    repo.write({"hidden": "2", "gone": None})
    found = on_disk(repo, base)
    # A sparse checkout leaves files away: that is no deletion.
    assert set(found) == ({"hidden"} if flag == "--skip-worktree" else {"hidden", "gone"})
    assert found["hidden"].old_blob == blob(repo, f"{base}:hidden")
    assert found["hidden"].blob is None


@pytest.mark.parametrize("key", ["core.checkStat=minimal", "core.trustctime=false"])
def test_no_setting_hides_a_file_of_the_same_size_and_time(repo: GitRepo, key: str) -> None:
    repo.write({"hidden": "1"})
    os.utime(repo.path / "hidden", (1000, 1000))
    base = repo.commit({})
    name, _, value = key.partition("=")
    repo.git("config", name, value)
    second = int((repo.path / "hidden").stat().st_ctime)
    while int(time.time()) == second:  # git compares whole seconds
        time.sleep(0.05)
    repo.write({"hidden": "2"})
    os.utime(repo.path / "hidden", (1000, 1000))
    assert set(on_disk(repo, base)) == {"hidden"}


def test_a_flag_on_a_file_that_the_base_does_not_have(repo: GitRepo) -> None:
    base = repo.commit({})
    repo.commit({"new": "1"})
    repo.git("update-index", "--assume-unchanged", "new")
    repo.write({"new": "2"})
    assert on_disk(repo, base)["new"] == Change("new", None, "100644", "", None, None)


def test_intent_to_add_type_changes_and_modes(repo: GitRepo) -> None:
    base = repo.commit({"type": "1", "mode": "1", "was": "1"})
    repo.write({"planned": "p"})
    repo.git("add", "-N", "planned")
    (repo.path / "type").unlink()
    (repo.path / "type").symlink_to("/etc/passwd")
    (repo.path / "mode").chmod(0o755)
    (repo.path / "was").unlink()
    (repo.path / "was").mkdir()
    repo.write({"was/file": "1"})
    (repo.path / "loop").symlink_to("loop")
    (repo.path / "exec").touch(0o755)
    found = on_disk(repo, base)
    assert set(found) == {"planned", "type", "mode", "was", "was/file", "loop", "exec"}
    assert found["planned"] == Change("planned", None, "100644", "", None, None)
    assert found["type"].mode == "120000"
    assert found["mode"].mode == "100755"
    assert found["was"].path is None
    assert found["loop"].mode == "120000"
    assert found["exec"].mode == "100755"


def test_a_conflict_is_a_change_on_disk(repo: GitRepo) -> None:
    repo.commit({"both": "1", "deleted": "1"})
    repo.git("checkout", "-q", "-b", "other")
    repo.commit({"both": "2", "deleted": None, "added": "x"})
    repo.git("checkout", "-q", "main")
    base = repo.commit({"both": "3", "deleted": "2", "added": "y"})
    with pytest.raises(Exception, match="non-zero"):
        repo.git("merge", "other")
    found = on_disk(repo, base)
    assert found["both"].blob is None
    assert found["added"].blob is None
    assert "deleted" not in found


def test_a_fifo_in_place_of_a_file_is_a_change_and_hangs_nothing(repo: GitRepo) -> None:
    base = repo.commit({"pipe": "1"})
    (repo.path / "pipe").unlink()
    os.mkfifo(repo.path / "pipe")
    found = on_disk(repo, base)
    assert found["pipe"].old_path == "pipe"
    assert found["pipe"].blob is None


def test_a_repository_within_is_a_submodule(repo: GitRepo) -> None:
    base = repo.commit({})
    repo.git("init", "-q", "inner")
    assert on_disk(repo, base)["inner"].mode == "160000"


def test_odd_names_on_disk(repo: GitRepo) -> None:
    base = repo.commit({"-tracked\n": "1"})
    repo.write(dict.fromkeys(ODD_NAMES, "1") | {"-tracked\n": "2"})
    assert set(on_disk(repo, base)) == {*ODD_NAMES, "-tracked\n"}


def test_a_name_on_disk_that_is_not_utf8(repo: GitRepo) -> None:
    base = repo.commit({})
    name = os.fsdecode(b"bad\xff.py")
    try:
        repo.write({name: "1"})
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert set(on_disk(repo, base)) == {name}


def test_the_work_tree_of_a_folder_below_is_the_whole(repo: GitRepo) -> None:
    base = repo.commit({"sub/a": "1", "b": "1"})
    repo.write({"sub/a": "2", "b": "2", "c": "u"})
    changes = changes_in_worktree(Git.open(repo.path / "sub"), base)
    assert [change.path for change in changes] == ["b", "c", "sub/a"]
