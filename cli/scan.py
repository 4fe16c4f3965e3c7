"""`tidegate scan`: every finding of a tree."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..records.finding import Level
from .options import (
    LEVELS,
    DatabaseOption,
    FileTimeoutOption,
    Format,
    FormatOption,
    IgnoredOption,
    ImportOption,
    NoCacheOption,
    OutputOption,
    Threshold,
    WorkersOption,
    outputs,
)
from .terminal import Shown

if TYPE_CHECKING:
    from ..config import Configuration
    from ..gate.baseline import Entry
    from ..records.run import ScanRun
    from ..scanners.interface import Context, Target

PathsArgument = Annotated[
    list[Path] | None, typer.Argument(help="Files and folders; the current folder if none.")
]
CacheOption = Annotated[
    str | None, typer.Option("--cache", metavar="PATH", help="Where unchanged files are known.")
]
BaselineOption = Annotated[
    str,
    typer.Option(
        "--baseline",
        metavar="FILE|auto|off",
        help="Findings that it knows do not count; auto: tidegate.baseline, if it is there.",
    ),
]
EnvironmentOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="What is installed in a virtual environment, or in a site-packages folder.",
    ),
]


@dataclass(frozen=True, slots=True)
class How:
    """What is looked at afresh, and whether git has a say."""

    cached: bool = True
    """What did not change is not looked at again."""
    ignored: bool = False
    """What git ignores is looked at too."""
    shows_code: bool = False
    """A report that shows code is asked for."""


def scan(
    paths: PathsArgument = None,
    fail_on: Annotated[
        Threshold | None,
        typer.Option(
            metavar=LEVELS,
            case_sensitive=False,
            help="Exit 1 where a finding is as severe, whatever was skipped.",
        ),
    ] = None,
    format_: FormatOption = Format.TEXT,
    output: OutputOption = None,
    database: DatabaseOption = None,
    workers: WorkersOption = None,
    file_timeout: FileTimeoutOption = None,
    environment: EnvironmentOption = None,
    cache: CacheOption = None,
    no_cache: NoCacheOption = False,
    import_sarif: ImportOption = None,
    baseline: BaselineOption = "auto",
    ignored: IgnoredOption = False,
) -> None:
    """Print every finding, but for files that git ignores. Exit 3 if any was skipped."""
    from .emit import emit

    files = outputs(output)
    flags = {"database": database, "workers": workers, "file-timeout": file_timeout, "cache": cache}
    threshold = fail_on.level() if fail_on else None
    if environment and (paths or import_sarif or ignored or baseline not in ("auto", "off")):
        raise typer.BadParameter("it stands alone", param_hint="--environment")
    if environment:
        run = _installed(environment, flags, threshold)
    else:
        named = paths or [Path.cwd()]
        shows_code = Format.HTML in (format_, *(form for form, _ in files))
        how = How(cached=not no_cache, ignored=ignored, shows_code=shows_code)
        run = _counted(baseline, named, flags, threshold, import_sarif or [], how)
    run = replace(run, ended=time.time())
    emit(lambda form, look: _rendered(run, form, look), format_, files)
    raise typer.Exit(run.exit_code)


def scanned(
    root: Path,
    paths: Sequence[Path],
    flags: Mapping[str, object],
    fail_on: Level | None,
    imports: Sequence[Path],
    how: How,
    known: "Callable[[ScanRun], ScanRun]" = lambda run: run,
) -> "ScanRun":
    """Every finding below `paths`, by the settings that are in force at `root`.

    `known` sets apart what does not count, so that its code is not shown.
    """
    from ..repository.ignored import ignored_in
    from ..scanners.cache import cache_at
    from ..scanners.context import context_of
    from ..scanners.registry import SCANNERS
    from ..scanners.tree import scan_tree
    from .emit import Progress

    configured, env = _configured(root, flags), os.environ
    settings = configured.settings
    cache = cache_at(settings.cache, env, paths, root, time.time()) if how.cached else None
    if cache and configured.origins["cache"].startswith("file"):
        cache.turn_off("the tree itself names it; use --cache or TIDEGATE_CACHE")
    context = context_of(settings, env)
    return scan_tree(
        paths,
        root,
        context,
        SCANNERS,
        fail_on,
        Progress(),
        cache=cache,
        imports=imports,
        ask=None if how.ignored else ignored_in,
        finish=_finish(known, context, how),
    )


def _finish(
    known: "Callable[[ScanRun], ScanRun]", context: "Context", how: How
) -> "Callable[[ScanRun, Target], ScanRun]":
    def finish(run: "ScanRun", tree: "Target") -> "ScanRun":
        from ..scanners.tree import with_excerpts

        counted = known(run)
        return with_excerpts(counted, tree, context) if how.shows_code else counted

    return finish


def _known_at(root: Path, baseline: str) -> "tuple[str, tuple[Entry, ...]] | None":
    """Name and entries of the baseline that is asked for; None where none is."""
    from ..errors import UsageError
    from ..gate.baseline_file import NAME, baseline_in

    if baseline == "off":
        return None
    name = NAME if baseline == "auto" else baseline
    try:
        return name, baseline_in(root / name)
    except FileNotFoundError as error:
        if baseline == "auto":
            return None
        raise UsageError(f"there is no {name}", "run `tidegate baseline create`") from error


def _counted(
    baseline: str,
    paths: Sequence[Path],
    flags: Mapping[str, object],
    fail_on: Level | None,
    imports: Sequence[Path],
    how: How,
) -> "ScanRun":
    """A scan of `paths` in which what the baseline knows is set apart."""
    from .known import compared, without_known

    root = Path.cwd()
    known = _known_at(root, baseline)

    def counted(run: "ScanRun") -> "ScanRun":
        if known is None:
            return run
        name, entries = known
        return without_known(run, name, compared(run, entries, root, paths), fail_on)

    return scanned(root, paths, flags, fail_on, imports, how, counted)


def _installed(place: Path, flags: Mapping[str, object], fail_on: Level | None) -> "ScanRun":
    from ..scanners.context import context_of
    from ..scanners.registry import SCANNERS
    from ..scanners.tree import scan_environment
    from .emit import Progress

    context = context_of(_configured(Path.cwd(), flags).settings, os.environ)
    return scan_environment(place, context, SCANNERS, fail_on, Progress())


def _configured(root: Path, flags: Mapping[str, object]) -> "Configuration":
    from .. import config
    from ..gate.policy_file import settings_in

    name, table = settings_in(root)
    return config.resolve(flags=flags, env=os.environ, file=table, file_name=name)


def _rendered(run: "ScanRun", form: Format, look: Shown) -> str:
    from ..reports.formats import RENDERERS

    if form is Format.TEXT:
        from ..reports import text

        return text.scan(run, colour=look.colour, links=look.links)
    return RENDERERS[form].scan(run, colour=look.colour)
