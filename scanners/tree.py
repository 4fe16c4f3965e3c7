"""The scan of a file system: every finding, nothing to compare it with."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import ExitCode
from ..records.finding import Finding, Level, Skipped
from ..records.fingerprint import fingerprints
from ..records.path_class import PathClass, path_class
from ..records.run import Located, ScanRun
from .advisories.age import Age, age_of
from .cache import Cache
from .collection import no_garbage_collection
from .context import versions_of
from .ignored import ignored_configuration, ignored_plugins
from .interface import DEPENDENCY_KINDS, Context, Scanner, Target
from .memory import CachedAnswers, tree_key
from .remarks import remark_lines
from .run import Looked, coverage, look
from .sarif.told import Told
from .stat_cache import StatCache, load
from .stopwatch import Stopwatch
from .targets.git_ignored import Ask
from .targets.tree_target import TreeTarget
from .targets.walk import Walked, walk


def scan_tree(
    paths: Sequence[Path],
    root: Path,
    context: Context,
    scanners: Mapping[str, Scanner],
    fail_on: Level | None = None,
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
    now: Callable[[], float] = time.time,
    cache: Cache | None = None,
    imports: Sequence[Path] = (),
    ask: Ask | None = None,
    finish: Callable[[ScanRun, Target], ScanRun] = lambda run, _target: run,
) -> ScanRun:
    """Every finding below `paths`, with paths relative to `root`.

    The exit code is NO where a finding reaches `fail_on`, else INCOMPLETE where anything was
    skipped. `now` gives seconds since the epoch. Files that `cache` knows are not looked at again.
    `imports` are SARIF files of other tools. `ask` tells what git ignores, which is left out then.
    `finish` adds what the tree is still needed for. Raises UsageError for a path that is not there.
    """
    watch = Stopwatch()
    with watch.stage("walk"):
        seen, walked = _walked(paths, root, context, cache, now, ask)
    with watch.stage("scan"):
        memory = _memory(walked.target, context, scanners, cache, seen)
        (looked,) = look([walked.target], context, scanners, on_done, memory)
        told = _with_imports(looked, imports, root, walked.target, context)
    age = _age(walked.target, context, now())
    skipped = (*walked.skipped, *looked.skipped, *told.skipped, *age.gaps)
    run = ScanRun(
        exit_code=exit_code(told.findings, skipped, fail_on),
        findings=_located(told.findings),
        skipped=skipped,
        coverage=coverage(walked.target.files, skipped),
        notices=(*told.notices, *_notices(walked, looked), *age.notices, *_of_cache(cache)),
        left_out=walked.left_out,
        timings=watch.seconds,
        versions={**told.versions, **versions_of(looked.scanners, scanners, context)},
    )
    return finish(run, walked.target)


def with_excerpts(run: ScanRun, target: Target, context: Context) -> ScanRun:
    """The same scan, the gravest findings that no baseline knows with the code around them."""
    from .secrets.excerpts import excerpts_of

    watch = Stopwatch()
    with watch.stage("excerpts"):
        standing = [item.finding for item in run.findings]
        numbers = [at for at, item in enumerate(run.findings) if not item.known]
        numbers.sort(key=lambda at: _gravity(standing[at]))
        wanted = ((at, standing[at]) for at in numbers)
        excerpts = excerpts_of(wanted, standing, run.skipped, target, context)
    return replace(
        run,
        findings=tuple(
            replace(item, excerpt=excerpts.get(at)) for at, item in enumerate(run.findings)
        ),
        timings={**run.timings, **watch.seconds},
    )


def _gravity(finding: Finding) -> tuple[int, int]:
    """Severity, then what ships before what does not."""
    return -finding.severity.rank, list(PathClass).index(path_class(finding.path))


def _walked(
    paths: Sequence[Path],
    root: Path,
    context: Context,
    cache: Cache | None,
    now: Callable[[], float],
    ask: Ask | None,
) -> tuple[StatCache | None, Walked]:
    """What a scan before this one knew of the tree, and what stands there now."""
    with no_garbage_collection():
        seen = load(tree_key(paths, root, context, whole=ask is None), cache) if cache else None
        return seen, walk(paths, root, context.max_file_bytes, seen, now, ask)


def _of_cache(cache: Cache | None) -> Sequence[str]:
    return cache.notices if cache else ()


def _memory(
    target: TreeTarget,
    context: Context,
    scanners: Mapping[str, Scanner],
    cache: Cache | None,
    seen: StatCache | None,
) -> CachedAnswers | None:
    if cache is None or seen is None:
        return None
    return CachedAnswers(cache, context, scanners, seen, target.readings)


def _located(findings: Sequence[Finding]) -> tuple[Located, ...]:
    names = zip(findings, fingerprints(findings), strict=True)
    return tuple(Located(finding=finding, fingerprint=name) for finding, name in names)


def _with_imports(
    looked: Looked, files: Sequence[Path], root: Path, target: TreeTarget, context: Context
) -> Told:
    if not files:
        return Told(looked.findings, (), (), {})
    from .sarif.whole_tree import add_imports

    return add_imports(looked.findings, files, root, target.read, context)


def scan_environment(
    place: Path,
    context: Context,
    scanners: Mapping[str, Scanner],
    fail_on: Level | None = None,
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
    now: Callable[[], float] = time.time,
) -> ScanRun:
    """Every finding for what is installed at `place`; the rest as with `scan_tree`.

    Nothing of it is imported. Raises UsageError where no distribution is installed.
    """
    from .dependencies.locks.installed import environment

    watch = Stopwatch()
    with watch.stage("walk"):
        target = environment(place, context.max_file_bytes)
    age = _age(target, context, now())
    with watch.stage("scan"):
        (looked,) = look([target], context, scanners, on_done)
    skipped = (*target.skipped, *looked.skipped, *age.gaps)
    return ScanRun(
        exit_code=exit_code(looked.findings, skipped, fail_on),
        findings=_located(looked.findings),
        skipped=skipped,
        coverage=coverage(target.files, skipped),
        notices=age.notices,
        timings=watch.seconds,
        versions=versions_of(looked.scanners, scanners, context),
    )


def exit_code(
    findings: Iterable[Finding], skipped: Sequence[Skipped], fail_on: Level | None
) -> ExitCode:
    """NO where a finding reaches `fail_on`, else INCOMPLETE where anything was skipped."""
    if fail_on and any(finding.severity.reaches(fail_on) for finding in findings):
        return ExitCode.NO
    return ExitCode.INCOMPLETE if skipped else ExitCode.YES


def _notices(walked: Walked, looked: Looked) -> Iterator[str]:
    yield from walked.left_out
    yield from remark_lines(looked.remarks)
    if "bandit" in looked.scanners:
        yield from ignored_configuration(_reader(walked.target))
        yield from ignored_plugins()


def _age(target: Target, context: Context, now: float) -> Age:
    """The age of the advisories, where pins were audited with them."""
    audited = any(file.kind in DEPENDENCY_KINDS for file in target.files)
    return age_of(context, now) if audited else Age()


def _reader(target: TreeTarget) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        try:
            return target.read(path)
        except OSError:
            return None

    return read
