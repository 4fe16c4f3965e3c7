"""What CI runs Tidegate by way of: a makefile, a script, and what these call."""

import pytest

from tidegate.gate.judge_files.calls import by_name, calls_in, part_of
from tidegate.records.run import Decision
from tidegate.tests.gate.gating import Files, gated
from tidegate.tests.real import GitRepo

CI = ".github/workflows/ci.yml"
PIPELINE = "on: pull_request\njobs:\n  gate:\n    steps:\n      - run: {}\n"
MAKEFILE = "all: lint\n\nlint:\n\truff check\n\ngate: venv\n\t{}\n\nvenv:\n\tpython -m venv .venv\n"
SCRIPT = "#!/bin/sh\nexec tidegate gate\n"


def told(repo: GitRepo, before: Files, after: Files) -> list[tuple[str, bool]]:
    repo.commit(before)
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(after)
    found = gated(repo, scanners={}).findings
    return [(item.finding.path, item.decision is Decision.BLOCK) for item in found]


CHAINS: dict[str, Files] = {
    "a script": {CI: PIPELINE.format("./quality/gate"), "quality/gate": SCRIPT},
    "a module": {CI: PIPELINE.format("python -m quality.gate"), "quality/gate.py": SCRIPT},
    "a makefile": {CI: PIPELINE.format("make gate"), "Makefile": MAKEFILE.format("tidegate gate")},
    "a script of a makefile": {
        CI: PIPELINE.format("make -s gate"),
        "Makefile": MAKEFILE.format("quality/gate"),
        "quality/gate": SCRIPT,
    },
    "a script of a job that is called so": {
        CI: PIPELINE.format("./quality/gate  # Tidegate"),
        "quality/gate": SCRIPT,
    },
    "a script that is kept for tests": {
        CI: PIPELINE.format("bash $PWD/tests/gate.sh  # Tidegate"),
        "tests/gate.sh": SCRIPT,
    },
    "a script of a script in its folder": {
        CI: PIPELINE.format("cd quality && ./all.py"),
        "quality/all.py": "import os\nos.system('./gate.py')\n",
        "quality/gate.py": SCRIPT,
    },
}


@pytest.mark.parametrize("name", CHAINS)
def test_whatever_leads_to_tidegate_judges(repo: GitRepo, name: str) -> None:
    chain = CHAINS[name]
    edits = {path: f"# {content!s}" for path, content in chain.items()}
    assert told(repo, chain, edits) == [(path, True) for path in sorted(edits)]


def test_it_says_which_pipeline_leads_there(repo: GitRepo) -> None:
    told(repo, CHAINS["a script"], {"quality/gate": None})
    [item] = gated(repo, scanners={}).findings
    assert f"which {CI} leads to): it goes away" in item.finding.message


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {CI: PIPELINE.format("make lint"), "Makefile": MAKEFILE.format("tidegate")},
            {CI: "on: x\n"},
        ),
        ({CI: PIPELINE.format("# ./x/gate"), "x/gate": SCRIPT}, {"x/gate": "true\n"}),
        ({CI: PIPELINE.format("pytest"), "src/a.py": "import tidegate\n"}, {"src/a.py": "x = 1\n"}),
        ({CI: PIPELINE.format("./x/gate")}, {CI: "on: x\n", "x/gate": SCRIPT}),
    ],
    ids=["another target", "a comment", "not called", "not there yet"],
)
def test_what_does_not_lead_there_does_not(repo: GitRepo, before: Files, after: Files) -> None:
    assert told(repo, before, after) == []


def test_calls_of_a_text() -> None:
    tree = by_name(["a/b.py", "c/d.sh", "e/d.sh", "Makefile", "pkg/__main__.py", "run"])
    text = "x b.py d.sh c/d.sh ./run && make -j2 all X=1 # no\n - python -m pkg --make\n"
    assert set(calls_in(text, tree)) == {
        ("a/b.py", frozenset()),
        ("c/d.sh", frozenset()),
        ("run", frozenset()),
        ("Makefile", frozenset({"-j2", "all", "X", "1"})),
        ("pkg/__main__.py", frozenset()),
    }


def test_what_a_target_needs() -> None:
    text = "A := 1\na: b\n\t1\nb c: e\n\t2\nd: a\n\t4\n"
    assert part_of(text, ["a"]).splitlines() == ["a: b", "\t1", "b c: e", "\t2"]
    assert part_of(text, ["%"]) == part_of(text, []) == text
