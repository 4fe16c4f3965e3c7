"""What is told of a change to what judges, and what is left alone."""

import dataclasses
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.gate.baseline_file import written
from tidegate.gate.judge_changed import BROKEN, CHANGED, FLAG, digest_of, judge_changed
from tidegate.gate.judge_files.kinds import KINDS, Group, kinds_of
from tidegate.gate.judge_files.versions import ABSENT, FileVersions, JudgeVersions, Version
from tidegate.records.run import Decision, Judged, Mode, Verdict
from tidegate.tests.gate.gating import GOOD, Files, gated
from tidegate.tests.real import GitRepo

STRICT = 'block-severity = "LOW"\n'
PROJECT = '[project]\nname = "x"\n\n[tool.tidegate]\nblock-severity = "LOW"\n'
WORKFLOW = "jobs: {gate: {steps: [{run: tidegate gate}]}}\n"


def judged(
    repo: GitRepo, *, base: str = "main", worktree: bool = False, accept: str = ""
) -> list[Judged]:
    run = gated(repo, base=base, worktree=worktree, scanners={}, accept_judge_change=accept)
    return list(run.findings)


def after(repo: GitRepo, before: Files, change: Files) -> list[Judged]:
    repo.commit(before)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(change)
    return judged(repo)


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ({"tidegate.toml": STRICT}, {"tidegate.toml": "# why\n" + STRICT}),
        ({"pyproject.toml": PROJECT}, {"pyproject.toml": PROJECT.replace('"x"', '"y"')}),
        ({"tidegate.toml": STRICT, "ci.yml": "run: make\n"}, {"ci.yml": "run: make all\n"}),
        ({"sub/pyproject.toml": "= 1"}, {"sub/pyproject.toml": "= 2"}),
        ({"tidegate.toml": STRICT}, {"README.md": "We use tidegate.\n"}),
        ({"requirements.txt": "a==1\ntidegate==1\n"}, {"requirements.txt": "a==2\ntidegate==1\n"}),
    ],
)
def test_what_judges_the_same_is_not_told(repo: GitRepo, before: Files, change: Files) -> None:
    assert after(repo, before, change) == []


def test_a_link_that_never_named_tidegate_is_not_told(repo: GitRepo) -> None:
    (repo.path / "ci.yml").symlink_to("one")
    repo.commit({"tidegate.toml": STRICT, "gate.yml": WORKFLOW})
    (repo.path / "ci.yml").unlink()
    (repo.path / "ci.yml").symlink_to("other")
    repo.commit({})
    assert judged(repo, base="HEAD^") == []
    (repo.path / "gate.yml").unlink()
    (repo.path / "gate.yml").symlink_to("other")
    repo.commit({})
    assert [item.finding.path for item in judged(repo, base="HEAD^")] == ["gate.yml"]


def test_more_files_than_fit_a_command_line_hide_none(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT})
    folder = "/".join(["n" * 200] * 15)
    for content in (b"run: tidegate\n", b"run: true\n"):
        blob = repo.git("hash-object", "-w", "--stdin", stdin=content)
        lines = [f"100644 {blob}\t{folder}/{number}.yml\n" for number in range(800)]
        repo.git("update-index", "--index-info", stdin="".join(lines).encode())
        repo.git("commit", "-q", "-m", "many")
    assert len(judged(repo, base="HEAD^")) == 800


def test_a_branch_that_is_merely_behind_is_not_told(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT, "ci.yml": WORKFLOW})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": 'mode = "warn"\n', "ci.yml": WORKFLOW + "# more\n"})
    repo.git("checkout", "-q", "feature")
    assert judged(repo) == []
    repo.git("merge", "-q", "--no-edit", "main")
    assert judged(repo) == []


def test_what_the_base_branch_did_as_well_is_not_told(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"tidegate.toml": 'mode = "warn"\n'})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": 'mode = "warn"\n', "other": ""})
    repo.git("checkout", "-q", "feature")
    assert judged(repo) == []


@pytest.mark.parametrize(
    "first",
    [
        {"tidegate.toml": STRICT},
        {"pyproject.toml": PROJECT},
        {"tidegate.waivers.toml": ""},
        {"tidegate.baseline": written([])},
        {".github/workflows/gate.yml": WORKFLOW},
        {"tidegate.toml": STRICT, ".github/workflows/gate.yml": WORKFLOW, "sub/tidegate.toml": ""},
    ],
)
def test_the_first_policy_is_listed_and_does_not_block(repo: GitRepo, first: Files) -> None:
    found = after(repo, {"a.py": GOOD}, first)
    assert {item.finding.path for item in found} == set(first)
    assert {item.decision for item in found} == {Decision.REPORT}
    assert all("base" in item.decided_by for item in found)


