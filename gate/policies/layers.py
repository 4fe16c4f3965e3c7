"""Whose lines and thresholds they are: the repository's, the organisation's, a folder's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...config import OPTIONS, Configuration, Settings, Tighter
from ...errors import ConfigError
from ...records.finding import Finding, Level
from ...records.run import Decision
from .conditions import Subject
from .lines import Action, ConfigFile, Line
from .tightening import is_laxer

THRESHOLDS = ("block-severity", "block-confidence", "block-advisories")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one layer makes of a finding or a gap."""

    decision: Decision
    because: str
    """The line that says so, where it stands and why."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on findings block; None where a layer says nothing of it."""

    severity: Level | None = None
    confidence: Level | None = None
    advisories: bool | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    """Each setting with its value, and where it is written."""
    where: str = ""
    """What the words begin with."""

    def opinion(self, finding: Finding) -> Opinion | None:
        """The last line of a layer, for what no other line of it matches."""
        if finding.package:
            return self._of_advisory()
        if self.severity is None or self.confidence is None:
            return None
        severity, confidence = self.words["block-severity"], self.words["block-confidence"]
        if not finding.severity.reaches(self.severity):
            return Opinion(Decision.REPORT, f"{self.where}below {severity}")
        if not finding.confidence.reaches(self.confidence):
            return Opinion(Decision.REPORT, f"{self.where}below {confidence}")
        return Opinion(Decision.BLOCK, f"{self.where}{severity}, {confidence}")

    def _of_advisory(self) -> Opinion | None:
        if self.advisories is None:
            return None
        decision = Decision.BLOCK if self.advisories else Decision.REPORT
        return Opinion(decision, self.where + self.words["block-advisories"])


DECISIONS = {
    Action.BLOCK: Decision.BLOCK,
    Action.WARN: Decision.REPORT,
    Action.IGNORE: Decision.IGNORE,
}
UNSEEN = Opinion(Decision.INCOMPLETE, "what could not be looked at is incomplete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One policy: the first of its lines that matches decides, its thresholds are the last."""

    name: str
    """The file, and at which commit."""
    lines: tuple[Line, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    of_gaps: Opinion | None = None
    """What it makes of a gap that no line of it matches."""
    folder: str = ""
    """Where it holds; empty for everywhere."""

    def covers(self, subject: Subject) -> bool:
        """Whether it holds where the subject is."""
        inside = f"{self.folder}/"
        return not self.folder or any(path.startswith(inside) for path in subject.paths)

    def opinion(self, subject: Subject) -> Opinion | None:
        """What it makes of a finding or a gap; None where it says nothing of it."""
        line = next((line for line in self.lines if line.applies(subject)), None)
        return self.said(line, subject) if line else self.last(subject)

    def last(self, subject: Subject) -> Opinion | None:
        """What it makes of what none of its lines matches."""
        return self.thresholds.opinion(subject.finding) if subject.finding else self.of_gaps

    def said(self, line: Line, subject: Subject) -> Opinion:
        """What a line that applies says."""
        unknown = " and ".join(line.unknown(subject))
        why = f" ({unknown} not known)" if unknown else ""
        words = f"{self.name}, policy line {line.number}: {line.action}, because {line.reason}"
        return Opinion(DECISIONS[line.action], words + why)


def repository_layer(found: Configuration, file: ConfigFile) -> Layer:
    """The root file of the repository, with the thresholds in force: it leaves nothing open."""
    words = {}
    for key in THRESHOLDS:
        origin = found.origins.get(key, "default")
        told = f"{key} = {_shown(_setting(found.settings, key))}"
        words[key] = told if origin == "default" else f"{told} ({origin.removeprefix('file ')})"
    return Layer(
        name=file.name, lines=file.lines, thresholds=_of(found.settings, words), of_gaps=UNSEEN
    )


def other_layer(file: ConfigFile, above: Settings, folder: str = "") -> Layer:
    """A layer that says only what its file says.

    A threshold that it leaves out beside another is taken from `above`.
    """
    settings = with_table(above, file.settings)
    words = {key: f"{key} = {_shown(_setting(settings, key))}" for key in THRESHOLDS}
    whole = _of(settings, words)
    rated = "block-severity" in file.settings or "block-confidence" in file.settings
    thresholds = replace(
        whole,
        severity=whole.severity if rated else None,
        confidence=whole.confidence if rated else None,
        advisories=whole.advisories if "block-advisories" in file.settings else None,
        where=f"{file.name}: ",
    )
    return Layer(name=file.name, lines=file.lines, thresholds=thresholds, folder=folder)


def folder_layers(files: Mapping[str, ConfigFile], root: Settings) -> Iterator[Layer]:
    """A layer for each folder's file: each takes what it leaves out from the folders above it."""
    settings = {"": root}
    for folder, file in sorted(files.items()):
        check_keys(file, THRESHOLDS, "a folder's file holds lines and thresholds only")
        above = settings[max((name for name in settings if _is_in(folder, name)), key=len)]
        settings[folder] = tightened(above, file.settings)
        yield other_layer(file, above, folder)


def check_keys(file: ConfigFile, known: Sequence[str], why: str) -> None:
    """Raises ConfigError for a setting that has no place in this file."""
    for key in file.settings:
        if key not in known:
            raise ConfigError(f"{file.name}: '{key}' has no place here: {why}", "take it out")


def organisation_keys() -> list[str]:
    """What an organisation can say: all that has a tighter side."""
    return [key for key, option in OPTIONS.items() if option.tighter is not Tighter.NEITHER]


def tightened(settings: Settings, table: Mapping[str, object]) -> Settings:
    """The tighter of the two in each setting."""
    tighter = {
        key: value
        for key, value in table.items()
        if not is_laxer(key, value, _setting(settings, key))
    }
    return with_table(settings, tighter)


def is_stricter(key: str, settings: Settings, than: Settings) -> bool:
    """Whether one of the settings lets less pass than in others."""
    return is_laxer(key, _setting(than, key), _setting(settings, key))


def with_table(settings: Settings, table: Mapping[str, object]) -> Settings:
    """The settings with those of a checked table in place of their own."""
    return replace(settings, **{key.replace("-", "_"): value for key, value in table.items()})  # type: ignore[arg-type]  # each was checked by its option


def _of(settings: Settings, words: Mapping[str, str]) -> Thresholds:
    return Thresholds(
        settings.block_severity, settings.block_confidence, settings.block_advisories, words
    )


def _setting(settings: Settings, key: str) -> object:
    return getattr(settings, key.replace("-", "_"))


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_in(folder: str, other: str) -> bool:
    return not other or folder.startswith(f"{other}/")
