"""What the gate would have said of changes that landed, under the policy of today and another."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..config import resolve
from ..errors import TidegateError
from ..records.run import Decision, GateRun, Judged, Verdict
from ..repository.git import Git
from ..scanners.interface import Scanner
from .policies.conditions import of_finding
from .policies.layers import Layer, repository_layer
from .policies.lines import read_file
from .policy import decide, verdict
from .run import Request, run_gate
from .waivers import NEVER_WAIVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Verdicts on the same changes."""

    before: Mapping[Verdict, int] = field(default_factory=dict)
    after: Mapping[Verdict, int] = field(default_factory=dict)
    judged: int = 0
    left: int = 0
    """Changes that no gate could answer for, or that the time did not suffice for."""


def landed(git: Git, wanted: int) -> list[str]:
    """The last commits of the first-parent history that have a parent, the newest first.

    Raises GitFailed where there is no commit.
    """
    listing = ("rev-list", "--first-parent", "--min-parents=1", f"--max-count={wanted}")
    return git.output(*listing, "--end-of-options", "HEAD").decode("ascii").split()


def replay(
    request: Request,
    commits: Sequence[str],
    scanners: Mapping[str, Scanner],
    policy: str,
    has_time: Callable[[], bool] = lambda: True,
    on_done: Callable[[int, int], None] = lambda _done, _all: None,
) -> Replayed:
    """The verdicts on changes as they are, and with the configuration file `policy` at the base.

    `request` gives the repository and what is said from outside.
    """
    layer = layer_of(policy)
    before: Counter[Verdict] = Counter()
    after: Counter[Verdict] = Counter()
    for number, run in enumerate(_runs(request, commits, scanners, has_time), start=1):
        on_done(number, len(commits))
        before[run.verdict] += 1
        after[verdict_under(run, layer)] += 1
    judged = before.total()
    return Replayed(before=before, after=after, judged=judged, left=len(commits) - judged)


def _runs(
    request: Request,
    commits: Sequence[str],
    scanners: Mapping[str, Scanner],
    has_time: Callable[[], bool],
) -> Iterator[GateRun]:
    for commit in commits:
        if not has_time():
            return
        with suppress(TidegateError):
            yield run_gate(replace(request, base=f"{commit}^", head=commit), scanners)


def layer_of(policy: str) -> Layer:
    """The policy that the text of a configuration file gives. Raises ConfigError."""
    file = read_file("tidegate.toml", policy.encode())
    return repository_layer(resolve(flags={}, env={}, file=file.settings), file)


def verdict_under(run: GateRun, layer: Layer) -> Verdict:
    """The verdict if `layer` decided on what blocks; a change of what judges stays one."""
    return verdict((_under(item, layer) for item in run.findings), run.skipped)


def _under(item: Judged, layer: Layer) -> Judged:
    named = item.finding.tool, item.finding.rule
    if item.decision is not Decision.BLOCK or named in NEVER_WAIVED:
        return item
    subject = of_finding(item.finding, item.state, item.former_paths)
    return replace(item, decision=decide(subject, [layer]).decision)
