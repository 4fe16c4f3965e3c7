"""What the gate takes from the baseline of the base branch, and what it never does."""

import pytest

from tidegate.errors import ConfigError
from tidegate.gate.baseline_file import NAME
from tidegate.records.run import GateRun, State
from tidegate.tests.gate.baselines import all_new, baseline_of
from tidegate.tests.gate.gating import BAD, GOOD, gated
from tidegate.tests.gate.importing import imported, states
from tidegate.tests.real import GitRepo
from tidegate.tests.sarif_logs import result, run

DOCKER = "FROM python\nRUN curl http://example.com/a\nUSER root\nEXPOSE 80\n"
MOVED = "FROM python\nUSER root\nLABEL a=b\nEXPOSE 80\nRUN curl http://example.com/a\n"
TOLD = [result("R", "Dockerfile", 2), result("S", "Dockerfile", 4)]


@pytest.fixture
def start(repo: GitRepo) -> GitRepo:
    repo.commit({"good.py": GOOD})
    return repo


def test_a_broken_one_at_the_base_is_an_error_and_one_at_head_is_not(start: GitRepo) -> None:
    start.git("checkout", "-q", "-b", "feature")
    start.commit({"a.py": GOOD, NAME: "broken\n"})
    gated(start)
    start.git("checkout", "-q", "-b", "next")
    start.commit({"b.py": GOOD})
    with pytest.raises(ConfigError, match=f"{NAME} at .*, line 1"):
        gated(start, base="feature")


# Of what other tools find


def dockerfile(repo: GitRepo, *, known: bool) -> GitRepo:
    """A repository whose branch moves lines of a file that another tool found things in."""
    repo.commit({"Dockerfile": "FROM python\n"})
    repo.git("checkout", "-q", "-b", "made")
    repo.commit({"Dockerfile": DOCKER})
    entries = baseline_of(imported(repo, run("T", TOLD)))
    repo.git("checkout", "-q", "main")
    repo.commit({"Dockerfile": DOCKER} | ({NAME: entries} if known else {}))
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"Dockerfile": MOVED})
    return repo


AT_HEAD = [result("R", "Dockerfile", 5), result("S", "Dockerfile", 4)]


def test_a_known_result_whose_line_moved_is_existing(repo: GitRepo) -> None:
    found = dict.fromkeys([4, 5], State.EXISTING)
    run_ = imported(dockerfile(repo, known=True), run("T", AT_HEAD))
    assert {line: state for _, line, state in states(run_)} == found
    assert "the baseline at the base: 2 results of other tools are known to it" in run_.notices


@pytest.mark.parametrize(("known", "tool"), [(False, "T"), (True, "Other")])
def test_without_an_entry_of_its_tool_it_is_new(repo: GitRepo, known: bool, tool: str) -> None:
    run_ = imported(dockerfile(repo, known=known), run(tool, AT_HEAD))
    assert ("Dockerfile", 5, State.NEW) in states(run_)


def test_what_the_tool_found_at_the_base_is_believed_before_it(repo: GitRepo) -> None:
    run_ = imported(dockerfile(repo, known=True), run("T", AT_HEAD), base=[run("T", [])])
    assert {state for _, _, state in states(run_)} == {State.NEW}


def test_one_entry_is_for_one_result_and_for_its_code_alone(repo: GitRepo) -> None:
    dockerfile(repo, known=True)
    repo.commit({"Dockerfile": MOVED + "RUN curl http://example.com/a\nRUN curl http://evil/a\n"})
    more = [result("R", "Dockerfile", line) for line in (5, 6, 7)]
    found = [state for _, _, state in states(imported(repo, run("T", more)))]
    assert sorted(found) == sorted([State.EXISTING, State.NEW, State.NEW])


