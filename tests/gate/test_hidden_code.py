"""Code under a name, in a form or of a size that a gate might take for nothing."""

import json

from tidegate.records.run import Verdict
from tidegate.tests.gate.gating import GOOD, changed
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
