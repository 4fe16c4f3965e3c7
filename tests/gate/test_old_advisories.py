"""Old advisories are told where they were asked, and nowhere else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidegate.records.run import Verdict
from tidegate.scanners.interface import Context
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.tree import scan_tree
from tidegate.tests.gate.gating import GOOD, advisories, gated
from tidegate.tests.real import GitRepo

NEWEST = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
DAY = 24 * 60 * 60
NOTICE = (
    "the newest advisory is 8 days old; import a newer file with `tidegate advisories import FILE`"
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


def test_their_age_is_of_no_interest_without_a_dependency_file(
    repo: GitRepo, tmp_path: Path
) -> None:
    database = advisories(tmp_path)
    repo.commit({"a.py": GOOD})
    repo.commit({"a.py": GOOD + "\n"})
    settings = {"database": database}
    assert gated(repo, base="HEAD^", settings=settings).notices == ()
    context = Context(database=Path(database))
    assert scan_tree([repo.path], repo.path, context, SCANNERS).notices == ()


def test_a_database_that_cannot_answer_has_no_age(repo: GitRepo, tmp_path: Path) -> None:
    database = Path(advisories(tmp_path))
    database.write_bytes(database.read_bytes()[:2000])
    repo.commit({})
    repo.commit({"requirements.txt": "a==1\n"})
    run = gated(repo, base="HEAD^", settings={"database": str(database)})
    assert (run.verdict, run.notices) == (Verdict.INCOMPLETE, ())
