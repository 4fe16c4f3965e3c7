"""Both sides of a change, and what was found on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import IncompleteError
from ...records.finding import Skipped
from ...records.run import Range
from ...repository.changes import changes_between, changes_in_index, changes_in_worktree
from ...repository.git import Git
from ...repository.objects import CORRUPT, Unreadable
from ...repository.staged import read_staged
from ...scanners.interface import Context, Scanner
from ...scanners.run import Looked, look
from ...scanners.secrets.findings import TOOL
from ...scanners.stopwatch import Stopwatch
from ...scanners.targets.disk import Disk
from ...scanners.targets.sides import Base, ReadOther, Side, sides_of
from .dependency_changes import Compared, compare_sides
from .landed import landed
from .secrets import SecretsLook, look_for_secrets


@dataclass(frozen=True, slots=True)
class Evidence:
    """Both sides of the change and what was found on them; a change may have several bases."""

    head: Side
    at_head: Looked
    bases: Sequence[Side]
    at_bases: Sequence[Looked]
    renames: Sequence[Mapping[str, str]]
    """Per merge base, old path to new path."""
    landed: frozenset[str] = frozenset()
    """Paths with gaps whose files stand on the base branch already, as they are at head."""
    compared: Sequence[Base] = ()
    """The merge bases and what lies between each and head."""
    head_commit: str = ""
    """Empty where head is not all of a commit."""
    told: tuple[str, ...] = ()
    """What is new in the changed files of dependencies, a line each."""
    secrets: SecretsLook = field(default_factory=SecretsLook)
    """What the commits bring, which no single side tells."""


def gather(
    git: Git,
    compared: Range,
    context: Context,
    scanners: Mapping[str, Scanner],
    watch: Stopwatch,
    on_done: Callable[[int, int], None],
) -> Evidence:
    """Read both sides and look at them. Raises IncompleteError where git cannot be read."""
    with watch.stage("read"):
        bases = _bases(git, compared)
        base_sides, head = sides_of(
            git,
            bases,
            compared.head,
            max_bytes=context.max_file_bytes,
            disk=Disk(git.root, context.max_file_bytes) if compared.worktree else None,
            read_head=_index_reader(git, context.max_file_bytes) if compared.staged else None,
        )
    with watch.stage("scan"):
        at_head, *at_bases = look([head, *base_sides], context, _of_sides(scanners), on_done)
    renames = [_renames(base) for base in bases]
    with watch.stage("compare"):
        wanted = "provenance" in scanners
        both = compare_sides(head, base_sides, renames, context) if wanted else Compared()
    secrets = _secrets(git, compared, bases, context, scanners, watch)
    at_head = _with(at_head, both, secrets)
    gaps_at_head = (*_gaps_of(head, at_head), *secrets.skipped)
    return Evidence(
        head,
        at_head,
        base_sides,
        at_bases,
        renames,
        landed(git, compared.base_tip, bases, gaps_at_head, [*map(_gaps_of, base_sides, at_bases)]),
        bases,
        "" if compared.worktree or compared.staged else compared.head,
        both.notices,
        secrets,
    )


def _secrets(
    git: Git,
    compared: Range,
    bases: Sequence[Base],
    context: Context,
    scanners: Mapping[str, Scanner],
    watch: Stopwatch,
) -> SecretsLook:
    if TOOL not in scanners:
        return SecretsLook()
    with watch.stage("secrets"):
        return look_for_secrets(git, compared, bases, context)


def _of_sides(scanners: Mapping[str, Scanner]) -> dict[str, Scanner]:
    """Those that look at a side; secrets are looked for in what the commits bring."""
    return {name: scanner for name, scanner in scanners.items() if name != TOOL}


def _with(looked: Looked, both: Compared, secrets: SecretsLook) -> Looked:
    """Head with what only the comparison of both sides shows, which no base has."""
    findings = (*looked.findings, *both.findings)
    return replace(
        looked,
        findings=tuple(sorted(findings, key=lambda f: (f.path, f.line, f.tool, f.rule, f.message))),
        skipped=(*looked.skipped, *both.skipped),
        scanners=looked.scanners | ({TOOL} if secrets.looked else set()),
    )


def _gaps_of(side: Side, looked: Looked) -> tuple[Skipped, ...]:
    return (*side.skipped, *looked.skipped)


def _index_reader(git: Git, max_bytes: int) -> ReadOther:
    def read(path: str) -> bytes | Unreadable | None:
        try:
            return read_staged(git, path, max_bytes)
        except IncompleteError:
            return Unreadable(CORRUPT)

    return read


def _bases(git: Git, compared: Range) -> list[Base]:
    if compared.staged:
        return [Base(c, changes_in_index(git, c)) for c in compared.merge_bases]
    if compared.worktree:
        return [Base(c, changes_in_worktree(git, c)) for c in compared.merge_bases]
    return [Base(c, changes_between(git, c, compared.head)) for c in compared.merge_bases]


def _renames(base: Base) -> dict[str, str]:
    return {
        change.old_path: change.path
        for change in base.changes
        if change.old_path is not None and change.path is not None
    }
