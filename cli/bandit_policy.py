"""What bandit's configuration left out, as lines of a policy."""

import json
from collections.abc import Iterable, Iterator

from ..scanners.bandit_configuration import BanditConfiguration

_TOOLS = ["bandit", "ruff"]
"""Ruff's copies of bandit's rules stand in for them where files are staged or too new."""


def policy_lines(found: Iterable[BanditConfiguration]) -> str:
    """TOML for the end of a configuration file; empty where there is nothing to say."""
    return "".join(f"\n{part}" for each in found for part in _parts(each))


def _parts(found: BanditConfiguration) -> Iterator[str]:
    """What is translated of one file, then as comments what is not."""
    yield f"# From {found.source}, which Tidegate does not obey: read what is ignored here.\n"
    for rule in found.skips:
        yield _line({"rule": _names_of(rule)}, f"{found.source} skipped {rule}")
    if found.asserts:
        yield _line(
            {"rule": _names_of("B101"), "path": list(found.asserts)},
            f"{found.source} skipped B101 in these files",
        )
    if found.excluded:
        yield _line(
            {"tool": _TOOLS, "path": list(found.excluded)},
            f"{found.source} left these files out",
        )
    if found.left:
        yield "# Not translated:\n" + "".join(f"# - {toml_text(what)}\n" for what in found.left)


def _line(match: dict[str, list[str]], reason: str) -> str:
    wanted = ", ".join(
        f"{key} = [{', '.join(map(toml_text, values))}]" for key, values in match.items()
    )
    return f'[[policy]]\nmatch = {{ {wanted} }}\naction = "ignore"\nreason = {toml_text(reason)}\n'


def _names_of(rule: str) -> list[str]:
    """A rule of bandit, and ruff's name of it."""
    return [rule, "PLE2502" if rule == "B613" else f"S{rule[1:]}"]


def toml_text(value: str) -> str:
    """A basic string of TOML; it is a line of its own whatever it holds."""
    plain = value.encode("utf-8", "replace").decode("utf-8")
    quoted = json.dumps(plain, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
