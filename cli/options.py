"""Options that several verbs share, and what becomes of them."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..records.finding import Level
from ..records.run import Mode


class Format(StrEnum):
    """The output formats; `reports/formats.py` holds their renderers."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB_SARIF = "github-sarif"
    MARKDOWN = "markdown"
    GITHUB = "github"
    HTML = "html"
    GITLAB_CODEQUALITY = "gitlab-codequality"
    GITLAB_SAST = "gitlab-sast"
    GITLAB_DEPENDENCY_SCANNING = "gitlab-dependency-scanning"
    JUNIT = "junit"


class Threshold(StrEnum):
    """A severity or a confidence that a call can name."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    def level(self) -> Level:
        """The same as the records know it."""
        return Level(self.value)


HELP = {"help_option_names": ["-h", "--help"]}
"""What every app is set up with: below it both names work."""
LEVELS = "|".join(Threshold)

FormatOption = Annotated[
    Format,
    typer.Option("--format", case_sensitive=False, help="What is printed to standard output."),
]
OutputOption = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="FORMAT=PATH", help="Write a format to a file; repeatable."),
]
DatabaseOption = Annotated[
    str | None, typer.Option("--database", metavar="PATH", help="The advisory database.")
]
WorkersOption = Annotated[
    str | None, typer.Option("--workers", metavar="N", help="Worker processes.")
]
FileTimeoutOption = Annotated[
    str | None,
    typer.Option("--file-timeout", metavar="SECONDS", help="What one file may take."),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Look at every file, and keep nothing.")
]
IgnoredOption = Annotated[bool, typer.Option("--ignored", help="Look at what git ignores, too.")]
ModeOption = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar="|".join(Mode),
        help="Only enforce, the default, lets the verdict decide the exit code; never laxer here.",
    ),
]
BlockSeverityOption = Annotated[
    str | None,
    typer.Option(
        "--block-severity", metavar=LEVELS, help="New findings block from here on; default MEDIUM."
    ),
]
BlockConfidenceOption = Annotated[
    str | None,
    typer.Option(
        "--block-confidence", metavar=LEVELS, help="And from this confidence on; default MEDIUM."
    ),
]
OrganisationOption = Annotated[
    str | None,
    typer.Option(
        "--organisation-policy",
        metavar="PATH",
        help="A second policy, which decides too: a path, or package:NAME.",
    ),
]
RepoOption = Annotated[Path, typer.Option("--repo", help="The repository.")]
BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="REF", help="Where it would land; else from the CI or the remote."
    ),
]
HeadOption = Annotated[str, typer.Option("--head", metavar="REF", help="What would land.")]
WorktreeOption = Annotated[
    bool, typer.Option("--worktree", help="Judge the files as they are now, uncommitted too.")
]

StagedOption = Annotated[
    bool, typer.Option("--staged", help="Judge what a commit made now would hold, against HEAD.")
]
QuickOption = Annotated[
    bool, typer.Option("--quick", help="Ruff's rules in place of bandit's: for a hook.")
]
AcceptOption = Annotated[
    str,
    typer.Option(
        "--accept-judge-change",
        metavar="DIGEST",
        help="Accept what the change does to policy, waivers, baseline and CI files.",
        show_default=False,
    ),
]
ImportOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--import-sarif",
        metavar="FILE",
        help="What another tool found, as SARIF 2.1.0, gzip or not; repeatable.",
    ),
]
ImportBaseOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--import-sarif-base",
        metavar="FILE",
        help="What it found at the merge base; repeatable. It tells what is new.",
    ),
]


def outputs(specs: Sequence[str] | None) -> list[tuple[Format, Path]]:
    """Each FORMAT=PATH as a pair. Raises typer.BadParameter where one is not of that form."""
    pairs = []
    for spec in specs or ():
        name, equals, path = spec.partition("=")
        if not equals or path in ("", "-") or name not in list(Format):
            known = ", ".join(Format)
            raise typer.BadParameter(
                f"{spec!r} is not FORMAT=PATH with a format of {known}", param_hint="--output"
            )
        pairs.append((Format(name), Path(path)))
    return pairs
