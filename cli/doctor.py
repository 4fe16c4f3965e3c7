"""`tidegate doctor`: what is installed, what is missing and how to get it."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

BASE = ("bandit", "pip-audit", "rich", "typer", "packaging")
EXTRAS = {"ml": ("pandas", "scikit-learn", "mlflow", "skops")}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for."""

    name: str
    found: str
    """Version or state; empty where it is missing."""
    remedy: str = ""
    needed: bool = True
    too_old: bool = False
    """It is there and does not answer for today: the gate would be INCOMPLETE."""

    @property
    def mark(self) -> str:
        """Its state in a word."""
        if self.found:
            return "ok"
        if self.too_old:
            return "TOO OLD"
        return "MISSING" if self.needed else "absent"


def doctor(
    repo: Annotated[Path, typer.Option(help="The repository to look at.")] = Path(),
) -> None:
    """Say what is installed or missing, and how to get it. Exit 3 if the gate lacks something."""
    from ..errors import ExitCode
    from ..scanners.ignored import ignored_plugins

    checks = list(_checks(repo))
    for check in checks:
        typer.echo(f"{check.mark:<7} {check.name:<18} {check.found or check.remedy}")
    for line in ignored_plugins():
        typer.echo(f"note    {line}")
    if any(check.needed and not check.found for check in checks):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _checks(repo: Path) -> Iterator[Check]:
    from ..scanners.context import own_versions

    for name, found in own_versions().items():
        yield Check(name, found)
    yield _git()
    for name in BASE:
        yield _package(name, "reinstall Tidegate: pip install --force-reinstall tidegate")
    yield check_ruff()
    for extra, names in EXTRAS.items():
        yield _extra(extra, names)
    yield _database()
    yield _repository(repo)


def _package(name: str, remedy: str, *, needed: bool = True) -> Check:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Check(name, version(name))
    except PackageNotFoundError:
        return Check(name, "", remedy, needed)


def _extra(extra: str, names: Sequence[str]) -> Check:
    found = [check for name in names if (check := _package(name, "")).found]
    versions = ", ".join(f"{check.name} {check.found}" for check in found)
    return Check(
        f"extra {extra}",
        versions if len(found) == len(names) else "",
        f"`history build` writes Parquet with it; install it with 'tidegate[{extra}]'",
        needed=False,
    )


def _git() -> Check:
    from ..processes import ProcessFailed, run

    try:
        answer = run(["git", "--version"], timeout=10).stdout.decode().strip()
    except ProcessFailed:
        answer = ""
    return Check("git", answer.removeprefix("git version "), "install git 2.31 or newer")


def check_ruff(folders: Sequence[str] = ()) -> Check:
    """The program that reads what this Python cannot parse: the package alone is not enough."""
    from ..scanners.python.ruff.run import REINSTALL, RuffFailed, ruff_version

    try:
        return Check("ruff", ruff_version(folders))
    except RuffFailed as error:
        return Check("ruff", "", f"{error}; {REINSTALL}")


def _database() -> Check:
    from .. import config
    from ..errors import TidegateError
    from ..scanners.advisories.age import age_of
    from ..scanners.advisories.database import read_status
    from ..scanners.context import context_of

    settings = config.resolve(flags={}, env=os.environ, file={}).settings
    context = context_of(settings, os.environ)
    try:
        status = read_status(context.database)
    except TidegateError as error:
        return Check("advisories", "", str(error), needed=False)
    age = age_of(context, time.time())
    if age.gaps:
        return Check("advisories", "", f"{age.gaps[0].detail}; {age.gaps[0].remedy}", too_old=True)
    told = "; ".join([f"{status.records} records, newest {status.modified}", *age.notices])
    return Check("advisories", f"{told} ({context.database})")


def _repository(repo: Path) -> Check:
    from ..errors import TidegateError
    from ..repository.git import Git
    from ..repository.ranges import resolve_range

    try:
        compared = resolve_range(Git.open(repo), base=None, head="HEAD", env=os.environ)
    except TidegateError as error:
        return Check("base of a gate", "", str(error), needed=False)
    found = f"{compared.base_ref} (from {compared.base_origin})"
    return Check("base of a gate", found)