@pytest.mark.parametrize("left", ["", "RUN curl http://example.com/a\n"])
def test_a_stale_entry_lets_nothing_back_in(repo: GitRepo, left: str) -> None:
    bad, good = DOCKER + "RUN curl http://example.com/a\n", "FROM python\nUSER root\n" + left
    told = [result("R", "Dockerfile", line) for line in (2, 5)]
    repo.commit({"Dockerfile": "FROM python\n"})
    repo.git("checkout", "-q", "-b", "made")
    repo.commit({"Dockerfile": bad})
    entries = baseline_of(imported(repo, run("T", told)))
    repo.git("checkout", "-q", "main")
    repo.commit({"Dockerfile": good, NAME: entries})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"Dockerfile": bad})
    found = [state for _, _, state in states(imported(repo, run("T", told)))]
    expected = [State.EXISTING, State.NEW] if left else [State.NEW, State.NEW]
    assert sorted(found) == sorted(expected)


def test_masked_code_is_not_known(repo: GitRepo) -> None:
    """An entry cannot tell one secret from another."""
    was, now = "x: 1\napi_token: one\ny: 2\n", "y: 2\nx: 1\nz: 3\napi_token: two\n"
    repo.commit({"a.yml": "x: 1\n"})
    repo.git("checkout", "-q", "-b", "made")
    repo.commit({"a.yml": was})
    entries = baseline_of(imported(repo, run("T", [result("R", "a.yml", 2)])))
    repo.git("checkout", "-q", "main")
    repo.commit({"a.yml": was, NAME: entries})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.yml": now})
    run_ = imported(repo, run("T", [result("R", "a.yml", 4)]))
    assert [j.state for j in run_.findings if j.finding.tool == "T"] == [State.NEW]


# Stale entries


def stale(run_: GateRun) -> list[str]:
    return [notice for notice in run_.notices if notice.startswith(NAME)]


@pytest.fixture
def adopted(start: GitRepo) -> GitRepo:
    """A branch of a repository that has a finding and a baseline with it."""
    entries = all_new(start, {"a.py": BAD, "b.py": BAD})
    start.commit({"a.py": BAD, "b.py": BAD, NAME: entries})
    start.git("checkout", "-q", "-b", "feature")
    return start


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"a.py": GOOD}, "2 entries have"),
        ({"a.py": None}, "2 entries have"),
        ({"a.py": BAD.replace("pickle.loads(data)", "pickle.loads(b'')")}, "1 entry has"),
        ({"a.py": "# moved\n\n" + BAD}, ""),
        ({"a.py": None, "lib/a.py": BAD}, ""),
        ({"a.py": None, "c.py": BAD}, "2 entries have"),
        ({"good.py": "x = 1\n"}, ""),
        ({"a.py": "def f(:\n"}, ""),
        ({"a.py": GOOD, NAME: None}, ""),
        ({"a.py": GOOD, NAME: "broken"}, ""),
    ],
)
def test_entries_that_the_change_makes_stale_are_told(
    adopted: GitRepo, after: dict[str, str | None], told: str
) -> None:
    adopted.commit(after)
    notices = stale(gated(adopted))
    assert [told in notice and "baseline prune" in notice for notice in notices] == [True] * bool(
        told
    )


def test_a_change_that_prunes_them_itself_is_told_nothing(adopted: GitRepo) -> None:
    text = (adopted.path / NAME).read_text()
    kept = "".join(line for line in text.splitlines(keepends=True) if '"a.py"' not in line)
    adopted.commit({"a.py": GOOD, NAME: kept})
    assert stale(gated(adopted)) == []


def test_an_entry_of_a_secret_is_not_stale_because_the_gate_does_not_list_it(
    start: GitRepo,
) -> None:
    key = "token = 'ghp_" + "a1B2" * 9 + "'\n"
    entries = all_new(start, {"k.yml": key})
    assert '"secrets"' in entries
    start.commit({"k.yml": key, NAME: entries})
    start.git("checkout", "-q", "-b", "feature")
    start.commit({"k.yml": key + "# more\n"})
    assert stale(gated(start)) == []
