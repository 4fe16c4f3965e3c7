"""Code under a name, in a form or of a size that a gate might take for nothing."""

import json

import pytest

from tidegate.records.run import Verdict
from tidegate.tests.gate.gating import GOOD, changed, reasons
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
