import base64
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tidegate.gate.evidence import secrets as evidence
from tidegate.gate.run import Request, run_gate
from tidegate.records.run import GateRun, Judged, State, Verdict
from tidegate.reports.formats import RENDERERS
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.gate.gating import changed, criss_cross, gated, reasons
from tidegate.tests.real import GitRepo, Tidegate
from tidegate.tests.scanners.secrets.samples import PEM, SAMPLES, noise

TOKEN = "gh" + f"p_{noise(36)}"
OTHER = "gh" + f"p_{noise(36, seed=3)}"
LINE = f'CLIENT = connect("{TOKEN}")\n'


def secrets(run: GateRun) -> list[Judged]:
    return [item for item in run.findings if item.finding.tool == "secrets"]


def states(run: GateRun) -> dict[str, State]:
    return {item.finding.path: item.state for item in secrets(run)}


def branch(repo: GitRepo, before: Mapping[str, str | bytes | None]) -> None:
    repo.commit(before)
    repo.git("checkout", "-q", "-b", "feature")


@pytest.mark.parametrize("path", ["a.py", ".env", "conf.yml", "key", "we ird\nname.txt", "é.md"])
def test_a_new_secret_blocks_in_any_file(repo: GitRepo, path: str) -> None:
    run = changed(repo, {"a.txt": "a\n"}, {path: f"one\n{TOKEN}\n"})
    assert run.verdict is Verdict.BLOCK
    (item,) = secrets(run)
    assert (item.finding.path, item.finding.line) == (path, 2)
    assert run.versions["detect-secrets"]


def test_it_says_since_when_git_knows_it_and_what_to_do(repo: GitRepo) -> None:
    branch(repo, {"a.txt": "a\n"})
    first = repo.commit({"b.txt": TOKEN})
    repo.commit({"c.txt": "c\n"})
    (item,) = secrets(gated(repo))
    assert f"in git since commit {first[:12]}, 2026-01-01" in item.finding.message
    assert "revoke" in item.finding.remedy


def test_a_secret_that_was_taken_out_again_still_blocks(repo: GitRepo) -> None:
    branch(repo, {"a.txt": "a\n"})
    first = repo.commit({"b.txt": f"\n\n{TOKEN}\n"})
    repo.commit({"b.txt": None})
    run = gated(repo)
    assert run.verdict is Verdict.BLOCK
    (item,) = secrets(run)
    assert (item.finding.path, item.finding.line, item.state) == ("b.txt", 3, State.NEW)
    assert first[:12] in item.finding.message
    assert "history keeps it" in item.finding.message


@pytest.mark.parametrize(
    "after",
    [
        {"a.py": f"# moved down\n\n\n{LINE}"},
        {"a.py": None, "b.py": LINE},
        {"a.py": "", "pkg/settings.yml": f"token: {TOKEN}\n"},
        {"copy.py": LINE},
        {"a.py": LINE.rstrip("\n")},
        {"a.py": LINE.replace("\n", "\r\n")},
    ],
)
def test_a_secret_that_moves_is_not_new(repo: GitRepo, after: dict[str, str | None]) -> None:
    run = changed(repo, {"a.py": LINE, "x.txt": "x\n"}, {"x.txt": "y\n", **after})
    assert run.verdict is Verdict.PASS
    assert set(states(run).values()) <= {State.EXISTING}


