"""Bandit behind the seam says what bandit's own command line says, and hides nothing."""

import json
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from tidegate.records.finding import Finding, Level, Skipped
from tidegate.scanners.interface import Context, Kind, Said, SourceFile
from tidegate.scanners.registry import SCANNERS

CONTEXT = Context(database=Path("/nonexistent"))


@dataclass(frozen=True)
class OneFile:
    """A target of one file."""

    source: bytes
    path: str = "a.py"
    kind: Kind = Kind.PYTHON

    @property
    def files(self) -> tuple[SourceFile, ...]:
        return (SourceFile(self.path, self.kind),)

    def read(self, path: str) -> bytes:
        assert path == self.path
        return self.source


def scanned(source: str | bytes, kind: Kind = Kind.PYTHON) -> list[Said]:
    data = source.encode() if isinstance(source, str) else source
    return list(SCANNERS["bandit"].scan(OneFile(data, kind=kind), CONTEXT))


def findings(source: str, kind: Kind = Kind.PYTHON) -> list[Finding]:
    return [item for item in scanned(source, kind) if isinstance(item, Finding)]


def cli(path: Path) -> list[tuple[object, ...]]:
    """What bandit's own command line finds in a tree."""
    command = [sys.executable, "-m", "bandit", "-q", "-r", "--format", "json"]
    out = subprocess.run([*command, str(path)], capture_output=True, check=False).stdout
    return [
        (
            str(Path(found["filename"]).relative_to(path)),
            found["test_id"],
            found["line_number"],
            max([found["line_number"], *found["line_range"]]),
            found["issue_severity"],
            found["issue_confidence"],
            found["issue_cwe"].get("id"),
        )
        for found in json.loads(out)["results"]
    ]


def test_the_standard_library_s_own_code_gives_bandits_own_findings(tmp_path: Path) -> None:
    library = Path(sysconfig.get_path("stdlib"))
    ours = []
    names = ("subprocess", "pickle", "tarfile", "ftplib", "xmlrpc/client", "http/server", "uuid")
    for name in names:
        source = (library / f"{name}.py").read_bytes()
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(source)
        for item in SCANNERS["bandit"].scan(OneFile(source, path=f"{name}.py"), CONTEXT):
            assert isinstance(item, Finding)
            if not item.suppressed:
                place = (item.path, item.rule, item.line, item.end_line)
                ours.append((*place, str(item.severity), str(item.confidence), item.cwe))
    theirs = cli(tmp_path)
    assert len(theirs) > 20
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)


def test_what_nosec_hushes_is_told_apart() -> None:
    source = "eval(a)\neval(b)  # nosec\neval(c)  # nosec B102\n"
    assert [item.suppressed for item in findings(source)] == ["", "nosec", ""]


def test_two_alike_of_which_one_is_hushed() -> None:
    source = "assert a\nassert a  # nosec\n"
    assert [(f.line, f.suppressed) for f in findings(source)] == [(1, ""), (2, "nosec")]


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("B105", "password = 'hunter2'\n"),
        ("B106", "login(password='hunter2')\n"),
        ("B107", "def f(password='hunter2'):\n    pass\n"),
    ],
)
def test_a_password_stands_in_no_field(rule: str, source: str) -> None:
    (finding,) = findings(source)
    assert finding.rule == rule
    assert finding.message.startswith("Possible hardcoded password")
    assert "hunter2" not in repr(finding)


@pytest.mark.parametrize(
    "source",
    [
        b"def f(:\n",
        b"\0",
        b"x = '\xe9'\n",
        b"# coding: nonsense\n",
        b"(" * 4000,
    ],
)
def test_what_bandit_would_pass_over_is_skipped(source: bytes) -> None:
    (gap,) = scanned(source)
    assert isinstance(gap, Skipped)
    assert (gap.reason, gap.path, gap.tool) == ("cannot be parsed", "a.py", "bandit")
    assert gap.remedy


