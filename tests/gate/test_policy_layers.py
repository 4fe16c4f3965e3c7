"""Policies of folders and of the organisation, read where they may be read from."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.errors import ConfigError, UsageError
from tidegate.gate.run import Request, run_gate
from tidegate.records.run import Decision, Mode, Verdict
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.gate.gating import BAD, GOOD, changed, gated, policy_of
from tidegate.tests.real import GitRepo

LOW = "assert input()\n"
"""Bandit rates it LOW: it does not block by default."""
ASSERTS = (
    "[[policy]]\n"
    'match = {{ rule = "B101" }}\n'
    'action = "{action}"\n'
    'reason = "asserts go away under -O"\n'
)


@pytest.fixture
def organisation(tmp_path: Path) -> Path:
    path = tmp_path / "organisation.toml"
    path.write_text(ASSERTS.format(action="block"))
    return path


def test_a_folder_s_file_at_the_base_tip_tightens_below_it(repo: GitRepo) -> None:
    base = {"a.py": GOOD, "app/tidegate.toml": 'block-severity = "LOW"\n'}
    run = changed(repo, base, {"app/x/b.py": LOW, "c.py": LOW, "lib/tidegate.toml": "rubbish = 1"})
    by_path = {item.finding.path: item for item in run.findings if item.finding.tool == "bandit"}
    assert by_path["app/x/b.py"].decision is Decision.BLOCK
    assert by_path["app/x/b.py"].decided_by.startswith(
        f"app/tidegate.toml at {run.range.base_tip[:12]}: block-severity = LOW"
    )
    assert by_path["c.py"].decision is Decision.REPORT


def test_a_broken_file_of_a_folder_is_an_error_where_something_is_found_in_it(
    repo: GitRepo,
) -> None:
    repo.commit({"a.py": GOOD, "app/tidegate.toml": 'mode = "observe"\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"app/b.py": BAD})
    with pytest.raises(ConfigError, match=r"app/tidegate\.toml at .*: 'mode' has no place here"):
        gated(repo)


def test_more_folders_than_one_command_line_holds(repo: GitRepo) -> None:
    files = {f"app/{n:04}-{'x' * 40}/b.py": LOW for n in range(520)}
    base = {"a.py": GOOD, f"app/0519-{'x' * 40}/tidegate.toml": 'block-severity = "LOW"\n'}
    run = changed(repo, base, files)
    blocks = [item.finding.path for item in run.findings if item.decision is Decision.BLOCK]
    assert blocks == [f"app/0519-{'x' * 40}/b.py"]


def test_the_organisation_s_policy_decides_beside_the_repository_s(
    repo: GitRepo, organisation: Path
) -> None:
    lax = {"tidegate.toml": ASSERTS.format(action="ignore")}
    run = changed(repo, {"a.py": GOOD, **lax}, {"b.py": LOW})
    assert (run.verdict, [item.decision for item in run.findings]) == (
        Verdict.PASS,
        [Decision.IGNORE],
    )
    strict = gated(repo, settings={"organisation-policy": str(organisation)})
    assert strict.verdict is Verdict.BLOCK
    (item,) = strict.findings
    assert item.decided_by == (
        f"organisation policy {organisation}, policy line 1: block, "
        "because asserts go away under -O"
    )


@pytest.mark.parametrize("name", ["ORGANISATION_POLICY", "organisation_policy"])
def test_a_variable_names_it_in_any_case(repo: GitRepo, organisation: Path, name: str) -> None:
    assert changed(repo, {"a.py": GOOD}, {"b.py": LOW}).verdict is Verdict.PASS
    env = {f"TIDEGATE_{name}": str(organisation)}
    run = run_gate(Request(repo=repo.path, base="main", env=env), SCANNERS)
    assert run.verdict is Verdict.BLOCK


def test_one_that_the_file_names_is_not_turned_off_by_a_flag(
    repo: GitRepo, organisation: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text("")
    named = policy_of(organisation_policy=str(organisation))
    changed(repo, {"a.py": GOOD, **named}, {"b.py": LOW})
    for value in ("", str(other)):
        run = gated(repo, settings={"organisation-policy": value})
        assert run.verdict is Verdict.BLOCK


def test_what_the_organisation_wants_tighter_is_tighter(repo: GitRepo, organisation: Path) -> None:
    organisation.write_text('mode = "enforce"\nmax-file-bytes = 2048\n')
    lax = policy_of(mode="observe", max_file_bytes="100000")
    changed(repo, {"a.py": GOOD, **lax}, {"b.py": BAD})
    assert gated(repo).exit_code == 0
    run = gated(repo, settings={"organisation-policy": str(organisation)})
    assert (run.mode, run.exit_code) == (Mode.ENFORCE, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("workers = 2", "'workers' has no place here"),
        ('organisation-policy = "/x"', "'organisation-policy' has no place here"),
        ("rubbish = 1", "unknown key 'rubbish'"),
        (ASSERTS.format(action="allow"), "policy line 1: action = 'allow' does not fit"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_broken_policy_of_the_organisation_is_an_error(
    repo: GitRepo, organisation: Path, text: str | None, message: str
) -> None:
    if text is None:
        organisation.unlink()
    else:
        organisation.write_text(text)
    repo.commit({"a.py": GOOD})
    with pytest.raises(ConfigError, match=message):
        gated(repo, base="HEAD", settings={"organisation-policy": str(organisation)})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("policy.toml", "no absolute path"),
        ("package:no-such-thing", "no such distribution is installed"),
        ("package:", "no such distribution is installed"),
        ("package:pytest", "brings 0 files named policy.toml"),
    ],
)
def test_a_name_that_leads_nowhere_is_an_error(repo: GitRepo, name: str, message: str) -> None:
    repo.commit({"a.py": GOOD})
    with pytest.raises(UsageError, match=message):
        gated(repo, base="HEAD", settings={"organisation-policy": name})


def install(site: Path) -> None:
    """A distribution that brings a policy, and code that tells when it is imported."""
    package, metadata = site / "acme_policy", site / "acme_policy-1.0.dist-info"
    package.mkdir(parents=True)
    metadata.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    (package / "policy.toml").write_text(ASSERTS.format(action="block"))
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-policy\nVersion: 1.0\n")
    names = ("__init__.py", "policy.toml")
    (metadata / "RECORD").write_text("".join(f"acme_policy/{name},,\n" for name in names))


@pytest.mark.parametrize("inside", [False, True])
def test_a_distribution_brings_a_policy_and_is_not_imported(
    repo: GitRepo, tmp_path: Path, inside: bool
) -> None:
    repo.commit({"a.py": GOOD})
    repo.commit({"b.py": LOW})
    site = repo.path / "site" if inside else tmp_path / "site"
    install(site)
    command = f"import sys; sys.path.insert(0, {str(site)!r}); "
    done = subprocess.run(
        [
            *(sys.executable, "-P", "-c"),
            command + "from tidegate.cli.main import main; main()",
            *("gate", "--base", "HEAD^", "--organisation-policy", "package:acme-policy"),
        ],
        cwd=repo.path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if inside:
        assert (done.returncode, "lies in the checkout" in done.stderr) == (2, True)
    else:
        told = "organisation policy package:acme-policy, policy line 1: block"
        assert (done.returncode, told in done.stdout) == (1, True), done.stderr


def test_a_gap_that_a_line_allows_is_shown_and_does_not_decide(repo: GitRepo) -> None:
    allowed = (
        "max-file-bytes = 2048\n[[policy]]\n"
        'match = { skipped = "too large", path = "data/**" }\n'
        'action = "warn"\nreason = "tables that a program writes"\n'
    )
    large = "x = 1\n" * 1000
    repo.commit({"a.py": GOOD, "tidegate.toml": allowed})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"data/big.py": large})
    run = gated(repo)
    assert [item.decision for item in run.skipped] == [Decision.REPORT]
    assert "policy line 1: warn" in run.skipped[0].decided_by
    assert run.verdict is Verdict.PASS
    repo.commit({"app/big.py": large})
    assert gated(repo).verdict is Verdict.INCOMPLETE
