"""The gate on changes of locks, and locks that a change altered by hand."""

from tidegate.records.run import GateRun, State
from tidegate.tests.gate.gating import Files, changed
from tidegate.tests.real import GitRepo
from tidegate.tests.scanners.dependencies.locks import (
    A,
    B,
    pdm_lock,
    pdm_package,
    pipfile_lock,
    poetry_lock,
    poetry_package,
    uv_lock,
    uv_package,
)

EVIL = "https://me:pa55@evil.example/simple"


class Judge:
    """The gate, with a database, on a change of some files."""

    def __init__(self, repo: GitRepo, database: str) -> None:
        self.repo, self.database = repo, database

    def __call__(self, before: Files, after: Files) -> GateRun:
        return changed(self.repo, before, after, database=self.database)


def fresh(run: GateRun) -> list[str]:
    return [each.finding.rule for each in run.findings if each.state in (State.NEW, State.EDITED)]


def pipenv(*digests: str) -> str:
    return pipfile_lock({"heron": {"version": "==1.0", "hashes": list(digests)}})


CHANGED_HASH = {
    "uv.lock": (uv_lock(uv_package("heron")), uv_lock(uv_package("heron", digest=B))),
    "poetry.lock": (
        poetry_lock(poetry_package("heron")),
        poetry_lock(poetry_package("heron", digest=B)),
    ),
    "pdm.lock": (pdm_lock(pdm_package("heron")), pdm_lock(pdm_package("heron", digest=B))),
    "Pipfile.lock": (pipenv(A), pipenv(B)),
    "requirements.txt": (f"heron==1.0 --hash={A}\n", f"heron==1.0 --hash={B}\n"),
    "environment.yml": (
        f"dependencies:\n- pip:\n  - heron==1.0 --hash={A}\n",
        f"dependencies:\n- pip:\n  - heron==1.0 --hash={B}\n",
    ),
}


def project(*dependencies: str, version: str = "1", extra: str = "") -> str:
    listed = ", ".join(f'"{each}"' for each in dependencies)
    return f'[project]\nname = "app"\nversion = "{version}"\ndependencies = [{listed}]\n{extra}'


LOCK = uv_lock(uv_package("heron"))
SETUP = "from setuptools import setup\nsetup(install_requires=['heron'], version='%s')\n"
