"""The page around the sections: policy, style and script, and how much there is room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .. import summary
from .markup import Markup, element, joined

LIMIT = 9_000_000
"""Characters of all sections together: 10,000 findings fit, and open within two seconds."""


@dataclass(frozen=True, slots=True)
class Section:
    """Parts under a title; rows of a table where `columns` are named."""

    title: str
    id: str
    noun: str
    parts: Iterable[Markup]
    """They are made as long as there is room."""
    counts: Sequence[int]
    """How many things each part tells of."""
    columns: tuple[str, ...] = ()
    folded: bool = False

    @property
    def total(self) -> int:
        """How many things it tells of, shown or not."""
        return sum(self.counts)


def document(
    title: str, head: Markup, form: Markup, sections: Iterable[Section], end: Markup
) -> str:
    """The whole file, ending in a line break."""
    told = [section for section in sections if section.total]
    room = LIMIT
    bodies = []
    left_out = []
    for section in told:
        kept = _fitting(section.parts, room)
        room -= sum(map(len, kept))
        bodies.append(_section(section, kept))
        if missing := sum(section.counts[len(kept) :]):
            left_out.append(summary.plural(missing, section.noun))
    main = joined(form, _left_out(left_out), *bodies)
    body = joined(
        element("a", "Skip to the findings", href="#main", class_="skip"),
        head,
        _contents(told),
        element("main", main, id="main", tabindex="-1"),
        end,
    )
    return _file(title, body)


def _fitting(parts: Iterable[Markup], room: int) -> list[Markup]:
    kept = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        kept.append(part)
    return kept


def _left_out(what: Sequence[str]) -> Markup:
    if not what:
        return Markup()
    return element(
        "p", f"Left out here for length: {', '.join(what)}. --format json lists all.",
        class_="notice",
    )  # fmt: skip


def _contents(sections: Sequence[Section]) -> Markup:
    links = [
        element("li", element("a", f"{section.title}: {section.total}", href=f"#{section.id}"))
        for section in sections
    ]
    return element("nav", element("ul", *links), aria_label="Contents") if links else Markup()


def _section(section: Section, parts: Sequence[Markup]) -> Markup:
    title = element(
        "h2", f"{section.title}: ", element("span", str(section.total), class_="total"),
        id=f"{section.id}-title",
    )  # fmt: skip
    body = _table(section, parts) if section.columns else joined(*parts)
    if section.folded:
        body = element("details", element("summary", title), body)
    else:
        body = joined(title, body)
    return joined(
        Markup("\n"),
        element("section", body, id=section.id, aria_labelledby=f"{section.id}-title"),
    )


def _table(section: Section, rows: Sequence[Markup]) -> Markup:
    head = element("tr", *(element("th", name, scope="col") for name in section.columns))
    table = element("table", element("thead", head), element("tbody", *rows))
    # What scrolls has to be reached by the keyboard.
    return element(
        "div", table, class_="wide", tabindex="0", role="group", aria_label=section.title
    )


def _file(title: str, body: Markup) -> str:
    style, script = _asset("style.css"), _asset("script.js")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(style, script)}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"{element('title', title)}\n<style>{style}</style>\n</head>\n"
        f"<body>\n{body}\n<script>{script}</script>\n</body>\n</html>\n"
    )


def policy(style: str, script: str) -> str:
    """A content security policy that allows these two texts and nothing else."""
    from base64 import b64encode
    from hashlib import sha256

    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _asset(name: str) -> str:
    from importlib.resources import files

    return files(__package__).joinpath(name).read_text("utf-8")
