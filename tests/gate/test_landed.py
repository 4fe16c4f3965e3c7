"""A gap in a file that stands on the base branch already, as it is at head, does not decide."""

import pytest

from tidegate.records.run import Verdict
from tidegate.tests.gate.gating import BAD, changed, criss_cross, gated, reasons
from tidegate.tests.real import GitRepo

BROKEN = "def (:\n    pass\n"


def on_a_branch(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")


def also_on_main(repo: GitRepo, files: dict[str, str | bytes | None]) -> None:
    repo.git("checkout", "-q", "main")
    repo.commit(files)
    repo.git("checkout", "-q", "feature")


def test_the_same_change_came_to_the_base_by_another_way(repo: GitRepo) -> None:
    on_a_branch(repo)
    repo.commit({"template.py": BROKEN, "b.py": "y = 2\n"})
    assert gated(repo).verdict is Verdict.INCOMPLETE
    also_on_main(repo, {"template.py": BROKEN})
    run = gated(repo)
    assert run.verdict is Verdict.PASS
    assert reasons(run) == {"template.py": "cannot be parsed"}
    assert [item.existing for item in run.skipped] == [True]


@pytest.mark.parametrize("other", [BROKEN + "# another\n", None])
def test_other_content_at_the_base_decides_nothing(repo: GitRepo, other: str | None) -> None:
    on_a_branch(repo)
    repo.commit({"template.py": BROKEN})
    also_on_main(repo, {"other.py": BROKEN} if other is None else {"template.py": other})
    assert gated(repo).verdict is Verdict.INCOMPLETE


def test_a_file_that_is_no_longer_at_the_tip_is_brought_back(repo: GitRepo) -> None:
    repo.commit({"a.py": BROKEN})
    repo.git("checkout", "-q", "-b", "feature")
    repo.git("mv", "a.py", "b.py")
    repo.commit({})
    also_on_main(repo, {"a.py": None})
    assert gated(repo).verdict is Verdict.INCOMPLETE


def test_a_moved_file_stands_there_under_its_old_name(repo: GitRepo) -> None:
    before = {"old/template.py": BROKEN * 9}
    run = changed(repo, before, {"old/template.py": None, "new/template.py": BROKEN * 9})
    assert run.verdict is Verdict.PASS
    assert [item.existing for item in run.skipped] == [True]


@pytest.mark.parametrize("old", ["tests/template.py", "template.txt", "template"])
def test_what_was_no_product_code_does_not_stand_there(repo: GitRepo, old: str) -> None:
    run = changed(repo, {old: BROKEN * 9}, {old: None, "template.py": BROKEN * 9})
    assert run.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("old", "new", "content"),
    [
        ("notes", "SConstruct", BROKEN * 9),
        ("docs/sample.so", "src/json.so", "\x7fELF" * 99),
        ("data/x.pyc", "app.pyc", "\x00" * 99),
    ],
)
def test_a_name_that_makes_a_gap_is_no_old_gap(
    repo: GitRepo, old: str, new: str, content: str
) -> None:
    run = changed(repo, {old: content}, {old: None, new: content})
    assert run.verdict is Verdict.INCOMPLETE


def test_a_gap_that_one_of_two_merge_bases_has_decides(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    run = criss_cross(repo, {"left.py": "y = 1\n"}, {"template.py": BROKEN})
    assert run.verdict is Verdict.PASS
    assert [item.existing for item in run.skipped] == [True]


def test_a_moved_file_that_was_edited_does_not_stand_there(repo: GitRepo) -> None:
    before = {"old/t.py": BROKEN * 9}
    run = changed(repo, before, {"old/t.py": None, "new/t.py": BROKEN * 9 + "x = 1\n"})
    assert run.verdict is Verdict.INCOMPLETE


def test_a_file_that_only_becomes_executable_stands_there(repo: GitRepo) -> None:
    repo.commit({"template.py": BROKEN})
    repo.git("checkout", "-q", "-b", "feature")
    (repo.path / "template.py").chmod(0o755)
    repo.commit({})
    assert gated(repo).verdict is Verdict.PASS


def test_the_bad_file_beside_it_blocks_all_the_same(repo: GitRepo) -> None:
    before = {"old/template.py": BROKEN * 9}
    after = {"old/template.py": None, "new/template.py": BROKEN * 9, "bad.py": BAD}
    assert changed(repo, before, after).verdict is Verdict.BLOCK


def test_pins_that_cannot_be_audited_for_want_of_a_database_decide(repo: GitRepo) -> None:
    on_a_branch(repo)
    repo.commit({"requirements.txt": "jinja2==3.1.6\n", "b.py": "y = 2\n"})
    also_on_main(repo, {"requirements.txt": "jinja2==3.1.6\n"})
    assert gated(repo).verdict is Verdict.INCOMPLETE
