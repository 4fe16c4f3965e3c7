"""Bad code with something beside it, or in a shape, that is to hide it: it blocks all the same."""

import pytest

from tidegate.records.run import Decision, GateRun, Verdict
from tidegate.tests.gate.gating import BAD, GOOD, Files, criss_cross, gated, reasons
from tidegate.tests.real import GitRepo

SHELL = "import subprocess\n\n\ndef run(name, request):\n    subprocess.call({}, shell=True)\n"
EVAL = "def f(request):\n    return eval({})\n"
EXPRESSION = 'request.args["x"]'
BANDIT = "skips: [B301, B403]\nexclude_dirs: ['.']\n"
LINTERS = "[tool.bandit]\nskips = ['B301']\nexclude_dirs = ['.']\n[tool.ruff]\nexclude = ['*']\n"

ATTACKS: dict[str, tuple[Files, Files, Files]] = {
    "an added nosec": (
        {},
        {"b.py": BAD},
        {"b.py": BAD.replace("(data)\n", "(data)  # nosec B301  # noqa: S301\n")},
    ),
    "a nosec beside what stood there": (
        {"b.py": BAD},
        {"b.py": BAD + "\n\ndef again(data):\n    return pickle.loads(data)\n"},
        {"b.py": BAD + "\n\ndef again(data):\n    return pickle.loads(data)  # nosec\n"},
    ),
    "bandit's configuration": (
        {},
        {"b.py": BAD},
        {
            "b.py": BAD,
            ".bandit": "[bandit]\nskips = B301,B403\nexclude = b.py\n",
            "bandit.yaml": BANDIT,
            "pyproject.toml": LINTERS,
        },
    ),
    "excluded paths": (
        {},
        {"b.py": BAD},
        {
            "b.py": BAD,
            ".gitignore": "*.log\n",
            ".gitattributes": "*.py binary -diff -text export-ignore linguist-generated\n",
            "ruff.toml": "exclude = ['*']\n",
            "setup.cfg": "[flake8]\nexclude = *\n[bandit]\nexclude = *\n",
        },
    ),
    "an edited eval": (
        {"b.py": EVAL.format('"1+1"')},
        {"c.py": EVAL.format(EXPRESSION)},
        {"b.py": EVAL.format(EXPRESSION)},
    ),
    "one swapped for a worse one of its rule": (
        {"b.py": SHELL.format('"ls " + name')},
        {"c.py": SHELL.format(EXPRESSION)},
        {"b.py": SHELL.format(EXPRESSION)},
    ),
    "one swapped for a worse one elsewhere": (
        {"b.py": SHELL.format('"ls " + name'), "web.py": GOOD},
        {"web.py": GOOD + SHELL.format(EXPRESSION)},
        {"b.py": GOOD, "web.py": GOOD + SHELL.format(EXPRESSION)},
    ),
    "a file beside it that cannot be parsed": (
        {},
        {"b.py": BAD},
        {"b.py": BAD, "a.py": "def f(:\n", "n.ipynb": "{"},
    ),
}


def bad_code(run: GateRun) -> set[str]:
    """Where code blocks."""
    assert (run.verdict, run.exit_code) == (Verdict.BLOCK, 1)
    blocks = [item.finding for item in run.findings if item.decision is Decision.BLOCK]
    return {finding.path for finding in blocks if finding.tool != "tidegate"}


@pytest.mark.parametrize("name", ATTACKS)
def test_it_blocks_in_the_open_and_it_blocks_hidden(repo: GitRepo, name: str) -> None:
    before, control, attack = ATTACKS[name]
    repo.commit({"good.py": GOOD, **before})
    for branch, change in (("control", control), ("attack", attack)):
        repo.git("checkout", "-q", "-b", branch, "main")
        repo.commit(change)
        assert bad_code(gated(repo)) & {"b.py", "c.py", "web.py"}, branch


def test_what_cannot_be_parsed_is_told_beside_what_blocks(repo: GitRepo) -> None:
    repo.commit({"good.py": GOOD})
    repo.git("checkout", "-q", "-b", "attack")
    repo.commit(ATTACKS["a file beside it that cannot be parsed"][2])
    assert {"a.py", "n.ipynb"} <= reasons(gated(repo)).keys()


def test_a_file_that_git_ignores_from_then_on(repo: GitRepo) -> None:
    repo.commit({"good.py": GOOD})
    repo.git("checkout", "-q", "-b", "attack")
    repo.commit({"b.py": BAD})
    assert bad_code(gated(repo)) == {"b.py"}
    repo.commit({".gitignore": "b.py\n", ".git/info/exclude": "b.py\n"})
    assert bad_code(gated(repo)) == {"b.py"}


def test_a_merge_base_that_has_it_does_not_speak_for_the_others(repo: GitRepo) -> None:
    repo.commit({"good.py": GOOD})
    repo.git("checkout", "-q", "-b", "control")
    repo.commit({"b.py": BAD})
    assert bad_code(gated(repo)) == {"b.py"}
    repo.git("checkout", "-q", "main")
    attack = criss_cross(repo, {"b.py": BAD}, {"right.py": GOOD})
    assert bad_code(attack) == {"b.py"}
    repo.git("checkout", "-q", "-b", "swapped", "right")
    repo.commit({"b.py": None, "c.py": BAD})
    assert bad_code(gated(repo, base="left")) == {"c.py"}