def test_the_first_ci_file_is_no_pass_for_the_policy_nor_the_reverse(repo: GitRepo) -> None:
    found = after(repo, {"tidegate.toml": STRICT}, {"ci.yml": WORKFLOW, "tidegate.toml": ""})
    decisions = {item.finding.path: item.decision for item in found}
    assert decisions == {"ci.yml": Decision.REPORT, "tidegate.toml": Decision.BLOCK}


def test_a_further_ci_file_blocks_where_one_runs_tidegate(repo: GitRepo) -> None:
    [found] = after(repo, {"a/ci.yml": WORKFLOW}, {"b/ci.yml": WORKFLOW})
    assert (found.finding.path, found.decision) == ("b/ci.yml", Decision.BLOCK)


def test_bandits_own_configuration_is_told_and_decides_nothing(repo: GitRepo) -> None:
    change = {".bandit": "[bandit]\nskips: B301\n", "pyproject.toml": "[tool.bandit]\nskips=[]\n"}
    found = after(repo, {"tidegate.toml": STRICT}, change)
    assert [item.finding.path for item in found] == [".bandit", "pyproject.toml"]
    assert {item.decision for item in found} == {Decision.REPORT}
    assert all("tidegate init" in item.finding.remedy for item in found)


def test_a_broken_first_policy_blocks(repo: GitRepo) -> None:
    [found] = after(repo, {"a.py": GOOD}, {"tidegate.toml": "mod = 1\n"})
    assert (found.finding.rule, found.decision) == ("TG102", Decision.BLOCK)
    assert "unknown key 'mod'" in found.finding.message
    assert "did you mean 'mode'" in found.finding.remedy


MISPLACED = "[[policy]]\nmatch = {rule = 'B101'}\naction = 'block'\nreason = 'none of these'\n"


@pytest.mark.parametrize("broken", ["= 1\n", "[tool]\ntidegate = 1\n", b"\xff\n", MISPLACED])
def test_a_broken_project_file_blocks_as_every_gate_would_fail(
    repo: GitRepo, broken: str | bytes
) -> None:
    [found] = after(repo, {"pyproject.toml": "[project]\n"}, {"pyproject.toml": broken})
    assert (found.finding.rule, found.decision) == ("TG102", Decision.BLOCK)


def test_a_branch_that_left_a_broken_policy_alone_is_not_told(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": "mod = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": GOOD})
    repo.git("checkout", "-q", "main")
    repo.commit({"tidegate.toml": STRICT})
    repo.git("checkout", "-q", "feature")
    assert judged(repo) == []


def test_a_digest_without_a_change_is_told(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT})
    run = gated(repo, base="HEAD", accept_judge_change="0" * 40)
    assert any("accepts nothing" in notice for notice in run.notices)


def test_mode_observe_keeps_the_verdict_and_exits_0(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": 'mode = "observe"\n'})
    repo.commit({"tidegate.toml": 'mode = "warn"\n'})
    run = gated(repo, base="HEAD^", scanners={})
    assert (run.verdict, run.mode, run.exit_code) == (Verdict.BLOCK, Mode.OBSERVE, 0)


def test_commit_index_and_working_tree_have_one_digest(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT})
    change = {"tidegate.toml": 'mode = "warn"\n'}
    repo.write(change)
    on_disk = gated(repo, worktree=True, scanners={}).judge_digest
    repo.commit(change)
    committed = gated(repo, base="HEAD^", scanners={}).judge_digest
    assert on_disk == committed != ""


def test_what_cannot_be_read_in_the_working_tree_cannot_be_accepted(repo: GitRepo) -> None:
    repo.commit({"tidegate.toml": STRICT, "ci.yml": WORKFLOW})
    (repo.path / "ci.yml").unlink()
    os.mkfifo(repo.path / "ci.yml")
    run = gated(repo, worktree=True, scanners={})
    [found] = judged(repo, worktree=True, accept=run.judge_digest)
    assert found.decision is Decision.BLOCK


def message(repo: GitRepo, before: Files, change: Files) -> str:
    [found] = after(repo, before, change)
    return found.finding.message.partition("): ")[2]


@pytest.mark.parametrize(
    ("name", "before", "change", "words"),
    [
        ("tidegate.toml", 'mode = "enforce"\n', 'mode = "warn"\n', "mode from enforce to warn"),
        ("tidegate.toml", STRICT, "", "block-severity from LOW to its default"),
        ("tidegate.toml", STRICT, None, "it goes away"),
        ("ci.yml", WORKFLOW, "x: y\n", "it names Tidegate no more; 1 line added; 1 line removed"),
        ("tidegate.models.lock", "a\nb\n", "a\nc\nd\n", "2 lines added; 1 line removed"),
        ("tidegate.models.lock", "a\nb\n", "b\na\n", "its lines in another order"),
        ("database", "", "", ""),
    ],
)
def test_the_message_says_what_is_different(
    repo: GitRepo, name: str, before: str, change: str | None, words: str
) -> None:
    if name == "database":
        secret = 'database = "hunter2-is-no-path"\n'
        told = message(repo, {"tidegate.toml": STRICT}, {"tidegate.toml": STRICT + secret})
        assert told == "database from its default to another text"
    else:
        assert message(repo, {name: before}, {name: change}) == words


