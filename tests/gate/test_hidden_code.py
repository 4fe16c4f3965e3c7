"""Code under a name, in a form or of a size that a gate might take for nothing."""

import json

import pytest

from tidegate.records.run import Verdict
from tidegate.repository.changes import changes_between
from tidegate.repository.git import Git
from tidegate.scanners.targets.sides import Base, sides_of
from tidegate.tests.gate.gating import GOOD, changed, gated, policy_of, reasons
from tidegate.tests.real import GitRepo


def test_a_notebook_that_says_it_is_in_r_is_read_as_python(repo: GitRepo) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "import pickle\npickle.loads(b'')\n"}
    kernel = {"kernelspec": {"language": "R", "name": "ir"}}
    hidden = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    run = changed(repo, {"a.py": GOOD}, {"n.ipynb": json.dumps(hidden)})
    assert run.verdict is Verdict.BLOCK


def test_a_notebook_in_r_passes(repo: GitRepo) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "x <- y %>% filter(!is.na(z))\n"}
    kernel = {"kernelspec": {"language": "R", "name": "ir"}}
    honest = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    run = changed(repo, {"a.py": GOOD}, {"n.ipynb": json.dumps(honest)})
    assert (run.verdict, run.skipped) == (Verdict.PASS, ())


PAYLOAD = "import pickle\npickle.loads(input())\n"


@pytest.mark.parametrize("name", ["deploy", "deploy.sh", "x.cgi"])
def test_a_shell_script_that_hands_itself_to_python(repo: GitRepo, name: str) -> None:
    shell = '#!/bin/sh\n""":"\n# about\n\nexec python3 "$0" "$@"\n"""\n'
    assert changed(repo, {"a.py": GOOD}, {name: shell + PAYLOAD}).verdict is Verdict.BLOCK


def test_a_shell_script_passes(repo: GitRepo) -> None:
    shell = '#!/bin/sh\nset -eu\nexec python3 -m tool "$@"\n'
    run = changed(repo, {"a.py": GOOD}, {"deploy": shell, "a.sh": shell})
    assert (run.verdict, run.coverage.scanned) == (Verdict.PASS, 0)


@pytest.mark.parametrize("padding", ["x = '" + "long" * 20_000 + "'\n", "# 64 KiB\n" * 9_000])
def test_code_behind_padding_in_a_file_without_an_ending(repo: GitRepo, padding: str) -> None:
    assert changed(repo, {"a.py": GOOD}, {"deploy": padding + PAYLOAD}).verdict is Verdict.BLOCK


def test_a_path_file_with_a_line_that_only_a_newer_python_ends(repo: GitRepo) -> None:
    run = changed(repo, {"a.py": GOOD}, {"a.pth": "./lib\x1cimport evil\n"})
    assert run.verdict is Verdict.INCOMPLETE


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"


@pytest.mark.parametrize("name", ["deploy", "x.cgi", "a.pth", "a.py"])
def test_what_git_lfs_keeps_elsewhere_is_told(repo: GitRepo, name: str) -> None:
    run = changed(repo, {"a.py": GOOD}, {name: POINTER, "photo.png": POINTER})
    assert (run.verdict, reasons(run)) == (Verdict.INCOMPLETE, {name: "LFS pointer"})


LARGE = "# padding\n" * 1000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("e.cgi", PAYLOAD + LARGE),
        ("z.spec", LARGE + PAYLOAD),
        ("deploy", PAYLOAD + LARGE),
        ("a.pth", "import evil\n" + LARGE),
        ("deploy.run", "#!/usr/bin/env python3\n" + LARGE + PAYLOAD),
        ("deploy.sh", '#!/bin/sh\n""":"\n' + LARGE + 'exec python3 "$0"\n"""\n' + PAYLOAD),
        ("e.py", PAYLOAD + LARGE),
    ],
)
@pytest.mark.parametrize("worktree", [False, True])
def test_code_in_a_file_that_is_too_large(
    repo: GitRepo, name: str, content: str, worktree: bool
) -> None:
    repo.commit({"a.py": GOOD, **policy_of(max_file_bytes="2048")})
    repo.write({name: content})
    repo.git("add", "-A")
    if not worktree:
        repo.commit({})
    run = gated(repo, base="HEAD" if worktree else "HEAD^", worktree=worktree)
    assert (run.verdict, reasons(run)) == (Verdict.INCOMPLETE, {name: "too large"})


def test_large_files_that_are_no_code_pass(repo: GitRepo) -> None:
    files: dict[str, str | bytes] = {
        "photo.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 9000,
        "data": b"\x7fELF\0" + b"x" * 9000,
        "notes.txt": "words, words\n" * 900,
        "CHANGES": "Plain words, not code.\n" * 900,
        "run.sh": "#!/bin/sh\nset -eu\nif true; then\n" + "  echo\n" * 2000 + "fi\n",
    }
    run = changed(repo, {"a.py": GOOD}, files, max_file_bytes="2048")
    assert (run.verdict, run.coverage.out_of_scope) == (Verdict.PASS, 5)


@pytest.mark.parametrize("name", ["a.pyc", "m.cpython-313-x86_64-linux-gnu.so", "b.pyz", "c.whl"])
def test_compiled_code_is_told_where_it_changes(repo: GitRepo, name: str) -> None:
    run = changed(repo, {"a.py": GOOD, "old.so": b"\0"}, {name: b"\0\1"})
    assert (run.verdict, reasons(run)) == (Verdict.INCOMPLETE, {name: "compiled code"})
    repo.commit({name: None, "b.py": GOOD})
    assert gated(repo).verdict is Verdict.PASS


def test_no_content_is_held_that_nobody_reads(repo: GitRepo) -> None:
    repo.commit({"a.py": GOOD})
    head = repo.commit({"b.py": GOOD, "photo.png": b"\x89PNG" * 9000, "c.txt": "words\n" * 99})
    git = Git.open(repo.path)
    base = Base(f"{head}^", changes_between(git, repo.git("rev-parse", "HEAD^"), head))
    _, side = sides_of(git, [base], head, max_bytes=10**6)
    assert set(side.contents) == {"b.py"}
    assert len(side.files) == 3
    assert len(side.read("photo.png")) == 36_000
