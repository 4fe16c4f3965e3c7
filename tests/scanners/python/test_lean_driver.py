"""The lean driver says what bandit's own manager says: results, order, skips and metrics."""

import gc
import io
import re
import subprocess
import sys
import sysconfig
import tokenize
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.python.bandit.engine import (
    Unparsable,
    bandit_manager,
    examine,
    examine_by_manager,
)
from tidegate.scanners.python.bandit.issue import Hush, Metrics, metrics_of, metrics_of_bandit
from tidegate.scanners.python.bandit.lean_gates import CALL_GATES, CONFIGURED_CALLS
from tidegate.scanners.python.bandit.sources import is_verified
from tidegate.tests.scanners.python.newer import found
from tidegate.tests.scanners.python.programs import (
    CALLS,
    HEADS,
    IMPORTS,
    LITERALS,
    STATEMENTS,
    programs,
)

LONE_RETURN = re.compile(rb"\r(?!\n)")
LIBRARY = Path(sysconfig.get_path("stdlib"))
Row = tuple[object, ...]


def ours(source: bytes) -> tuple[list[Row], Metrics] | str:
    try:
        issues = examine("a.py", source).issues
    except Unparsable as error:
        return str(error)
    rows: list[Row] = [
        (i.rule, i.text, i.first_line, i.location, i.severity, i.confidence, i.cwe)
        for i in issues
        if not i.hush
    ]
    return rows, metrics_of(source, issues)


def theirs(source: bytes) -> tuple[list[Row], Metrics] | str:
    """As bandit's command line runs it, comments obeyed."""
    manager = bandit_manager(obey_nosec=True)
    manager.results, manager.skipped, manager.scores = [], [], []
    manager._parse_file("a.py", io.BytesIO(source), ["a.py"])
    if manager.skipped:
        return str(manager.skipped[0][1])
    told = [issue for issue in examine_by_manager("a.py", source).issues if not issue.hush]
    assert len(told) == len(manager.results)
    rows: list[Row] = [
        (i.rule, i.text, min([r.lineno, *r.linerange]), i.location, i.severity, i.confidence, i.cwe)
        for i, r in zip(told, manager.results, strict=True)
    ]
    return rows, metrics_of_bandit(manager.metrics.data["a.py"])


def assert_alike(source: bytes) -> None:
    """Both say the same of `source`.

    From Python 3.12 on tokenizing cuts characters in two behind a lone carriage return, and
    bandit skips the file, which Python runs; then ours is what bandit says with line feeds.
    """
    said = ours(source)
    if said != theirs(source):
        with pytest.raises(UnicodeDecodeError):
            list(tokenize.tokenize(io.BytesIO(source).readline))
        assert said == theirs(LONE_RETURN.sub(b"\n", source))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(HEADS), st.lists(programs, max_size=6), st.sampled_from(["utf-8", "latin-1"])
)
def test_any_program_is_judged_alike(head: str, parts: list[list[str]], encoding: str) -> None:
    text = "\n".join([head, *(line for part in parts for line in part), ""])
    source = text.encode(encoding, "replace")
    assert ours(source) == theirs(source)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_skipped_alike(source: bytes) -> None:
    assert_alike(source)
    assert_alike(b"eval(x) # nosec\n" + source)


def test_the_programs_made_open_every_gate_of_bandit() -> None:
    """Each plugin finds something in the lines that the programs are made of."""
    literals = "".join(f"x = {line}\n" for line in LITERALS.splitlines())
    handlers = "try:\n  x\nexcept:\n  pass\nfor i in x:\n  try:\n    x\n  except:\n    continue\n"
    source = "\n".join([IMPORTS, CALLS, STATEMENTS, literals, handlers, "# \u202e"]).encode()
    assert ours(source) == theirs(source)
    tests = bandit_manager(obey_nosec=False).b_ts.tests
    plugins = {plugin._test_id for found in tests.values() for plugin in found} - {"B001"}
    assert {issue.rule for issue in examine("a.py", source).issues} >= plugins


def test_every_gate_is_one_of_a_plugin() -> None:
    calls = {plugin.__name__ for plugin in bandit_manager(obey_nosec=False).b_ts.tests["Call"]}
    gated = CALL_GATES.keys() | CONFIGURED_CALLS.keys()
    assert gated | {"blacklist", "markupsafe_markup_xss"} == calls


