"""The gate on real repositories: what is new decides, and no gap is silent."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tidegate.errors import ConfigError, UsageError
from tidegate.gate.run import Request, run_gate
from tidegate.records.finding import Finding, Skipped
from tidegate.records.run import Decision, GateRun, Mode, State, Verdict
from tidegate.scanners.interface import Context, Kind, Scanner, Target
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.real import GitRepo

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
GOOD = "def double(x):\n    return 2 * x\n"


def gated(
    repo: GitRepo,
    *,
    base: str = "main",
    head: str = "HEAD",
    worktree: bool = False,
    scanners: Mapping[str, Scanner] = SCANNERS,
    settings: Mapping[str, str] | None = None,
) -> GateRun:
    flags = {"database": str(repo.path.parent / "none.db"), "file-timeout": "20"}
    flags |= {key.replace("_", "-"): value for key, value in (settings or {}).items()}
    request = Request(repo=repo.path, base=base, head=head, worktree=worktree, flags=flags, env={})
    return run_gate(request, scanners)


Files = Mapping[str, str | bytes | None]


def changed(repo: GitRepo, before: Files, after: Files, **settings: str) -> GateRun:
    """The gate on a branch that makes `after` of `before`."""
    repo.commit(before)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(after)
    return gated(repo, settings=settings)


def reasons(run: GateRun) -> dict[str, str]:
    return {item.skipped.what: item.skipped.reason for item in run.skipped}


def sums_hold(run: GateRun) -> bool:
    told = sum(run.coverage.skipped.values())
    return run.coverage.seen == run.coverage.scanned + run.coverage.out_of_scope + told


def test_a_new_finding_blocks_and_says_where_why_and_what_to_do(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": BAD})
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)
    (new,) = [item for item in run.findings if item.decision is Decision.BLOCK]
    assert (new.finding.rule, new.finding.path, new.finding.line) == ("B301", "b.py", 5)
    assert new.finding.scope == "load"
    assert new.finding.cwe == 502
    assert new.finding.remedy
    assert new.decided_by == "block-severity = MEDIUM, block-confidence = MEDIUM"
    assert run.coverage.seen == 1
    assert run.versions["bandit"]


def test_what_stood_there_before_does_not_block(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": BAD}, {"b.py": "# a comment\n\n" + BAD + "\n\n" + GOOD})
    assert (run.verdict, run.exit_code) == (Verdict.PASS, 0)
    assert {item.state for item in run.findings} == {State.EXISTING}


def test_only_changed_files_are_looked_at(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": BAD, "c.py": GOOD}, {"c.py": GOOD + "\n"})
    assert run.verdict is Verdict.PASS
    assert run.findings == ()
    assert run.coverage.seen == 1


def test_a_repaired_defect_is_told_as_fixed(repo: GitRepo) -> None:
    run = changed(repo, {"b.py": BAD}, {"b.py": GOOD})
    assert run.verdict is Verdict.PASS
    assert {item.state for item in run.findings} == {State.FIXED}


def test_a_rename_brings_nothing_new_and_hides_nothing(repo: GitRepo) -> None:
    moved = changed(repo, {"b.py": BAD}, {"b.py": None, "lib/other.py": BAD})
    assert moved.verdict is Verdict.PASS
    repo.git("checkout", "-q", "main")
    repo.git("checkout", "-q", "-b", "hidden")
    code = GOOD + "".join(f"def f{n}(x):\n    return x + {n}\n" for n in range(20))
    repo.commit({"c.py": code})
    base = repo.commit({})
    repo.commit({"c.py": None, "c.txt": code + "eval(input())\n"})
    assert gated(repo, base=base).verdict is Verdict.BLOCK


def test_a_finding_from_tests_is_new_in_the_product(repo: GitRepo) -> None:
    run = changed(repo, {"tests/b.py": BAD}, {"tests/b.py": None, "b.py": BAD})
    assert run.verdict is Verdict.BLOCK


def test_an_edited_call_decides_as_new(repo: GitRepo) -> None:
    run = changed(
        repo,
        {"a.py": "def f(request):\n    return eval('1+1')\n"},
        {"a.py": "def f(request):\n    return eval(request.args['x'])\n"},
    )
    assert run.verdict is Verdict.BLOCK
    assert [item.state for item in run.findings] == [State.EDITED]


def test_nosec_in_the_change_is_shown_and_still_decides(repo: GitRepo) -> None:
    hushed = BAD.replace("pickle.loads(data)", "pickle.loads(data)  # nosec")
    run = changed(repo, {"a.py": GOOD}, {"b.py": hushed})
    assert run.verdict is Verdict.BLOCK
    assert {item.finding.rule for item in run.findings if item.finding.suppressed} == {"B301"}


def test_a_base_that_moved_on_is_not_judged(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"c.py": GOOD})
    repo.git("checkout", "-q", "main")
    repo.commit({"b.py": BAD})
    run = gated(repo, head="feature")
    assert run.verdict is Verdict.PASS
    assert [file.finding for file in run.findings] == []


def test_with_two_merge_bases_each_must_have_it(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "-b", "left")
    left = repo.commit({"left.py": BAD})
    repo.git("checkout", "-q", "-b", "right", "main")
    right = repo.commit({"right.py": GOOD})
    repo.git("checkout", "-q", "left")
    repo.git("merge", "-q", "--no-edit", right)
    repo.git("checkout", "-q", "right")
    repo.git("merge", "-q", "--no-edit", left)
    run = gated(repo, base="left", head="right")
    assert len(run.range.merge_bases) == 2
    assert run.verdict is Verdict.BLOCK, "left.py is missing from one of the merge bases"


def test_an_empty_range_passes_with_no_file_seen(repo: GitRepo) -> None:
    repo.commit({"a.py": BAD})
    run = gated(repo, base="HEAD")
    assert (run.verdict, run.exit_code, run.coverage.seen) == (Verdict.PASS, 0, 0)


def test_the_working_tree_can_be_judged_before_it_is_committed(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.write({"b.py": BAD, "ignored.py": BAD, ".gitignore": "ignored.py\n"})
    assert gated(repo).verdict is Verdict.PASS
    run = gated(repo, worktree=True)
    assert run.verdict is Verdict.BLOCK
    assert run.range.worktree
    assert {item.finding.path for item in run.findings} == {"b.py"}


def test_no_checkout_is_touched(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.commit({"b.py": BAD})
    repo.write({"a.py": "uncommitted"})
    before = repo.git("status", "--porcelain"), sorted(repo.path.rglob("*"))
    gated(repo, base="HEAD^")
    assert (repo.git("status", "--porcelain"), sorted(repo.path.rglob("*"))) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.py", "def f(:\n"),
        ("nul.py", b"x = 1\0\n"),
        ("latin.py", "é = 1\n".encode("latin-1")),
        ("random.py", bytes(range(256)) * 9),
        ("deep.py", "(" * 5000 + ")" * 5000),
        ("sum.py", "1" + "+1" * 50000),
        ("nested.py", "x = " + "[" * 3000 + "]" * 3000 + "\n"),
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


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "source": cell.splitlines(True)} for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_code_cells_and_scripts_without_an_ending_count(repo: GitRepo) -> None:
    run = changed(
        repo,
        {"a.py": GOOD},
        {
            "n.ipynb": notebook("import pickle\n", "%time x = 1\npickle.loads(b'')\n"),
            "bin/tool": "#!/usr/bin/env python3\neval(input())\n",
            "types.pyi": "x: int = eval('1')\n",
        },
    )
    blocking = {i.finding.path for i in run.findings if i.decision is Decision.BLOCK}
    assert blocking == {"n.ipynb", "bin/tool", "types.pyi"}


def test_the_policy_is_read_from_the_tip_of_the_base(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": 'mode = "observe"\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"b.py": BAD})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": 'mode = "enforce"\n'})
    run = gated(repo, head="feature")
    assert (run.mode, run.exit_code) == (Mode.ENFORCE, 1), "the old lax policy is not back"


def test_a_change_cannot_bring_its_own_policy(repo: GitRepo) -> None:
    run = changed(
        repo, {"a.py": GOOD}, {"b.py": BAD, "tidegate.toml": 'mode = "observe"\nrubbish = 1\n'}
    )
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)


@pytest.mark.parametrize("mode", ["warn", "observe"])
def test_a_lax_mode_keeps_the_verdict_and_exits_0(repo: GitRepo, mode: str) -> None:
    policy = f'[tool.tidegate]\nmode = "{mode}"\n'
    run = changed(repo, {"pyproject.toml": policy}, {"b.py": BAD})
    assert (run.verdict, run.exit_code, run.mode) == (Verdict.BLOCK, 0, mode)


def test_a_broken_policy_at_the_base_is_an_error_that_names_it(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": "mod = 'warn'\n"})
    with pytest.raises(ConfigError, match=r"tidegate\.toml at [0-9a-f]{12}: unknown key 'mod'"):
        gated(repo, base="HEAD")


def test_bandits_own_configuration_is_told_and_not_obeyed(repo: GitRepo) -> None:
    run = changed(
        repo,
        {"a.py": GOOD},
        {
            "b.py": BAD,
            ".bandit": "[bandit]\nskips: B301\nexclude: b.py\n",
            "pyproject.toml": "[tool.bandit]\nskips = ['B301']\n",
        },
    )
    assert run.verdict is Verdict.BLOCK
    assert sum("is ignored" in notice for notice in run.notices) == 2


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

    def scan(self, target: Target, context: Context) -> Iterator[Finding | Skipped]:
        if self.act == "raise":
            raise RuntimeError("scanner bug")
        if self.act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        while self.act == "hang":
            pass
        yield from SCANNERS["bandit"].scan(target, context)

    def versions(self, context: Context) -> Mapping[str, str]:  # noqa: ARG002 - the seam
        return {"fake": "1"}


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
    repo.commit({"a.py": GOOD})
    repo.commit({"b.py": BAD})
    scanners = {"fake": Fake(act), "bandit": SCANNERS["bandit"]}
    run = gated(repo, base="HEAD^", scanners=scanners, settings={"file_timeout": "1"})
    assert run.verdict is Verdict.BLOCK, "bandit goes on"
    assert reasons(run) == {"b.py": reason}
    alone = gated(repo, base="HEAD^", scanners={"fake": Fake(act)}, settings={"file_timeout": "1"})
    assert alone.verdict is Verdict.INCOMPLETE


def test_twice_the_same(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    repo.commit({f"{n}.py": BAD for n in range(9)})
    first, second = gated(repo, base="HEAD^"), gated(repo, base="HEAD^", settings={"workers": "1"})
    assert first.findings == second.findings
    assert len({item.fingerprint for item in first.findings}) == len(first.findings)


def test_a_dependency_file_without_a_database_is_incomplete(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"requirements.txt": "jinja2==2.10\n"})
    assert run.verdict is Verdict.INCOMPLETE
    assert reasons(run) == {"requirements.txt": "no advisory database"}
    assert "advisories import" in run.skipped[0].skipped.remedy


def test_without_a_dependency_file_a_missing_database_is_a_notice(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": GOOD})
    assert run.verdict is Verdict.PASS
    assert any("no advisory database" in notice for notice in run.notices)


def test_a_secret_stands_in_no_field(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"b.py": "password = 'hunter2secret'\n"})
    assert {item.finding.rule for item in run.findings} == {"B105"}
    assert "hunter2" not in repr(run)