def test_what_no_tool_can_stand_is_skipped() -> None:
    (gap,) = scanned(b"1" + b"+1" * 99999)
    assert isinstance(gap, Skipped)
    assert (gap.path, gap.tool) == ("a.py", "bandit")


def test_a_finding_is_named_by_scope_and_code() -> None:
    plain = "class A:\n    def f(self, x):\n        return eval(x)\n"
    moved = "# note\n\n" + plain.replace("eval(x)", "eval(\n            x,  # why\n        )")
    (one,), (other,) = findings(plain), findings(moved)
    assert (one.scope, one.snippet) == (other.scope, other.snippet)
    assert one.scope == "A.f"
    assert one.line != other.line


def test_a_notebook_s_lines_are_those_of_its_file() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["eval(x)\n"]},
        {"cell_type": "code", "source": ["import os\n", "eval(x)\n"]},
        {"cell_type": "code", "source": ["def f(:\n"]},
        {"cell_type": "code", "source": ["!ls\n", "os.system(y)\n"]},
    ]
    document = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}, indent=1)
    items = scanned(document, Kind.NOTEBOOK)
    lines = document.splitlines()
    found = {item.rule: lines[item.line - 1] for item in items if isinstance(item, Finding)}
    assert "eval(x)" in found["B307"]
    assert "os.system(y)" in found["B605"]
    gaps = [item.reason for item in items if isinstance(item, Skipped)]
    assert gaps == ["notebook cell cannot be parsed"]


def test_levels_are_the_records_own() -> None:
    (finding,) = findings("eval(x)\n")
    assert (finding.severity, finding.confidence) == (Level.MEDIUM, Level.HIGH)
    assert finding.url.startswith("https://bandit.readthedocs.io/")


def test_plug_ins_of_other_packages_are_not_loaded(tmp_path: Path) -> None:
    """A package of the environment offers a bandit plug-in that leaves a mark when imported."""
    info = tmp_path / "evil-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[bandit.plugins]\nevil = evil:check\n")
    (tmp_path / "evil.py").write_text("print('MARK')\ndef check(context): pass\n")
    ours = (
        "from tidegate.scanners.registry import SCANNERS as S\n"
        "from tidegate.scanners.ignored import ignored_plugins\n"
        "from tidegate.tests.scanners.python.test_bandit import OneFile, CONTEXT\n"
        "print(len(list(S['bandit'].scan(OneFile(b'eval(x)'), CONTEXT))), ignored_plugins())\n"
    )
    theirs = "import bandit.core.extension_loader\n"
    outputs = []
    for program in (ours, theirs):
        code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{program}"
        env = {"HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        outputs.append(done.stdout)
    assert "MARK" not in outputs[0]
    assert outputs[0].startswith("1 [\"plug-in 'evil'")
    assert "MARK" in outputs[1], "bandit alone does load it"


@pytest.mark.parametrize("deep", [False, True])
def test_a_rule_that_fails_is_a_gap_and_the_others_go_on(deep: bool) -> None:
    call = 'RawSQL(**{"sql": request.GET["q"], "params": ()})'
    source = f"from django.db.models.expressions import RawSQL\n{call}\neval(x)\n"
    if deep:  # bandit's own manager takes over
        source += "y = " + "a + " * 220 + "a\n"
    items = scanned(source)
    gaps = [item for item in items if isinstance(item, Skipped)]
    assert [gap.reason for gap in gaps] == ["rule failed"]
    assert "B307" in {item.rule for item in items if isinstance(item, Finding)}


def test_a_syntax_error_is_told_with_its_line() -> None:
    (gap,) = scanned("x = 1\ndef f(:\n")
    assert isinstance(gap, Skipped)
    assert gap.detail.startswith("line 2: ")


def test_a_message_is_the_same_in_each_run() -> None:
    source = "import tarfile\ntarfile.open(a).extractall(members=[b, c])\n"
    (finding,) = [item for item in findings(source) if item.rule == "B202"]
    assert "0x" not in finding.message
