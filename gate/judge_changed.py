"""A change to what judges is itself a finding, and blocks unless it is accepted from outside."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from .. import config
from ..errors import ConfigError
from ..records.finding import Finding, Level
from ..records.fingerprint import fingerprints
from ..records.run import Decision, Judged, SkippedItem, State
from .baseline_file import NAME as BASELINE
from .baseline_file import is_only_less
from .judge_files.kinds import CALLED, Group, JudgeKind, Touched, touched
from .judge_files.versions import FileVersions, JudgeVersions, Version
from .waiver_entries import FILE_NAME as WAIVERS
from .waiver_entries import read_waivers
from .waivers import Waiver, Waivers, lapses, waivers_of

TOOL = "tidegate"
CHANGED = "TG101"
BROKEN = "TG102"
DIGEST = re.compile(r"[0-9a-f]{40}")
FLAG = "--accept-judge-change"

_MAX_DIFFERENCES = 1_600
"""Characters; a report shows some more of a message."""
_MAX_REASON = 300
_VALUE = re.compile(r" = .* does not fit", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeChange:
    """What a change does to what judges."""

    findings: tuple[Judged, ...] = ()
    digest: str = ""
    """Of all that could be decided otherwise once it has landed; empty where nothing could."""
    accepted: bool = False
    """Whether the digest was given, so that what it is of does not block."""
    gaps: tuple[SkippedItem, ...] = ()
    notices: tuple[str, ...] = ()


def judge_changed(
    versions: JudgeVersions, accepted: str = "", waivers: Waivers | None = None
) -> JudgeChange:
    """The findings on judge files, and the digest by which their change can be accepted.

    Neither policy nor waiver is asked. `accepted` is a digest that was given from outside
    the repository; one of other content accepts nothing. `waivers` are those in force, which
    tell the day and how long one may last.
    """
    found = touched(versions.files)
    digest = digest_of(item.file for item in found if item.kind.group is not Group.FOREIGN)
    broken = list(_broken(found, versions))
    unreadable = {item.file.path for item, _ in broken}
    changed = [item for item in found if item.file.path not in unreadable]
    judged = [
        *(_judged_broken(item, error) for item, error in broken),
        *(_judged_changed(item, versions, digest, accepted, waivers) for item in changed),
    ]
    judged.sort(key=lambda item: (item.finding.path, item.finding.rule, item.finding.message))
    names = fingerprints(item.finding for item in judged)
    named = (replace(item, fingerprint=name) for item, name in zip(judged, names, strict=True))
    idle = (f"nothing that judges is changed: {FLAG} accepts nothing",)
    return JudgeChange(
        findings=tuple(named),
        digest=digest,
        accepted=bool(digest) and accepted == digest,
        notices=idle if accepted and not digest else (),
    )


def digest_of(files: Iterable[FileVersions]) -> str:
    """40 hexadecimal digits over each path and what stands there on every side.

    What lands is made of these, so that no other content has the same digest. Empty without
    a file.
    """
    known = {file.path: file for file in files}
    if not known:
        return ""
    digest = blake2b(b"tidegate/judge-change/1", digest_size=20)
    for path, file in sorted(known.items()):
        bases = sorted({base.raw for base in file.bases})
        fields = [path, *(text for side in (file.tip.raw, file.head.raw, *bases) for text in side)]
        encoded = [field.encode("utf-8", "surrogateescape") for field in fields]
        digest.update(b"%d;" % len(fields))
        digest.update(b"".join(b"%d:%s" % (len(text), text) for text in encoded))
    return digest.hexdigest()


def _broken(
    found: Sequence[Touched], versions: JudgeVersions
) -> Iterator[tuple[Touched, ConfigError]]:
    """The files with which every later gate would fail, and how."""
    errors = [(item, error) for item in found if (error := _error_in(item))]
    yield from errors
    settings = [item for item in found if item.file.path in versions.landed and item.kind.check]
    if settings and not any(item.file.path in versions.landed for item, _ in errors):
        both = _error_of_all(versions)
        if both:
            yield settings[0], both


def _error_in(item: Touched) -> ConfigError | None:
    head, check = item.file.head, item.kind.check
    if item.kind.group is not Group.POLICY or not head.mode:
        return None
    try:
        if head.unusable and check:
            raise config.unreadable(item.file.path, head.unusable)
        if check and head.data is not None:
            check(item.file.path, head.data)
    except ConfigError as error:
        return error
    return None


def _error_of_all(versions: JudgeVersions) -> ConfigError | None:
    """Where the files are each well and contradict each other."""
    found = {
        name: version.data for name, version in versions.landed.items() if version.data is not None
    }
    try:
        config.choose_file(found)
    except ConfigError as error:
        return error
    return None


def _judged_broken(item: Touched, error: ConfigError) -> Judged:
    # The value that does not fit may be a secret that somebody put in the wrong place.
    reason = _VALUE.sub(" does not fit", error.message)[:_MAX_REASON]
    message = f"every gate would fail once this is on the base branch: {reason}"
    line = "judge-changed: what judges has to be readable"
    return _judged(_finding(BROKEN, item, message, error.remedy or "mend it"), Decision.BLOCK, line)


def _judged_changed(
    item: Touched,
    versions: JudgeVersions,
    digest: str,
    accepted: str,
    waivers: Waivers | None,
) -> Judged:
    decision, line = _decide(item, versions, digest, accepted)
    remedy = _remedy(item, decision, digest)
    return _judged(_finding(CHANGED, item, _message(item, waivers), remedy), decision, line)


def _decide(
    item: Touched, versions: JudgeVersions, digest: str, accepted: str
) -> tuple[Decision, str]:
    """Whether a change to what judges blocks, and why."""
    if item.kind.group is Group.FOREIGN:
        return Decision.REPORT, "judge-changed: Tidegate does not obey this file"
    if item.kind.group is Group.POLICY and not versions.has_policy:
        return Decision.REPORT, "judge-changed: the base has no policy, the defaults decide"
    if item.kind.group is Group.CI and item.is_first and not versions.runs_in_ci:
        return Decision.REPORT, "judge-changed: no CI file of the base runs Tidegate"
    if _only_prunes(item.file):
        return Decision.REPORT, "judge-changed: a baseline that only loses entries lets less pass"
    if item.file.head.blob is None:
        return Decision.BLOCK, "judge-changed: what cannot be read cannot be accepted"
    if accepted == digest:
        return Decision.REPORT, f"judge-changed: accepted with {FLAG}"
    if accepted:
        return Decision.BLOCK, f"judge-changed: {FLAG} is given for other content"
    return Decision.BLOCK, f"judge-changed: only {FLAG} lets it pass"


def _only_prunes(file: FileVersions) -> bool:
    """Whether it is the baseline, with less in it than at the base tip, and still there.

    Whatever git makes of the two sides, no merge has a line that neither has.
    """
    tip, head = file.tip.data, file.head.data
    is_kept = file.head.mode == file.tip.mode and file.path == BASELINE and not file.at_head
    return is_kept and tip is not None and head is not None and is_only_less(tip, head)


def _remedy(item: Touched, decision: Decision, digest: str) -> str:
    if item.kind.group is Group.FOREIGN:
        return "say it in a policy or a waiver of Tidegate: `tidegate init` translates it"
    if decision is Decision.REPORT:
        return "look at it as at the policy itself: it decides once it is on the base branch"
    newer = "bring the branch up to date, or " if _is_behind(item.file) else ""
    return (
        f"{newer}take it back, or have it reviewed by whoever answers for the policy and call "
        f"the gate with {FLAG} {digest}"
    )


def _is_behind(file: FileVersions) -> bool:
    """Whether the base branch changed the file as well."""
    return bool(file.at_head) or all(base.raw != file.tip.raw for base in file.bases)


def _message(item: Touched, waivers: Waivers | None) -> str:
    """Which file of the judge it is and how it differs from the one at the base tip."""
    words = [*_idle(item, waivers), *_words(item.kind, item.file.tip, item.file.head)]
    room, told = _MAX_DIFFERENCES, 0
    while told < len(words) and (room := room - len(words[told])) >= 0:
        told += 1
    told = max(told, 1)
    more = len(words) - told
    rest = f"; and {more} more, which the file's own diff shows" if more > 0 else ""
    renamed = ", which the base branch renamed since" if item.file.at_head else ""
    called = f", which {item.file.called_by} leads to" if item.kind is CALLED else ""
    touched = f"the change touches what judges it ({item.kind.what}{called}{renamed})"
    return f"{touched}: {'; '.join(words[:told])}{rest}"


def _idle(item: Touched, waivers: Waivers | None) -> list[str]:
    """Which waivers the change brings that would not count today."""
    if waivers is None or item.file.path != WAIVERS:
        return []
    known = {replace(waiver, number=0) for waiver in _entries(item.file.tip)}
    new = [each for each in _entries(item.file.head) if replace(each, number=0) not in known]
    return lapses(waivers_of(new, waivers.today, waivers.max_days))


def _entries(version: Version) -> tuple[Waiver, ...]:
    try:
        return read_waivers(version.data or b"")
    except ConfigError:
        return ()  # at the base tip it ends the gate, at head it is a finding of its own


def _words(kind: JudgeKind, old: Version, new: Version) -> list[str]:
    if not new.mode:
        return ["it goes away"]
    if new.unusable:
        return [f"in its place is {new.unusable}"]
    words = ["it is added"] if not old.mode else []
    if old.unusable:
        words.append(f"it takes the place of {old.unusable}")
    try:
        words += kind.words(old.data or b"", new.data or b"")
    except (ValueError, RecursionError):
        words.append("its content")
    if old.mode and old.mode != new.mode:
        words.append(f"its file mode from {old.mode} to {new.mode}")
    return words or ["its layout, which with what the base branch did may change what it says"]


def _finding(rule: str, item: Touched, message: str, remedy: str) -> Finding:
    foreign = item.kind.group is Group.FOREIGN
    return Finding(
        tool=TOOL,
        rule=rule,
        message=message,
        path=item.file.path,
        line=1,
        end_line=1,
        severity=Level.LOW if foreign else Level.HIGH,
        confidence=Level.HIGH,
        remedy=remedy,
    )


def _judged(finding: Finding, decision: Decision, line: str) -> Judged:
    return Judged(
        finding=finding, fingerprint="", state=State.NEW, decision=decision, decided_by=line
    )
