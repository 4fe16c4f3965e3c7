"""Old advisories are told where they were asked, and nowhere else."""

from datetime import timedelta
from pathlib import Path

import pytest

from tidegate.errors import ExitCode
from tidegate.records.run import GateRun, Verdict
from tidegate.scanners.interface import Context
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.tree import scan_tree
from tidegate.tests.gate.gating import GOOD, MODIFIED, advisories, gated, osv, policy_of, reasons
from tidegate.tests.real import GitRepo

NEWEST = MODIFIED.timestamp()
DAY = 24 * 60 * 60
NOTICE = (
    "the newest advisory is 8 days old; run `tidegate advisories update`, "
    "or `tidegate advisories import FILE` on a newer file"
)


@pytest.mark.parametrize(
    ("days", "told"), [(-3, ()), (0, ()), (7.9, ()), (8, (NOTICE,)), (8.5, (NOTICE,))]
)
def test_after_a_week_the_gate_and_the_scan_say_so(
    repo: GitRepo, tmp_path: Path, days: float, told: tuple[str, ...]
) -> None:
    database = advisories(tmp_path)
    repo.commit({"requirements.txt": "a==1\n"})
    repo.commit({"requirements.txt": "a==2\n"})
    run = gated(
        repo, base="HEAD^", settings={"database": database}, now=lambda: NEWEST + days * DAY
    )
    assert (run.verdict, run.notices) == (Verdict.PASS, told)
    context = Context(database=Path(database))
    scan = scan_tree([repo.path], repo.path, context, SCANNERS, now=lambda: NEWEST + days * DAY)
    assert scan.notices == told


@pytest.mark.parametrize("days", [0, 8, 40])
def test_records_that_could_not_be_read_are_told(repo: GitRepo, tmp_path: Path, days: int) -> None:
    database = advisories(tmp_path, {"id": "odd"})
    repo.commit({"requirements.txt": "a==1\n", "README.md": "a"})
    repo.commit({"requirements.txt": "a==2\n"})
    now = NEWEST + days * DAY
    run = gated(repo, base="HEAD^", settings={"database": database}, now=lambda: now)
    told = "1 record of the advisories could not be read: what they say is found nowhere"
    assert run.notices[-1:] == (told,)
    scan = scan_tree(
        [repo.path], repo.path, Context(database=Path(database)), SCANNERS, now=lambda: now
    )
    assert told in scan.notices
    repo.commit({"README.md": "b"})
    assert gated(repo, base="HEAD^", settings={"database": database}).notices == ()


@pytest.mark.parametrize(("days", "incomplete"), [(30.9, False), (31, True), (400, True)])
def test_after_a_month_the_gate_and_the_scan_are_incomplete(
    repo: GitRepo, tmp_path: Path, days: float, incomplete: bool
) -> None:
    database = advisories(tmp_path)
    repo.commit({"requirements.txt": "a==1\n"})
    repo.commit({"requirements.txt": "a==2\n"})
    at = NEWEST + days * DAY
    run = gated(repo, base="HEAD^", settings={"database": database}, now=lambda: at)
    context = Context(database=Path(database))
    scan = scan_tree([repo.path], repo.path, context, SCANNERS, now=lambda: at)
    if not incomplete:
        assert (run.verdict, scan.exit_code) == (Verdict.PASS, ExitCode.YES)
        return
    assert (run.verdict, run.exit_code) == (Verdict.INCOMPLETE, ExitCode.INCOMPLETE)
    assert reasons(run) == {"advisories": "advisory database too old"}
    [gap] = scan.skipped
    assert gap == run.skipped[0].skipped
    assert (
        gap.detail
        == f"the newest advisory is {days:g} days old, more than advisories-max-days = 30"
    )
    assert "tidegate advisories update" in gap.remedy
    assert (run.notices, scan.exit_code) == ((), ExitCode.INCOMPLETE)


def test_a_vulnerable_pin_blocks_by_an_old_database_too(repo: GitRepo, tmp_path: Path) -> None:
    settings = {"database": advisories(tmp_path)}
    repo.commit({})
    repo.commit({"requirements.txt": "jinja2==2.10\n"})
    run = gated(repo, base="HEAD^", settings=settings, now=lambda: NEWEST + 99 * DAY)
    assert run.verdict is Verdict.BLOCK
    assert reasons(run) == {"advisories": "advisory database too old"}


def test_both_ages_are_settings(repo: GitRepo, tmp_path: Path) -> None:
    settings = {"database": advisories(tmp_path)}
    repo.commit(policy_of(advisories_max_days="100"))
    repo.commit({"requirements.txt": "a==2\n"})

    def at(days: int, **more: str) -> GateRun:
        now = NEWEST + days * DAY
        return gated(repo, base="HEAD^", settings=settings | more, now=lambda: now)

    assert at(2, advisories_max_days="1").verdict is Verdict.INCOMPLETE
    assert at(99, advisories_warn_days="99").notices == ()
    assert len(at(3, advisories_warn_days="2").notices) == 1


def test_a_date_to_come_keeps_no_database_young(repo: GitRepo, tmp_path: Path) -> None:
    later = (MODIFIED + timedelta(days=5000)).isoformat()
    settings = {"database": advisories(tmp_path, osv("GHSA-later", "b", "1", later))}
    repo.commit({})
    repo.commit({"requirements.txt": "a==2\n"})
    run = gated(repo, base="HEAD^", settings=settings, now=lambda: NEWEST + 31 * DAY)
    assert run.verdict is Verdict.INCOMPLETE


def test_their_age_is_of_no_interest_without_a_dependency_file(
    repo: GitRepo, tmp_path: Path
) -> None:
    database = advisories(tmp_path)
    repo.commit({"a.py": GOOD})
    repo.commit({"a.py": GOOD + "\n"})
    settings = {"database": database}
    later = NEWEST + 400 * DAY
    run = gated(repo, base="HEAD^", settings=settings, now=lambda: later)
    assert (run.verdict, run.notices) == (Verdict.PASS, ())
    context = Context(database=Path(database))
    scan = scan_tree([repo.path], repo.path, context, SCANNERS, now=lambda: later)
    assert (scan.notices, scan.skipped) == ((), ())


def test_a_database_that_cannot_answer_has_no_age(repo: GitRepo, tmp_path: Path) -> None:
    database = Path(advisories(tmp_path))
    database.write_bytes(database.read_bytes()[:2000])
    repo.commit({})
    repo.commit({"requirements.txt": "a==1\n"})
    run = gated(repo, base="HEAD^", settings={"database": str(database)})
    assert (run.verdict, run.notices) == (Verdict.INCOMPLETE, ())
