"""What git ignores, in `tidegate scan`, `baseline` and `policy check`, as processes."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidegate.gate.baseline_file import NAME
from tidegate.tests.real import GitRepo, Tidegate

BAD = "def load(data):\n    return eval(data)\n"
TOLD = "1 file and 1 folder that git ignores left out; --ignored looks at them too"


@pytest.fixture
def checkout(repo: GitRepo) -> GitRepo:
    repo.commit({".gitignore": ".venv/\n*.gen.py\n", "pkg/bad.py": BAD})
    repo.write({".venv/lib/bad.py": BAD, "pkg/made.gen.py": BAD})
    return repo


def scanned(tidegate: Tidegate, where: Path, *args: str) -> tuple[set[str], list[str]]:
    """The files with findings, and the notices."""
    document: dict[str, Any] = json.loads(tidegate("scan", "--format=json", *args, cwd=where).out)
    return {each["path"] for each in document["findings"]}, document["notices"]


def entries(checkout: GitRepo) -> str:
    return (checkout.path / NAME).read_text()


def test_a_scan_tells_what_it_leaves_out(checkout: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "--fail-on=LOW", cwd=checkout.path)
    assert "pkg/bad.py:2: B307" in answer.out
    assert f"Notice: {TOLD}" in answer.out
    assert ".venv" not in answer.out
    checkout.git("rm", "-q", "pkg/bad.py")
    assert tidegate("scan", "--fail-on=LOW", cwd=checkout.path).code == 0
    assert tidegate("scan", "--fail-on=LOW", "--ignored", cwd=checkout.path).code == 1
    assert tidegate("scan", "--fail-on=LOW", ".venv", cwd=checkout.path).code == 1


def test_the_cache_mixes_nothing_up(checkout: GitRepo, tidegate: Tidegate) -> None:
    everything = {"pkg/bad.py", "pkg/made.gen.py", ".venv/lib/bad.py"}
    for _ in range(2):
        assert scanned(tidegate, checkout.path) == ({"pkg/bad.py"}, [TOLD])
        assert scanned(tidegate, checkout.path, "--ignored") == (everything, [])
    checkout.git("add", "-f", "pkg/made.gen.py")
    told = "1 folder that git ignores left out; --ignored looks at them too"
    assert scanned(tidegate, checkout.path) == ({"pkg/bad.py", "pkg/made.gen.py"}, [told])
    checkout.write({".gitignore": ""})
    assert scanned(tidegate, checkout.path) == (everything, [])


def test_a_baseline_fits_a_clean_clone(
    checkout: GitRepo, tidegate: Tidegate, tmp_path: Path
) -> None:
    created = tidegate("baseline", "create", cwd=checkout.path)
    assert "1 finding in 1 file" in created.out
    assert TOLD in created.out
    checkout.commit({})
    checkout.git("clone", "-q", ".", str(tmp_path / "clone"))
    answer = tidegate("baseline", "diff", cwd=tmp_path / "clone")
    assert (answer.code, answer.out) == (0, "0 new, 1 known, 0 stale\n")
    answer = tidegate("baseline", "diff", cwd=checkout.path)
    assert (answer.code, answer.out) == (0, f"0 new, 1 known, 0 stale\n{TOLD}\n")


def test_a_baseline_of_what_is_ignored_too(checkout: GitRepo, tidegate: Tidegate) -> None:
    created = tidegate("baseline", "create", "--ignored", cwd=checkout.path)
    assert "3 findings in 3 files" in created.out
    assert "left out" not in created.out
    same = tidegate("baseline", "diff", "--ignored", cwd=checkout.path)
    assert (same.code, same.out) == (0, "0 new, 3 known, 0 stale\n")
    document = json.loads(tidegate("baseline", "diff", "--json", cwd=checkout.path).out)
    assert (document["known"], len(document["stale"]), document["unseen"]) == (1, 2, [])
    assert document["left_out"] == [TOLD]
    assert tidegate("baseline", "update", "--ignored", cwd=checkout.path).code == 0
    assert ".venv" in entries(checkout)
    pruned = tidegate("baseline", "prune", cwd=checkout.path)
    assert "2 dropped" in pruned.out
    assert TOLD in pruned.out
    assert ".venv" not in entries(checkout)


def test_policy_check_asks_git_too(checkout: GitRepo, tidegate: Tidegate) -> None:
    line = (
        '[[policy]]\nmatch = { path = ".venv/**" }\naction = "ignore"\nreason = "not ours at all"\n'
    )
    checkout.write({"tidegate.toml": line})
    answer = tidegate("policy", "check", cwd=checkout.path)
    assert "matches nothing here" in answer.out
    assert TOLD in answer.out
    told = json.loads(tidegate("policy", "check", "--json", cwd=checkout.path).out)
    assert (told["lines"][0]["matched"], told["left_out"]) == (0, [TOLD])
    assert "decides 1 of 1" in tidegate("policy", "check", "--ignored", cwd=checkout.path).out


def test_a_broken_repository_is_looked_at_whole(checkout: GitRepo, tidegate: Tidegate) -> None:
    (checkout.path / ".git" / "index").write_bytes(b"DIRC damaged")
    found, (notice,) = scanned(tidegate, checkout.path)
    assert found == {"pkg/bad.py", "pkg/made.gen.py", ".venv/lib/bad.py"}
    assert notice.startswith("what git ignores is looked at too: git cannot read")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_repository_is_looked_at_whole(checkout: GitRepo, tidegate: Tidegate) -> None:
    for place in (checkout.path, *checkout.path.rglob("*")):
        os.chown(place, 54321, 54321, follow_symlinks=False)
    found, (notice,) = scanned(tidegate, checkout.path)
    assert found == {"pkg/bad.py", "pkg/made.gen.py", ".venv/lib/bad.py"}
    assert "does not trust" in notice
    assert "safe.directory" in notice


def test_no_checkout_has_nothing_ignored(tmp_path: Path, tidegate: Tidegate) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n")
    (folder / "bad.py").write_text(BAD)
    assert scanned(tidegate, folder) == ({"bad.py"}, [])


def test_an_environment_has_nothing_ignored(checkout: GitRepo, tidegate: Tidegate) -> None:
    answer = tidegate("scan", "--environment", ".venv", "--ignored", cwd=checkout.path)
    assert answer.code == 2
    assert "it stands alone" in answer.err


@pytest.mark.parametrize("named", [".", "pkg", "in"])
def test_a_program_of_the_tree_is_not_taken_for_git(
    checkout: GitRepo, new_repo: Callable[[str], GitRepo], tidegate: Tidegate, named: str
) -> None:
    planted = checkout.path / "in" / "git"
    planted.parent.mkdir()
    inner = new_repo("repo/in/deep")
    inner.commit({".gitignore": "gen.py\n", "git": f"#!/bin/sh\ntouch {checkout.path}/ran\n"})
    inner.write({"gen.py": BAD})
    planted.write_bytes((inner.path / "git").read_bytes())
    for program in (planted, inner.path / "git"):
        program.chmod(0o755)
    path = os.pathsep.join([str(planted.parent), str(inner.path), os.environ["PATH"]])
    answer = tidegate("scan", named, cwd=checkout.path, env={"PATH": path})
    assert "that git ignores left out" in answer.out
    assert not (checkout.path / "ran").exists()
