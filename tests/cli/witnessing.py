"""The command line run so that it tells what it used: modules, files, and the cache of scans."""

import os
import subprocess
import sys
from pathlib import Path

WITNESSED = """
import sys
used = set()
def hear(event, arguments):
    if event in ("open", "sqlite3.connect") and "scan.db" in str(arguments[0]):
        used.add("cache")
    if event == "open" and isinstance(arguments[0], str):
        used.add("opened:" + arguments[0].rpartition("/")[2])
sys.addaudithook(hear)
sys.argv = ["tidegate", *sys.argv[1:]]
try:
    from tidegate.cli.main import main
    main()
finally:
    print(*sorted(used | set(sys.modules)), file=sys.stderr)
"""


def cache_of(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".cache" / "tidegate" / "scan.db"


def witnessed(*arguments: str, cwd: Path, home: Path) -> tuple[str, set[str]]:
    """What a call prints, and what it used: modules, and `cache` for the cache."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITNESSED, *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.stdout.decode(), set(done.stderr.decode().splitlines()[-1].split())
