"""`tidegate init --adopt` on real repositories."""

import tomllib

import pytest

from tidegate.gate.baseline_file import MERGING
from tidegate.tests.real import GitRepo, Tidegate

FILES = {
    "pkg/a.py": "import pickle\n\n\ndef load(x):\n    return pickle.loads(x)\n",
    "tests/test_a.py": "def test_a():\n    assert 1\n    assert 2\n",
}
WRITTEN = ("tidegate.toml", "tidegate.baseline", ".gitattributes")


@pytest.fixture
def old(repo: GitRepo) -> GitRepo:
    """A repository with three findings and one change after its first commit."""
    repo.commit(FILES)
    repo.commit({"pkg/b.py": "exec(input())\n"})
    return repo


def test_all_that_is_needed_is_written_and_told(old: GitRepo, tidegate: Tidegate) -> None:
    old.write({"venv/lib/x.py": "eval(input())\n"})
    answer = tidegate("init", "--adopt", cwd=old.path)
    assert answer.code == 0, answer.err
    assert "B101: 2 of 2 in tests: ignored there" in answer.out
    assert "5 findings in 3 files" in answer.out
    assert "left out: 1 in files that git does not track" in answer.out
    assert "by default: PASS 0, INCOMPLETE 0, BLOCK 1" in answer.out
    written = (old.path / "tidegate.toml").read_text()
    assert "# B101: 2 of 2 in tests: ignored there\n[[policy]]\n" in written
    assert "# - tests: 1 file, 2 findings\n" in written
    assert [line["match"]["rule"] for line in tomllib.loads(written)["policy"]] == ["B101"]
    assert (old.path / ".gitattributes").read_text() == f"{MERGING}\n"
    assert "venv" not in (old.path / "tidegate.baseline").read_text()


def test_what_is_written_is_what_gate_and_scan_read(old: GitRepo, tidegate: Tidegate) -> None:
    assert tidegate("init", "--adopt", "--changes", "0", cwd=old.path).code == 0
    assert tidegate("scan", "--fail-on", "LOW", cwd=old.path).code == 0, "all of it is known"
    assert tidegate("policy", "check", cwd=old.path).code == 0
    old.commit({})
    old.commit({"tests/test_b.py": "def test_b():\n    assert 3\n"})
    answer = tidegate("gate", "--base", "HEAD^", cwd=old.path)
    assert (answer.code, "1 ignored" in answer.out) == (0, True)


def test_a_dry_run_prints_the_configuration_and_writes_nothing(
    old: GitRepo, tidegate: Tidegate
) -> None:
    answer = tidegate("init", "--adopt", "--dry-run", "--changes", "1", cwd=old.path)
    assert answer.code == 0
    assert tomllib.loads(answer.out)["policy"]
    assert "BLOCK 1" in answer.err
    assert old.git("status", "--porcelain") == ""
    assert tidegate("init", "--dry-run", cwd=old.path).code == 2


@pytest.mark.parametrize("name", ["tidegate.toml", "tidegate.baseline"])
def test_nothing_is_overwritten(name: str, old: GitRepo, tidegate: Tidegate) -> None:
    old.write({name: "mine = 1\n"} if name.endswith("baseline") else {name: 'mode = "warn"\n'})
    before = {path.name: path.read_bytes() for path in old.path.iterdir() if path.is_file()}
    answer = tidegate("init", "--adopt", cwd=old.path)
    assert (answer.code, name in answer.err) == (2, True)
    assert {p.name: p.read_bytes() for p in old.path.iterdir() if p.is_file()} == before


def test_a_folder_within_a_repository_is_refused(old: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("init", "--adopt", cwd=old.path / "pkg")
    assert (answer.code, str(old.path) in answer.err) == (2, True)
    assert not (old.path / "pkg" / "tidegate.toml").exists()


def test_a_repository_without_a_file_is_refused(repo: GitRepo, tidegate: Tidegate) -> None:
    repo.write({"a.py": "exec(input())\n"})
    answer = tidegate("init", "--adopt", cwd=repo.path)
    assert (answer.code, "git tracks no file" in answer.err) == (2, True)
    assert not (repo.path / "tidegate.toml").exists()


def test_git_attributes_are_added_to_and_links_left_alone(old: GitRepo, tidegate: Tidegate) -> None:
    old.write({".gitattributes": "*.bin -text"})
    assert tidegate("init", "--adopt", "--changes", "0", cwd=old.path).code == 0
    assert (old.path / ".gitattributes").read_text() == f"*.bin -text\n{MERGING}\n"
    for name in WRITTEN:
        (old.path / name).unlink()
    old.write({"other": "*.bin -text\n"})
    (old.path / ".gitattributes").symlink_to("other")
    answer = tidegate("init", "--adopt", "--changes", "0", cwd=old.path)
    assert "cannot be added to" in answer.out
    assert (old.path / "other").read_text() == "*.bin -text\n"


def test_what_bandit_skipped_is_not_proposed_again(old: GitRepo, tidegate: Tidegate) -> None:
    old.commit({".bandit": "[bandit]\nskips = B101\n"})
    answer = tidegate("init", "--adopt", "--changes", "0", cwd=old.path)
    assert ".bandit: 1 line of the policy" in answer.out
    assert "B101: " not in answer.out
