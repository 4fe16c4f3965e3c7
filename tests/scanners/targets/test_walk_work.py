"""The work that a walk costs, counted and not timed."""

import subprocess
import sys
from pathlib import Path

from tidegate.tests.scanners.targets.walking import put

COUNTED = """
import sys
from pathlib import Path
from tidegate.scanners.targets.walk import walk
events = []
sys.addaudithook(lambda event, _: events.append(event))
for folder in sys.argv[1:]:
    walk([Path(folder)], Path.cwd(), 10**6)
    events.clear()
    files = walk([Path(folder)], Path.cwd(), 10**6).target.files
    print(len(files), events.count("os.scandir"), events.count("open"))
"""


def test_the_work_grows_as_the_tree_does(tmp_path: Path) -> None:
    """Each folder is listed once, and ten times the files are opened ten times as often."""
    for top, folders in (("small", 5), ("large", 50)):
        names = [f"{top}/{n}/{name}" for n in range(folders) for name in ("a.py", "b.md", "c")]
        put(tmp_path, *names, text="words (and) more words\n")
    done = subprocess.run(
        [sys.executable, "-P", "-c", COUNTED, "small", "large"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    small, large = ([int(n) for n in line.split()] for line in done.stdout.splitlines())
    assert small[:2] == [15, 6]
    assert large[:2] == [150, 51]
    assert 0 < large[2] <= 10 * small[2]
