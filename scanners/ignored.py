"""What offers itself to steer the scan and is not obeyed: told, so that nobody relies on it."""

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

OWN_PREFIXES = {"bandit.plugins": "bandit.", "tidegate.scanners": "tidegate."}


def ignored_plugins() -> list[str]:
    """Installed packages that offer plug-ins, which are never loaded."""
    return sorted(
        f"plug-in '{entry.name}' ({group}) of the environment is ignored"
        for group, own in OWN_PREFIXES.items()
        for entry in entry_points(group=group)
        if not entry.module.startswith(own)
    )


def ignored_configuration(read: Callable[[str], bytes | None]) -> Iterator[str]:
    """Bandit's own configuration at the root of a tree: it hushes nothing here."""
    if read(".bandit") is not None:
        yield ".bandit is ignored: it cannot decide what is found"
    if b"[tool.bandit" in (read("pyproject.toml") or b""):
        yield "[tool.bandit] in pyproject.toml is ignored: it cannot decide what is found"