NAMES: tuple[str, ...] = (
    "subprocess",
    "pickle",
    "tarfile",
    "ftplib",
    "platform",
    "ssl",
    "uuid",
    "http/server",
)
NAMES += ("xml/sax/expatreader", "sqlite3/dump", "test/test_tarfile", "test/test_shelve")


@pytest.mark.parametrize("name", NAMES)
def test_the_standard_library_is_judged_alike(name: str) -> None:
    source = (LIBRARY / f"{name}.py").read_bytes()
    assert ours(source) == theirs(source)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\0",
        b"def f(:\n",
        b"x = '\xe9'\n",
        b"# a\n# b\nx = '\xe9'\n",
        b"# coding: latin-1\nx = '/tmp/\xe9'\n",
        b"# coding: nonsense\neval(x)\n",
        b"# coding: utf-7\n+AGU-val(x) +ACM-nosec\n",
        b"# coding: utf-7\nx = '+IC4-'\n",
        b"\xef\xbb\xbf# coding: latin-1\neval(x)\n",
        b"if x:\n    eval(x)  # nosec\n  y\n",
        b"eval(x)  # nosec\r'/tmp'\r",
        b"eval(x)  # nosec\n(",
        b"\r\xc2\x80",
        b"eval(x)  # nosec\n\r\xc2\x80",
        b"eval(x)\r'\xc3\xa9'",
        "x = '\u202e'  # nosec B613\n".encode(),
        "# \u2066\neval(x)\n".encode(),
        b"(" * 4000,
        b"1" + b"+1" * 9999,
        b"x = " + b"[" * 90 + b"eval('/tmp')" + b"]" * 90,
        b"x = '/tmp'" + b"+'/tmp'" * 300 + b"  # nosec\n",
    ],
    ids=lambda source: repr(source[:30]),
)
def test_odd_sources_are_judged_alike(source: bytes) -> None:
    assert_alike(source)


def test_returns_between_lines_do_not_hide_a_file() -> None:
    for note in ("", " # nosec"):
        source = f"'é'\reval(x){note}\r'é'\r".encode()
        (finding,) = found(source)
        assert (finding.rule, finding.line) == ("B307", 2)


def test_the_kind_of_comment_that_hides_is_told() -> None:
    source = b"eval(a)\neval(b)  # nosec\neval(c)  # nosec B307\neval(d)  # nosec B102\n"
    hushes = [issue.hush for issue in examine("a.py", source).issues]
    assert hushes == [Hush.NONE, Hush.BLANKET, Hush.NAMED, Hush.NONE]


def test_no_tree_is_left_to_the_garbage_collector() -> None:
    source = (LIBRARY / "tarfile.py").read_bytes()
    left = {}
    for judge in (examine, examine_by_manager):
        judge("a.py", source)
        gc.collect()
        gc.disable()
        try:
            judge("a.py", source)
            left[judge] = gc.collect()
        finally:
            gc.enable()
    assert left[examine] < 500, "what plugins themselves leave"
    assert left[examine_by_manager] > 5000


def test_a_bandit_of_other_sources_runs_under_its_own_manager(tmp_path: Path) -> None:
    """The installed bandit with one plugin changed, ahead of it on the path."""
    import bandit

    assert is_verified()
    copytree(Path(bandit.__file__).parent, tmp_path / "bandit")
    plugin = tmp_path / "bandit" / "plugins" / "exec.py"
    plugin.write_text(plugin.read_text().replace("Use of exec detected.", "CHANGED"))
    program = (
        "from tidegate.scanners.registry import SCANNERS as S\n"
        "from tidegate.scanners.python.bandit.engine import examine\n"
        "print(S['bandit'].versions(None).get('bandit driver'))\n"
        "found = examine('a.py', b'exec(x)\\nexec(y) # nosec').issues\n"
        "print([(i.text, i.hush.value) for i in found])\n"
        "import sys; print('tidegate.scanners.python.bandit.lean_driver' in sys.modules)\n"
    )
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{program}"
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    driver, issues, is_lean = out.splitlines()
    assert driver.startswith("bandit's own")
    assert issues == "[('CHANGED', ''), ('CHANGED', 'blanket')]"
    assert is_lean == "False"
