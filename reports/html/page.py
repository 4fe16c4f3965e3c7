"""One HTML file that fetches nothing: the verdict and what decided it, then what was found."""

from collections.abc import Iterable, Mapping, Sequence

from ...records.run import Decision, GateRun, Judged, ScanRun, SkippedItem, State, Verdict
from .. import beside, summary
from . import filters
from .document import Section, document
from .findings import Shown, Tools, card, of_judged, of_located, row
from .markup import Markup, coded, cut, element
from .tables import circumstances, gaps, notice, upgrades

_SENTENCE = 2000
_OPEN = (Decision.BLOCK, Decision.WAIVED)
"""They are told apart whatever their state is."""


def gate(run: GateRun, *, colour: bool) -> str:  # noqa: ARG001 - the reader's settings choose it
    """The whole gate run."""
    lists = _by_section(run.findings)
    shown = {name: of_judged(sorted(items, key=_by_gravity)) for name, items in lists.items()}
    everything = [one for some in shown.values() for one in some]
    tools = Tools(tuple(sorted({item.finding.tool for item in run.findings})))
    unseen = _gap_sections(run.skipped)
    changed = [item.finding for item in run.findings if item.state in _CHANGED]
    first = [unseen["deciding"]] if run.verdict is Verdict.INCOMPLETE else []
    sections = [
        *first,
        _cards("Blocking", "blocking", shown["blocking"], tools),
        *([] if first else [unseen["deciding"]]),
        upgrades(changed),
        _cards("Reported, not blocking", "reported", shown["reported"], tools),
        _cards("Waived", "waived", shown["waived"], tools),
        unseen["allowed"],
        unseen["existing"],
        unseen["ignored"],
        _rows("Ignored by the policy", "ignored", shown["ignored"], tools),
        _rows("Existing: the base has them too", "existing", shown["existing"], tools),
        _rows("Fixed by this change", "fixed", shown["fixed"], tools),
        _notices(run.notices),
    ]
    return document(
        f"Tidegate: {summary.named_verdict(run)}",
        _head(run),
        filters.form(everything, tools.names),
        sections,
        circumstances(run.versions, run.timings),
    )


def scan(run: ScanRun, *, colour: bool) -> str:  # noqa: ARG001 - the reader's settings choose it
    """The whole scan."""
    items = sorted(run.findings, key=lambda item: summary.by_gravity(item.finding))
    shown = of_located(item for item in items if not item.known)
    known = of_located(item for item in items if item.known)
    everything = [*shown, *known]
    tools = Tools(tuple(sorted({item.finding.tool for item in items})))
    head = element(
        "header",
        element("h1", "Tidegate scan"),
        *(element("p", cut(text, _SENTENCE)) for text in _sums(run)),
        *_labelled(summary.scan_next(run).items()),
    )
    sections = [
        gaps("Not looked at", "gaps", [(gap, "") for gap in run.skipped]),
        _cards("Findings", "findings", shown, tools),
        upgrades([item.finding for item in items]),
        _rows("Known to the baseline", "known", known, tools),
        _notices(run.notices),
    ]
    end = circumstances(run.versions, run.timings)
    return document("Tidegate scan", head, filters.form(everything, tools.names), sections, end)


def _sums(run: ScanRun) -> Sequence[str]:
    return [text for text in (summary.scan_totals(run), summary.scan_classes(run)) if text]


_CHANGED = (State.NEW, State.EDITED)


def _by_gravity(item: Judged) -> tuple[object, ...]:
    return summary.by_gravity(item.finding)


def _by_section(items: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    """Every finding in one list."""
    names = ("blocking", "reported", "waived", "ignored", "existing", "fixed")
    found: dict[str, list[Judged]] = {name: [] for name in names}
    for item in items:
        found[_section_of(item)].append(item)
    return found


def _section_of(item: Judged) -> str:
    if item.decision is Decision.BLOCK:
        return "blocking"
    if item.decision is Decision.WAIVED:
        return "waived"
    if item.state not in _CHANGED:
        return str(item.state)
    return "ignored" if item.decision is Decision.IGNORE else "reported"


def _head(run: GateRun) -> Markup:
    facts = [*beside.conclusion(run).items(), ("Note", summary.mode_note(run))]
    return element(
        "header",
        element(
            "h1", "Tidegate: ", element("strong", summary.named_verdict(run), class_="verdict")
        ),
        *_labelled(facts),
        element("p", cut(summary.compared(run), _SENTENCE)),
        *([element("p", edited)] if (edited := beside.edited(run)) else []),
        element("p", cut(summary.gate_totals(run), _SENTENCE), class_="quiet"),
        class_=run.verdict.lower(),
    )


def _labelled(facts: Iterable[tuple[str, str]]) -> list[Markup]:
    """What there is to say, each under its label."""
    rows = [
        part
        for name, text in facts
        if text
        for part in (element("dt", name), element("dd", coded(text, _SENTENCE)))
    ]
    return [element("dl", *rows)] if rows else []


def _cards(title: str, id_: str, items: Sequence[Shown], tools: Tools) -> Section:
    parts = (card(shown, tools) for shown in items)
    return Section(title, id_, "finding", parts, [shown.count for shown in items])


def _rows(title: str, id_: str, items: Sequence[Shown], tools: Tools) -> Section:
    parts = (row(shown, tools) for shown in items)
    return Section(title, id_, "finding", parts, [shown.count for shown in items], folded=True)


def _gap_sections(items: Sequence[SkippedItem]) -> Mapping[str, Section]:
    """Every gap in one section."""
    found: dict[str, list[SkippedItem]] = {
        name: [] for name in ("deciding", "allowed", "existing", "ignored")
    }
    for item in items:
        found[_gap_section_of(item)].append(item)
    told = {
        name: [(item.skipped, item.decided_by) for item in some] for name, some in found.items()
    }
    at_base, ignored = "Not looked at, as at the base", "Not looked at, ignored by the policy"
    return {
        "deciding": gaps("Not looked at", "gaps", told["deciding"]),
        "allowed": gaps("Not looked at, and allowed", "allowed-gaps", told["allowed"]),
        "existing": gaps(at_base, "existing-gaps", told["existing"], folded=True),
        "ignored": gaps(ignored, "ignored-gaps", told["ignored"], folded=True),
    }


def _gap_section_of(item: SkippedItem) -> str:
    if item.decision in (Decision.BLOCK, Decision.INCOMPLETE):
        return "deciding"
    if item.decision is Decision.IGNORE:
        return "ignored"
    is_known = item.decision is Decision.REPORT and item.existing
    return "existing" if is_known else "allowed"


def _notices(notices: Sequence[str]) -> Section:
    return Section("Notices", "notices", "notice", map(notice, notices), [1] * len(notices))