def test_a_long_list_of_differences_is_cut_and_counted(repo: GitRepo) -> None:
    line = '[[policy]]\nmatch = {{rule = "B{}"}}\naction = "ignore"\nreason = "not for us"\n'
    lines = "".join(line.format(number) for number in range(100, 160))
    told = message(repo, {"tidegate.toml": STRICT}, {"tidegate.toml": STRICT + lines})
    count = told.count(" added: ")
    assert 10 < count < 60
    assert told.endswith(f"; and {60 - count} more, which the file's own diff shows")
    assert len(told) < 1_900


def test_a_waiver_that_would_not_count_is_told_as_such(repo: GitRepo) -> None:
    entry = '[[waiver]]\nfingerprint = "{}"\nowner = "ada"\nreason = "we look at it"\nuntil = {}\n'
    days = {"1": "2020-01-01", "2": "2999-01-01"}
    old, new = (entry.format(name * 32, day) for name, day in days.items())
    new = old + entry.format("3" * 32, "2021-01-01") + new
    told = message(repo, {"tidegate.waivers.toml": old}, {"tidegate.waivers.toml": new})
    assert "333333333333) expired on 2021-01-01 and does not count" in told
    assert "222222222222) lasts until 2999-01-01 and does not count: waiver-max-days = 180" in told
    assert "111111111111) expired" not in told


def test_a_value_that_does_not_fit_is_not_told(repo: GitRepo) -> None:
    [found] = after(repo, {"a.py": GOOD}, {"tidegate.toml": 'mode = "hunter2hunter2"\n'})
    assert "tidegate.toml: mode does not fit" in found.finding.message
    assert "hunter2" not in repr(found)


def test_no_text_of_a_file_is_told(repo: GitRepo) -> None:
    secret = "env: {TOKEN: hunter2hunter2}\n"
    for item in after(repo, {"ci.yml": WORKFLOW}, {"ci.yml": WORKFLOW + secret}):
        assert "hunter2" not in repr(item)


def test_every_policy_file_is_judged_as_one() -> None:
    for path in ("tidegate.toml", "a/b/tidegate.toml", "pyproject.toml", "tidegate.baseline"):
        assert kinds_of(path)[0].group is Group.POLICY


def versions(tip: Version, head: Version, *bases: Version) -> FileVersions:
    return FileVersions(path="tidegate.toml", tip=tip, head=head, bases=bases or (tip,))


texts = st.sampled_from([b"", b"workers = 1\n", b"workers = 2\n", b"x", b"# c\nworkers = 1\n"])
sides = st.builds(lambda data: Version("100644", data.hex(), data), texts) | st.just(ABSENT)


@given(sides, sides, st.lists(sides, min_size=1, max_size=3))
def test_what_head_has_in_common_with_the_tip_or_with_every_base_is_not_told(
    tip: Version, head: Version, bases: list[Version]
) -> None:
    file = versions(tip, head, *bases)
    found = judge_changed(JudgeVersions(files=(file,), has_policy=True)).findings
    if head == tip or all(base == head for base in bases):
        assert found == ()
    elif head.data == b"x":
        assert [item.finding.rule for item in found] == ["TG102"]
    elif {head.data, tip.data} == {b"workers = 1\n", b"workers = 2\n"}:
        assert [item.finding.rule for item in found] == ["TG101"]


@given(st.tuples(sides, sides, sides), st.tuples(sides, sides, sides))
def test_other_content_has_another_digest(
    one: tuple[Version, Version, Version], other: tuple[Version, Version, Version]
) -> None:
    first, second = versions(*one), versions(*other)
    assert (digest_of([first]) == digest_of([second])) is (one == other)
    moved = dataclasses.replace(first, path="sub/tidegate.toml")
    assert digest_of([first]) != digest_of([moved])
    assert digest_of([first, moved]) == digest_of([moved, first]) != digest_of([first])


def test_both_rules_have_a_page() -> None:
    text = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
    for rule in (CHANGED, BROKEN):
        page = text.partition(f"### {rule} ")[2].partition("\n### ")[0]
        assert "**What to do.**" in page
        assert f": {rule} [HIGH/HIGH]" in page
    assert FLAG in text
    assert {kind.group for kind in KINDS} == set(Group)
