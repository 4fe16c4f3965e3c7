import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tidegate.cli.main import app
from tidegate.config import OPTIONS, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
DOCUMENTS = README + "".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))


def verbs(command: Any, name: str) -> Iterator[str]:  # Typer carries its own Click, untyped here
    """Every verb below a command as one types it: 'tidegate config show'."""
    below = getattr(command, "commands", {})
    if not below:
        yield name
    for key, sub in below.items():
        yield from verbs(sub, f"{name} {key}")


VERBS = sorted(verbs(typer.main.get_command(app), "tidegate"))


def test_the_verbs_are_found() -> None:
    assert {"tidegate gate", "tidegate scan", "tidegate advisories import"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_documented(verb: str) -> None:
    assert re.search(rf"`{verb}\b", DOCUMENTS)


@pytest.mark.parametrize("key", OPTIONS)
def test_each_configuration_key_is_documented_with_its_default(key: str) -> None:
    default = getattr(Settings(), key.replace("-", "_"))
    shown = str(default).lower() if isinstance(default, bool) else default
    quoted = f'"{shown}"' if isinstance(default, str) else str(shown)
    assert f"| `{key}` | `{quoted}` |" in DOCUMENTS


def test_every_documented_verb_exists() -> None:
    named = set(re.findall(r"`tidegate ([a-z]+)", DOCUMENTS))
    assert named <= {verb.split()[1] for verb in VERBS}


def make_targets(text: str) -> set[str]:
    """The targets that `make help` lists."""
    return set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))


def test_every_make_command_of_the_readme_is_in_the_makefile() -> None:
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", README))
    assert {"gate", "test", "check", "lock"} <= named <= make_targets(MAKEFILE)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)", DOCUMENTS))
def test_every_link_within_the_repository_leads_somewhere(link: str) -> None:
    assert any((folder / link).exists() for folder in (ROOT, ROOT / "docs"))
