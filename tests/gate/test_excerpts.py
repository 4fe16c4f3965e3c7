"""Code around new findings: shown where it may be, and never a line of a secret."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tidegate.gate.evidence.excerpts import with_excerpts
from tidegate.gate.run import Request, run_gate
from tidegate.records.finding import Finding, Level, Skipped
from tidegate.records.run import Decision, Excerpt, Judged, State
from tidegate.scanners.interface import Context, Kind, SourceFile
from tidegate.scanners.registry import SCANNERS
from tidegate.scanners.secrets.excerpts import MAX_EXCERPTS, MAX_LINES, MAX_WIDTH
from tidegate.scanners.targets.sides import Side
from tidegate.tests.gate.gating import BAD
from tidegate.tests.real import GitRepo

KEY = "AKIA" + "QWERTYUIOPASDFGH"
PATH = "app/run.py"


def finding(
    line: int = 3,
    end_line: int = 0,
    path: str = PATH,
    tool: str = "bandit",
    rule: str = "B307",
    message: str = "eval",
) -> Finding:
    return Finding(
        tool=tool,
        rule=rule,
        message=message,
        path=path,
        line=line,
        end_line=end_line or line,
        severity=Level.MEDIUM,
        confidence=Level.HIGH,
        remedy="",
    )


def judged(found: Finding, state: State = State.NEW, decision: Decision = Decision.BLOCK) -> Judged:
    return Judged(finding=found, fingerprint="", state=state, decision=decision, decided_by="")


def side(files: Mapping[str, str | bytes]) -> Side:
    contents = {
        path: text.encode() if isinstance(text, str) else text for path, text in files.items()
    }
    kinds = {".py": Kind.PYTHON, ".ipynb": Kind.NOTEBOOK}
    known = tuple(SourceFile(path, kinds.get(Path(path).suffix, Kind.OTHER)) for path in files)
    return Side(known, (), 0, contents, lambda _path: None)


def around(
    text: str | bytes, *findings: Finding, path: str = PATH, gaps: tuple[Skipped, ...] = ()
) -> Excerpt | None:
    """The excerpt of the first of the findings in a file of that text."""
    context = Context(Path("none.db"), file_timeout=20, workers=1)
    return with_excerpts([*map(judged, findings)], gaps, side({path: text}), context)[0].excerpt


def test_the_gate_gives_new_findings_their_code_where_it_is_asked_for(repo: GitRepo) -> None:
    repo.commit({"old.py": BAD, "pin.txt": "x"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"new.py": f"\n{BAD}", "old.py": f"{BAD}\n\nx = 1\n"})
    flags = {"database": str(repo.path.parent / "none.db")}
    found = {}
    for wanted in (True, False):
        request = Request(repo=repo.path, base="main", flags=flags, env={}, excerpts=wanted)
        run = run_gate(request, SCANNERS)
        found[wanted] = {item.finding.path: item.excerpt for item in run.findings}
    lines = ("", "", "def load(data):", "    return pickle.loads(data)", "")
    assert found[True] == {"new.py": Excerpt(first=3, lines=lines), "old.py": None}
    assert found[False] == {"new.py": None, "old.py": None}


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f'key = "{KEY}"', KEY),
        ('password = "correct-horse-7"', "correct-horse-7"),
        ("# https://ada:s3cr3t-W0rd@example.com/", "s3cr3t-W0rd"),
        ('token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"', "ghp_0123"),
        ("-----BEGIN RSA PRIVATE KEY-----", "BEGIN"),
    ],
)
@pytest.mark.parametrize("path", [PATH, "app/run.js", "deploy.yaml"])
def test_no_line_that_a_rule_for_secrets_matches_is_shown(
    line: str, secret: str, path: str
) -> None:
    text = f"x = 1\n{line}\neval(x)\n"
    told = around(text, finding(path=path), path=path)
    assert told is None or secret not in "".join(filter(None, told.lines))
    if told and "BEGIN" not in line:
        assert told.lines == ("x = 1", None, "eval(x)", "")


def test_lines_of_findings_about_secrets_are_withheld_with_their_whole_statement() -> None:
    text = 'eval(x)\nlogin(\n    "ada",\n    "x"\n    "y",\n)\nz = 1\n'
    password = finding(line=4, rule="B106", message="Possible hardcoded password")
    told = around(text, finding(line=1), password)
    assert told == Excerpt(first=1, lines=("eval(x)", None, None, None))
    told = around(text, finding(line=7), password)
    assert told == Excerpt(first=4, lines=(None, None, None, "z = 1", ""))


@pytest.mark.parametrize(
    ("tool", "rule"),
    [
        ("secrets", "aws-access-key"),
        ("bandit", "B105"),
        ("ruff", "S106"),
        ("gitleaks", "x"),
        ("semgrep", "generic.secrets.x"),
    ],
)
def test_a_finding_about_a_secret_comes_without_code(tool: str, rule: str) -> None:
    text = "eval(x)\nx = 1\ny = 2\nz = 3\n"
    assert around(text, finding(line=2, tool=tool, rule=rule)) is None
    told = around(text, finding(line=1), finding(line=2, tool=tool, rule=rule))
    assert told == Excerpt(first=1, lines=("eval(x)", None, "y = 2", "z = 3"))


def test_all_of_a_private_key_is_withheld_however_short_its_lines_are() -> None:
    body = "\n".join(f"c2hvcnQ{n}" for n in range(60))
    head, end = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    text = f'eval(x)\nk = """{head}\n{body}\n{end}\n"""\neval(y)\n'
    last = text.count("\n")
    told = around(text, finding(line=last))
    assert told
    assert told.lines == (None, None, None, "eval(y)", "")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (PATH, "x = 1\ry = 2\neval(x)\n"),
        (PATH, b"# caf\xe9\n\neval(x)\n"),
        (PATH, "a\0b\n\neval(x)\n"),
        (PATH, f'key = "{KEY}"\n\neval(x\n'),
        ("a.ipynb", '{"cells": [\n\n"eval(x)"]}\n'),
        (PATH, "eval(x)\n"),
    ],
    ids=["carriage return", "latin-1", "NUL", "unparsable", "notebook", "no such line"],
)
def test_where_lines_cannot_be_told_for_sure_nothing_is_shown(path: str, text: str | bytes) -> None:
    assert around(text, finding(path=path), path=path) is None


def test_a_file_that_was_not_wholly_looked_at_shows_nothing() -> None:
    text = "x = 1\n\neval(x)\n"
    assert around(text, finding()) is not None
    gap = Skipped(what=PATH, reason="scanner timed out", path=PATH)
    assert around(text, finding(), gaps=(gap,)) is None


def test_an_excerpt_is_bounded() -> None:
    text = "x = 1\n" * 50 + f"{'y' * 10_000}\n" + "z = 1\n" * 100
    told = around(text, finding(line=50, end_line=140))
    assert told
    assert len(told.lines) == MAX_LINES
    assert max(len(line or "") for line in told.lines) == MAX_WIDTH + 1


def test_only_so_many_findings_come_with_code_and_those_that_block_first() -> None:
    text = "eval(x)\n" * 400
    reported = [judged(finding(line=n), decision=Decision.REPORT) for n in range(1, 201)]
    others = [
        judged(finding(line=1), State.EXISTING),
        judged(finding(line=1), State.FIXED),
        judged(finding(line=1), State.NEW, Decision.IGNORE),
    ]
    items = [*others, *reported, judged(finding(line=399))]
    context = Context(Path("none.db"), file_timeout=20, workers=1)
    told = with_excerpts(items, (), side({PATH: text}), context)
    assert [item.excerpt is None for item in told[:3]] == [True] * 3
    assert told[-1].excerpt is not None
    assert sum(item.excerpt is not None for item in told) == MAX_EXCERPTS
    assert [item.finding for item in told] == [item.finding for item in items]
