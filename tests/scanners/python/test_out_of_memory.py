"""Want of memory is the machine's failure: it is told, and no cache keeps it."""

import subprocess
import sys

import pytest

from tidegate.records.finding import Finding
from tidegate.scanners.python.code import HOLLOWED
from tidegate.tests.scanners.python.newer import gaps, remarks, scanned

PROGRAM = """\
import resource
from tidegate.scanners.registry import SCANNERS
from tidegate.tests.scanners.python.newer import gaps, scanned

scanned("eval(x)\\ntype X = t''\\n")
source = b"eval(x)\\nx = [" + b"1, " * 1_000_000 + b"]\\n"
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + (16 << 20),) * 2)
for gap in gaps(scanned(source)):
    print(gap.reason, SCANNERS["bandit"].is_lasting(gap), sep=": ")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit does not bind")
def test_want_of_memory_is_a_passing_gap() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = done.stdout.splitlines()
    assert "memory ran out: False" in told, done.stderr
    assert not [line for line in told if line.endswith("True")]


def test_a_statement_too_complex_for_the_parser_is_no_want_of_memory() -> None:
    items = scanned(f"import os\nx = {'-' * 7000}os.system(y)\neval(y)\n")
    assert [gap.reason for gap in gaps(items)] == [HOLLOWED]
    assert remarks(items)
    assert [item.rule for item in items if isinstance(item, Finding)] == ["B307", "S605"]
