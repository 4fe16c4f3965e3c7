"""Content by id and by path."""

import os
from pathlib import Path

import pytest

from tidegate.repository import objects
from tidegate.repository.git import Git
from tidegate.repository.objects import Unreadable, entries_at, list_tree, read_blobs, read_path
from tidegate.tests.real import GitRepo

ODD_NAMES = ["new\nline", "tab\there", 'quo"te', "-dash", ":(glob)*", "a b", "*.py", "-r", "ü"]


def test_blobs_come_back_byte_for_byte(repo: GitRepo) -> None:
    contents = [b"", b"text\n", b"\0\xff\n\n", b"no end", b"blob 5\n\n"]
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=content) for content in contents]
    assert read_blobs(Git.open(repo.path), ids, 100) == dict(zip(ids, contents, strict=True))


def test_what_is_not_given_says_why(repo: GitRepo) -> None:
    commit = repo.commit({"big": "x" * 11, "small": "x" * 10})
    big, small = (repo.git("rev-parse", f"HEAD:{name}") for name in ("big", "small"))
    absent = "12" * 20
    asked = [big, small, commit, absent, "HEAD:small", "", f"{small}\n{big}", "ü"]
    assert read_blobs(Git.open(repo.path), asked, 10) == {
        big: Unreadable("too large"),
        small: b"x" * 10,
        commit: Unreadable("not a blob"),
        absent: Unreadable("missing"),
        # Only ids are asked for: a name would be answered with what is called so now.
        "HEAD:small": Unreadable("missing"),
        "": Unreadable("missing"),
        f"{small}\n{big}": Unreadable("missing"),
        "ü": Unreadable("missing"),
    }


def test_a_corrupt_blob_costs_itself_only(repo: GitRepo) -> None:
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=b"%d" % n * 99) for n in range(5)]
    rotten = repo.path / ".git" / "objects" / ids[2][:2] / ids[2][2:]
    rotten.chmod(0o644)
    content = rotten.read_bytes()
    rotten.write_bytes(content[:-6] + bytes(6))
    found = read_blobs(Git.open(repo.path), ids, 1000)
    assert isinstance(found[ids[2]], Unreadable)
    assert [found[name] for name in ids if name != ids[2]] == [b"%d" % n * 99 for n in (0, 1, 3, 4)]


def test_much_content_comes_in_several_calls(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=b"%d" % n * 40) for n in range(6)]
    monkeypatch.setattr(objects, "CHUNK_BYTES", 100)
    assert list(objects._chunks(dict.fromkeys(ids, 40))) == [ids[:2], ids[2:4], ids[4:]]
    assert list(read_blobs(Git.open(repo.path), ids, 1000).values()) == [
        b"%d" % n * 40 for n in range(6)
    ]


def test_nothing_asked_is_nothing_read(repo: GitRepo) -> None:
    assert read_blobs(Git.open(repo.path), [], 10) == {}


def test_a_file_of_a_commit_whatever_its_name(repo: GitRepo) -> None:
    commit = repo.commit({name: name for name in ODD_NAMES} | {"sub/file": "deep"})
    git = Git.open(repo.path)
    for name in ODD_NAMES:
        assert read_path(git, commit, name, 1000) == name.encode()
    assert read_path(git, commit, "sub/file", 1000) == b"deep"


def test_a_name_that_is_not_utf8(repo: GitRepo) -> None:
    name = os.fsdecode(b"bad\xff.py")
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x")
    entry = b"100644 blob %s\t%s\0" % (blob.encode(), os.fsencode(name))
    tree = repo.git("mktree", "-z", stdin=entry)
    commit = repo.git("commit-tree", "-m", "odd", tree)
    git = Git.open(repo.path)
    assert read_path(git, commit, name, 1000) == b"x"
    assert list_tree(git, commit) == [("100644", blob, name)]


NO_FILES = ["absent", "sub", "sub/", "link", "loop", "sub/link/file", "module", "A"]
NO_PATHS = ["../a", "/a", "./a", "", "sub/../a", "a/", "a\0b"]


@pytest.mark.parametrize("path", [*NO_FILES, *NO_PATHS])
def test_no_such_file_is_none(repo: GitRepo, path: str) -> None:
    repo.write({"a": "a", "sub/file": "deep"})
    (repo.path / "link").symlink_to("a")
    (repo.path / "loop").symlink_to("loop")
    (repo.path / "sub" / "link").symlink_to(".")
    repo.git("add", "-A")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    repo.git("commit", "-q", "-m", "odd")
    assert read_path(Git.open(repo.path), "HEAD", path, 1000) is None


def test_what_stands_at_a_path_is_told_whatever_it_is(repo: GitRepo) -> None:
    repo.write({"a": "1", "c/d": "2"})
    (repo.path / "link").symlink_to("a")
    commit = repo.commit({})
    found = entries_at(Git.open(repo.path), commit, ["a", "c", "link", "e", "../x"])
    assert {path: entry.mode for path, entry in found.items()} == {
        "a": "100644",
        "c": "040000",
        "link": "120000",
    }
    assert [path for path, entry in found.items() if entry.is_file] == ["a"]
    assert entries_at(Git.open(repo.path), commit, ["../x"]) == {}


def test_a_file_that_is_there_and_too_large_is_not_told_as_absent(repo: GitRepo) -> None:
    commit = repo.commit({"a": "12345"})
    assert read_path(Git.open(repo.path), commit, "a", 4) == Unreadable("too large")


def test_beginnings_are_read_and_no_more_is_held_than_asked(repo: GitRepo) -> None:
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=data) for data in (b"one", b"2", b"33")]
    git = Git.open(repo.path)
    assert list(read_blobs(git, ids, 10, keep=1).values()) == [b"o", b"2", b"3"]
    much = Unreadable("more than is read at once")
    found = read_blobs(git, ids, 10, max_held=4)
    assert [found[name] for name in ids] == [b"one", b"2", much]


def test_the_tree_lists_files_links_and_submodules(repo: GitRepo, tmp_path: Path) -> None:
    repo.write({"a/b.py": "x", "new\nline": "y"})
    (repo.path / "a" / "b.py").chmod(0o755)
    (repo.path / "link").symlink_to(tmp_path)
    repo.git("add", "-A")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    repo.git("commit", "-q", "-m", "odd")
    found = list_tree(Git.open(repo.path / "a"), repo.git("rev-parse", "HEAD"))
    assert [(entry.mode, entry.path) for entry in found] == [
        ("100755", "a/b.py"),
        ("120000", "link"),
        ("160000", "module"),
        ("100644", "new\nline"),
    ]
    assert found[2].blob == "1" * 40
