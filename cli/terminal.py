"""What the terminal that shows a report can do, as its environment tells."""

from collections.abc import Mapping
from dataclasses import dataclass

_PROGRAMS = frozenset({"Hyper", "Tabby", "WezTerm", "ghostty", "iTerm.app", "vscode"})
_TERMS = frozenset({"alacritty", "foot", "wezterm", "xterm-ghostty", "xterm-kitty"})
_MARKS = ("KITTY_WINDOW_ID", "WT_SESSION")
_FIRST_VTE = 5000
"""VTE 0.50, which GNOME Terminal and many others are made of."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a text may be shown."""

    colour: bool = False
    links: bool = False


def shown_on(terminal: bool, env: Mapping[str, str]) -> Shown:  # noqa: FBT001 - one fact
    """What is wanted on standard output: a file gets neither."""
    return Shown(colour_wanted(terminal, env), links_wanted(terminal, env))


def colour_wanted(terminal: bool, env: Mapping[str, str]) -> bool:  # noqa: FBT001 - one fact
    """Colour belongs on a terminal that knows it, unless NO_COLOR is set to anything."""
    return terminal and not env.get("NO_COLOR") and env.get("TERM") != "dumb"


def links_wanted(terminal: bool, env: Mapping[str, str]) -> bool:  # noqa: FBT001 - one fact
    """Hyperlinks belong on a terminal known to make one of them; FORCE_HYPERLINK decides.

    A multiplexer hands over the environment of the terminal it was started in, and may not
    know them: none there.
    """
    term, forced = env.get("TERM", ""), env.get("FORCE_HYPERLINK")
    if not terminal or forced:
        return terminal and forced != "0"
    if term == "dumb" or term.startswith(("screen", "tmux")) or env.get("TMUX"):
        return False
    vte = env.get("VTE_VERSION", "")
    return (
        env.get("TERM_PROGRAM") in _PROGRAMS
        or term in _TERMS
        or any(env.get(mark) for mark in _MARKS)
        or (vte.isdecimal() and int(vte[:9]) >= _FIRST_VTE)
    )