def test_a_file_that_moves_is_not_new_where_more_files_hold_its_value_than_are_looked_at(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MAX_BASE_FILES", 2)
    prose = {f"a{number}.md": f"{noise(14)} is a word\n" for number in range(3)}
    line = f'password = "{noise(14)}"\n'
    run = changed(repo, {**prose, "z.py": line}, {"z.py": None, "moved.py": line})
    assert states(run) == {"moved.py": State.EXISTING}


def test_a_secret_that_stands_in_an_untouched_file_is_not_new(repo: GitRepo) -> None:
    assert states(changed(repo, {"a.py": LINE}, {"b.py": LINE})) == {"b.py": State.EXISTING}


def test_a_secret_of_the_tests_is_new_in_the_product(repo: GitRepo) -> None:
    run = changed(repo, {"tests/a.py": LINE}, {"tests/a.py": None, "b.py": LINE})
    assert states(run) == {"b.py": State.NEW}


def test_a_password_under_another_name_is_new(repo: GitRepo) -> None:
    before = {"a.py": f'DB_PASSWORD = "{noise(14)}"\n'}
    run = changed(repo, before, {"b.py": f'ADMIN_PASSWORD = "{noise(14)}"\n'})
    assert states(run) == {"b.py": State.NEW}


def test_a_word_of_the_base_does_not_excuse_a_password(repo: GitRepo) -> None:
    run = changed(
        repo, {"a.md": f"{noise(14)} is a word\n"}, {"b.py": f'password = "{noise(14)}"\n'}
    )
    assert states(run) == {"b.py": State.NEW}
    assert run.verdict is Verdict.BLOCK


def test_a_secret_of_the_branch_that_moved_before_the_end_is_new_where_it_ended(
    repo: GitRepo,
) -> None:
    branch(repo, {"a.txt": "a\n"})
    first = repo.commit({"b.txt": TOKEN})
    repo.commit({"b.txt": None, "c.txt": TOKEN})
    (item,) = secrets(gated(repo))
    assert (item.finding.path, item.state) == ("c.txt", State.NEW)
    assert first[:12] in item.finding.message


def test_a_merge_brings_nothing_of_the_base_and_what_it_adds_itself(repo: GitRepo) -> None:
    branch(repo, {"a.txt": "a\n", "b.txt": "b\n"})
    repo.commit({"b.txt": "b\nmine\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"c.txt": OTHER})
    repo.git("checkout", "-q", "feature")
    repo.git("merge", "-q", "--no-edit", "main")
    assert secrets(gated(repo)) == []
    repo.git("checkout", "-q", "main")
    repo.commit({"a.txt": "a\nmain\n"})
    repo.git("checkout", "-q", "feature")
    repo.git("merge", "-q", "--no-commit", "--no-ff", "main")
    evil = repo.commit({"a.txt": f"a\nmain\n{TOKEN}\n"})
    repo.commit({"a.txt": "a\nmain\n"})
    (item,) = secrets(gated(repo))
    assert (item.finding.path, item.finding.line) == ("a.txt", 3)
    assert evil[:12] in item.finding.message


def test_of_several_bases_each_has_to_have_it(repo: GitRepo) -> None:
    repo.commit({"a.txt": "a\n"})
    run = criss_cross(repo, {"l.txt": TOKEN}, {"r.txt": OTHER})
    assert State.EXISTING not in states(run).values()


@pytest.mark.parametrize("place", ["disk", "index"])
def test_what_is_not_committed_yet_is_looked_at(repo: GitRepo, place: str) -> None:
    repo.commit({"a.txt": "a\n"})
    repo.write({".env": f"A=1\n{TOKEN}\n"})
    if place == "index":
        repo.git("add", "-A")
        repo.write({".env": "A=1\n"})
    worktree = gated(repo, base="HEAD", worktree=True)
    staged = run_gate(
        Request(repo=repo.path, staged=True, env={}, flags={"workers": "1"}), SCANNERS
    )
    found = {"disk": (worktree, staged), "index": (staged, worktree)}[place]
    (item,) = secrets(found[0])
    assert (item.finding.path, item.finding.line) == (".env", 2)
    assert "since" not in item.finding.message
    assert "before you commit" in item.finding.remedy
    assert secrets(found[1]) == []


def test_before_the_first_commit(repo: GitRepo) -> None:
    repo.write({".env": TOKEN})
    repo.git("add", "-A")
    request = Request(repo=repo.path, staged=True, env={}, flags={"workers": "1"})
    assert [item.finding.path for item in secrets(run_gate(request, SCANNERS))] == [".env"]


def test_attributes_and_programs_of_the_tree_hide_nothing(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.txt": "a\n"})
    repo.git("config", "diff.x.textconv", f"touch {tmp_path}/ran; true")
    repo.git("config", "diff.external", f"touch {tmp_path}/ran")
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({".gitattributes": "* binary -diff\n*.txt diff=x\n", "b.txt": TOKEN})
    assert states(gated(repo)) == {"b.txt": State.NEW}
    assert not (tmp_path / "ran").exists()


def test_a_pragma_is_shown_and_decides_nothing(repo: GitRepo) -> None:
    line = f'password = "{noise(14)}"  # pragma: allowlist ' + "secret\n"
    run = changed(repo, {"a.txt": "a\n"}, {"a.py": line})
    assert run.verdict is Verdict.BLOCK
    assert "allowlist" in secrets(run)[0].finding.suppressed


def test_a_text_that_is_too_large_is_a_gap_and_a_picture_is_none(repo: GitRepo) -> None:
    big = 33 * 1024 * 1024
    run = changed(repo, {"a.txt": "a\n"}, {"b.txt": b"x\n" * (big // 2), "c.png": b"\0" * big})
    assert reasons(run) == {"b.txt": "too large"}
    assert run.verdict is Verdict.INCOMPLETE


def test_a_gap_of_the_history_is_told_with_its_commit(repo: GitRepo) -> None:
    branch(repo, {"a.txt": "a\n"})
    first = repo.commit({"b.txt": b"x\n" * (17 * 1024 * 1024)})
    repo.commit({"b.txt": None})
    run = gated(repo)
    assert reasons(run) == {f"b.txt at {first[:12]}": "too large"}
    assert run.verdict is Verdict.INCOMPLETE


def test_a_line_of_megabytes_and_a_nul_are_looked_at(repo: GitRepo) -> None:
    line = b"x" * 2_000_000 + b" " + TOKEN.encode() + b" " + b"y" * 2_000_000
    run = changed(repo, {"a.txt": "a\n"}, {"a.js": line, "b.txt": b"\0" + TOKEN.encode()})
    assert set(states(run)) == {"a.js", "b.txt"}


def test_a_shallow_clone_that_hides_commits_is_a_gap(
    repo: GitRepo, new_repo: Callable[[str], GitRepo]
) -> None:
    base = repo.commit({"a.txt": "a\n"})
    repo.git("checkout", "-q", "-b", "side")
    for number in range(4):
        repo.commit({"s.txt": f"{number}\n"})
    repo.git("checkout", "-q", "main")
    repo.git("checkout", "-q", "-b", "feature")
    repo.git("merge", "-q", "--no-ff", "--no-edit", "side")
    clone = new_repo("clone")
    clone.git("fetch", "-q", "--depth=2", f"file://{repo.path}", "feature:feature")
    clone.git("checkout", "-q", "feature")
    run = gated(clone, base=base)
    assert reasons(run)["history"] == "commits not searched"
    assert run.verdict is Verdict.INCOMPLETE


def test_what_stands_on_the_base_side_only_is_not_told(repo: GitRepo) -> None:
    assert secrets(changed(repo, {"a.py": LINE}, {"a.py": "x = 1\n"})) == []


def forms(value: bytes) -> set[bytes]:
    """Every part of a value, and what it looks like in base 64 and hexadecimal digits."""
    parts = {value[i : i + 6] for i in range(len(value) - 5)}
    coded = {base64.b64encode(value[i:])[:-4] for i in range(3)}
    windows = {c[i : i + 12] for c in (*coded, value.hex().encode()) for i in range(len(c) - 11)}
    return parts | windows


def test_no_output_file_or_crash_holds_any_part_of_a_secret(
    repo: GitRepo, tidegate: Tidegate, tmp_path: Path
) -> None:
    values = []
    repo.commit({"a.txt": "a\n"})
    for number, (path, text, _) in enumerate(SAMPLES.values()):
        folder = f"part{number}"
        repo.commit({f"{folder}/{path}": text})
    values = [noise(14), noise(36), noise(20), noise(64, seed=0), noise(12), noise(86)]
    outputs = [f"--output={form}={tmp_path}/out.{form}" for form in RENDERERS]
    base = repo.git("rev-list", "--max-parents=0", "HEAD")
    gate = tidegate("gate", "--repo", str(repo.path), "--base", base, *outputs)
    scan = tidegate("scan", ".", cwd=repo.path)
    assert gate.code == 1
    assert "private-key" in gate.out
    kept = [
        path for path in tmp_path.rglob("*") if path.is_file() and repo.path not in path.parents
    ]
    texts = [gate.out, gate.err, scan.out, scan.err]
    told = b"\n".join([*(t.encode() for t in texts), *(path.read_bytes() for path in kept)])
    assert len(kept) >= len(RENDERERS)
    for value in values:
        assert [form for form in forms(value.encode()) if form in told] == []


def test_a_second_look_says_the_same(repo: GitRepo) -> None:
    run = changed(repo, {"a.txt": "a\n"}, {"b.txt": TOKEN, "k.pem": PEM, "c.py": LINE})
    again = gated(repo)
    assert list(itertools.chain(run.findings)) == list(again.findings)
    assert len(secrets(run)) == 3
