"""What the reader should know and what decided nothing."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from ..errors import ConfigError
from ..records.run import Range
from ..repository.git import Git
from ..repository.objects import Unreadable
from ..repository.worktree import without_filters
from ..scanners.advisories.database import import_remedy
from ..scanners.ignored import ignored_configuration, ignored_plugins
from ..scanners.interface import DEPENDENCY_KINDS, Context, Kind
from ..scanners.remarks import remark_lines
from ..scanners.targets.sides import Side
from .baseline import Entry, compare, looked_for
from .baseline_file import NAME, read
from .evidence.gathering import Evidence


def notices(evidence: Evidence, context: Context, baseline: Sequence[Entry] = ()) -> Iterator[str]:
    """One line each; `baseline` is that of the base tip."""
    for path in sorted(_readable_at_head_only(evidence)):
        yield f"{path} could not be looked at on the base side: what is found in it counts as new"
    yield from remark_lines(evidence.at_head.remarks)
    yield from _dependency_notices(evidence, context)
    yield from _stale_notices(evidence, baseline)
    if "bandit" in evidence.at_head.scanners:
        yield from ignored_configuration(_reader(evidence.head))
        yield from ignored_plugins()


def changes_pins(evidence: Evidence) -> bool:
    """Whether the change has a dependency file at head: then its pins were audited."""
    return any(file.kind in DEPENDENCY_KINDS for file in evidence.head.files)


def unchanged_notices(git: Git, compared: Range) -> Iterator[str]:
    """Why a range without a changed file may not be what was meant."""
    if compared.worktree or compared.staged:
        return
    if compared.head == compared.base_tip:
        yield "base and head are the same commit; name another base with --base"
    listing = ("diff-index", "--name-only", "-z", "--ignore-submodules=all", "HEAD")
    left = without_filters(git).output(*listing).count(b"\0") if not git.bare else 0
    if left:
        files = "1 file is" if left == 1 else f"{left} files are"
        yield f"{files} modified and not committed; --worktree judges the files as they are"


def _stale_notices(evidence: Evidence, at_tip: Sequence[Entry]) -> Iterator[str]:
    """That entries of the baseline, as it would land, have no finding in the changed files."""
    changes = [change for base in evidence.compared[:1] for change in base.changes]
    changed = {path for change in changes for path in (change.path, change.old_path) if path}
    gone = changed - {change.path for change in changes}
    entries = [entry for entry in _landing(evidence, at_tip) if entry.path in changed]
    renamed = evidence.renames[0] if evidence.renames else {}
    gaps = (*evidence.head.skipped, *evidence.at_head.skipped)
    # Secrets that stood there before are not listed again.
    heard = looked_for(gaps, evidence.at_head.scanners - {"secrets"}, lambda _path: True)
    found = compare(
        entries,
        evidence.at_head.findings,
        looked_at=lambda entry: heard(entry) or entry.path in gone - renamed.keys(),
        is_there=lambda path: path not in gone,
    )
    if found.stale:
        count = len(found.stale)
        told = "1 entry has" if count == 1 else f"{count} entries have"
        yield f"{NAME}: {told} no finding any more; run `tidegate baseline prune`"


def _landing(evidence: Evidence, at_tip: Sequence[Entry]) -> Sequence[Entry]:
    """The baseline as head has it, where the change touches it."""
    touched = any(NAME in (c.path, c.old_path) for base in evidence.compared for c in base.changes)
    if not touched:
        return at_tip
    content = evidence.head.read_other(NAME)
    try:
        return read(content) if isinstance(content, bytes) else ()
    except ConfigError:
        return ()  # that it is broken is told where it is judged


def _reader(side: Side) -> Callable[[str], bytes | None]:
    """What cannot be read is there all the same."""

    def read(path: str) -> bytes | None:
        found = side.read_other(path)
        return b"" if isinstance(found, Unreadable) else found

    return read


def _readable_at_head_only(evidence: Evidence) -> set[str]:
    """Files that are a gap as a whole at a base and are none at head."""
    at_head = {gap.path for gap in (*evidence.head.skipped, *evidence.at_head.skipped)}
    at_bases = {
        gap.path
        for side, looked in zip(evidence.bases, evidence.at_bases, strict=True)
        for gap in (*side.skipped, *looked.skipped)
        if gap.what == gap.path
    }
    return at_bases.intersection(file.path for file in evidence.head.files) - at_head


def _dependency_notices(evidence: Evidence, context: Context) -> Iterator[str]:
    yield from evidence.told
    for file in evidence.head.files:
        name = PurePosixPath(file.path).name
        # Of conda's files only what they hand to pip is read.
        if file.kind is Kind.CONDA or (name.endswith(".in") and "requirements" in name):
            yield f"{file.path} may declare dependencies: only pins are audited, where they stand"
    if not changes_pins(evidence) and not context.database.exists():
        remedy = import_remedy(context.database)
        yield f"no advisory database, which changes to dependencies need; {remedy}"
