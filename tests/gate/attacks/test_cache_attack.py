"""A cache of scans whose every row says that nothing was found: the gate looks for itself."""

import json
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from sqlite3 import connect

from tidegate.records.run import Verdict
from tidegate.tests.cli.witnessing import cache_of, witnessed
from tidegate.tests.gate.gating import BAD, gated
from tidegate.tests.real import GitRepo, Tidegate


def poison(path: Path) -> int:
    """Make each row of a cache say that nothing was found; how many there are."""
    nothing = b"[{},[]]"
    with closing(connect(path, isolation_level=None)) as database:
        keys = [key for (key,) in database.execute("SELECT key FROM answer")]
        for key in keys:
            value = blake2b(key + nothing, digest_size=8).digest() + nothing
            database.execute("UPDATE answer SET value = ? WHERE key = ?", (value, key))
    return len(keys)


def test_a_poisoned_row_hides_nothing(tmp_path: Path, repo: GitRepo, tidegate: Tidegate) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"a.py": BAD})
    assert gated(repo, base="HEAD^").verdict is Verdict.BLOCK
    tidegate("scan", cwd=repo.path)
    assert poison(cache_of(tmp_path)) >= 1
    fooled = tidegate("scan", "--format", "json", cwd=repo.path)
    assert json.loads(fooled.out)["findings"] == [], "scan believes its cache"
    gate = ("gate", "--format", "json", "--base", "HEAD^")
    text, used = witnessed(*gate, cwd=repo.path, home=tmp_path / "home")
    assert (json.loads(text)["verdict"], json.loads(text)["exit_code"]) == ("BLOCK", 1)
    assert "cache" not in used
    assert "tidegate.scanners.cache" not in used
