"""What cannot be looked at is told: no gap is silent, and none stops the rest."""

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tidegate.errors import UsageError
from tidegate.gate.run import Request, run_gate
from tidegate.records.finding import Skipped
from tidegate.records.run import Verdict
from tidegate.scanners.interface import Context, Kind, Said, Target
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.gate.gating import BAD, GOOD, changed, gated, policy_of, reasons, sums_hold
from tidegate.tests.real import GitRepo


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.py", "def f(:\n"),
        ("nul.py", b"x = 1\0\n"),
        ("latin.py", "é = 1\n".encode("latin-1")),
        ("random.py", bytes(range(256)) * 9),
        ("deep.py", "(" * 5000),
        ("sum.py", "1" + "+1" * 50000),
        ("nested.py", "x = " + "[" * 3000 + "\n"),
        ("broken.ipynb", "{"),
        (".github/workflows/broken.pyw", "def f(:\n"),
    ],
)
def test_code_that_cannot_be_parsed_is_incomplete(
    repo: GitRepo, name: str, content: str | bytes
) -> None:
    run = changed(repo, {"a.py": GOOD}, {name: content, "c.py": GOOD})
    assert (run.verdict, run.exit_code) == (Verdict.INCOMPLETE, 3)
    assert list(reasons(run)) == [name]
    assert run.coverage.scanned == 1
    assert sums_hold(run)


def test_block_beats_incomplete_and_both_are_told(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"broken.py": "def f(:\n", "b.py": BAD})
    assert run.verdict is Verdict.BLOCK
    assert list(reasons(run)) == ["broken.py"]


def test_a_file_over_the_limit_is_skipped_and_a_picture_is_not(repo: GitRepo) -> None:
    big = "x = 1\n" * 400
    run = changed(repo, {"a.py": GOOD}, {"big.py": big, "big.png": big}, max_file_bytes="2048")
    assert reasons(run) == {"big.py": "too large"}
    assert run.coverage.out_of_scope == 1


def test_a_file_of_300_000_lines_is_looked_at_or_told(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"long.py": "x = 1\n" * 300_000}, file_timeout="2")
    assert reasons(run) in ({}, {"long.py": "scanner timed out"})
    assert sums_hold(run)


def test_a_name_that_is_not_utf8_is_looked_at(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    blob = repo.git("hash-object", "-w", "--stdin", stdin=BAD.encode())
    record = f"100644 {blob}\t".encode() + b"n\xff.py\0"
    repo.git("update-index", "-z", "--index-info", stdin=record)
    repo.git("commit", "-q", "-m", "odd name")
    run = gated(repo, base="HEAD^")
    assert {item.finding.path for item in run.findings} == {"n\udcff.py"}
    assert run.verdict is Verdict.BLOCK


def test_links_out_of_the_tree_are_not_followed(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(BAD)
    repo.commit({"a.py": GOOD})
    for name, target in {
        "out.py": "../outside.py",
        "root.py": str(tmp_path / "outside.py"),
        "loop.py": "loop.py",
        "same.py": "a.py",
        "folder": "lib",
    }.items():
        (repo.path / name).symlink_to(target)
    repo.commit({})
    for run in (gated(repo, base="HEAD^"), gated(repo, base="HEAD^", worktree=True)):
        assert run.findings == ()
        assert set(reasons(run)) == {"out.py", "root.py", "loop.py"}
        assert sums_hold(run)


def test_a_changed_submodule_and_an_lfs_pointer_are_told(repo: GitRepo) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
    first = repo.commit({"a.py": GOOD})
    repo.write({"big.py": pointer, "big.bin": pointer})
    repo.git("add", "-A")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{first},sub")
    repo.git("commit", "-q", "-m", "sub")
    run = gated(repo, base="HEAD^")
    assert reasons(run) == {"sub": "submodule changed", "big.py": "LFS pointer"}
    assert run.verdict is Verdict.INCOMPLETE


def test_what_cannot_be_compared_is_neither_all_new_nor_none_new(repo: GitRepo) -> None:
    repo.commit({"a.py": BAD})
    run = gated(repo, base="nowhere")
    assert (run.verdict, run.exit_code, run.findings) == (Verdict.INCOMPLETE, 3, ())
    (item,) = run.skipped
    assert item.skipped.what == "range"
    assert item.skipped.remedy


def test_a_place_without_a_repository_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in a git repository"):
        run_gate(Request(repo=tmp_path, env={}), SCANNERS)


class Fake:
    """A scanner that finds one thing in each Python file, or fails in its own way."""

    KINDS = frozenset({Kind.PYTHON})

    def __init__(self, act: str = "find") -> None:
        self.act = act

    def scan(self, target: Target, context: Context) -> Iterator[Said]:
        if self.act == "raise":
            raise RuntimeError("scanner bug")
        if self.act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        while self.act == "hang":
            pass
        yield from SCANNERS["bandit"].scan(target, context)

    def versions(self, context: Context) -> Mapping[str, str]:  # noqa: ARG002 - the seam
        return {"fake": "1"}

    def cache_key(self, context: Context) -> str:  # noqa: ARG002 - the seam
        return "1"

    def is_lasting(self, gap: Skipped) -> bool:  # noqa: ARG002 - the seam
        return True


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("raise", "scanner failed"),
        ("die", "scanner worker died"),
        ("hang", "scanner timed out"),
    ],
)
def test_a_scanner_that_fails_loses_its_coverage_and_the_others_go_on(
    repo: GitRepo, act: str, reason: str
) -> None:
    repo.commit({"a.py": GOOD, **policy_of(file_timeout="1")})
    repo.commit({"b.py": BAD})
    scanners = {"fake": Fake(act), "bandit": SCANNERS["bandit"]}
    run = gated(repo, base="HEAD^", scanners=scanners)
    assert run.verdict is Verdict.BLOCK, "bandit goes on"
    assert reasons(run) == {"b.py": reason}
    alone = gated(repo, base="HEAD^", scanners={"fake": Fake(act)})
    assert alone.verdict is Verdict.INCOMPLETE
