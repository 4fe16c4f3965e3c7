"""Every output format by its name on the command line."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .interface import Renderer


def _text() -> "Renderer":
    from . import text

    return text


def _json() -> "Renderer":
    from . import json_report

    return json_report


def _sarif() -> "Renderer":
    from . import sarif

    return sarif


def _github_sarif() -> "Renderer":
    from . import github_sarif

    return github_sarif


def _markdown() -> "Renderer":
    from . import markdown

    return markdown


def _github() -> "Renderer":
    from . import github

    return github


def _html() -> "Renderer":
    from .html import page

    return page


def _jsonl() -> "Renderer":
    from . import jsonl

    return jsonl


def _junit() -> "Renderer":
    from . import junit

    return junit


def _gitlab_codequality() -> "Renderer":
    from .gitlab import codequality

    return codequality


def _gitlab_sast() -> "Renderer":
    from .gitlab import sast

    return sast


def _gitlab_dependency_scanning() -> "Renderer":
    from .gitlab import dependency_scanning

    return dependency_scanning


class _OnDemand(Mapping[str, "Renderer"]):
    """Renderers that are imported when they are asked for."""

    def __init__(self, imports: Mapping[str, Callable[[], "Renderer"]]) -> None:
        self._imports = imports

    def __getitem__(self, name: str) -> "Renderer":
        return self._imports[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._imports)

    def __len__(self) -> int:
        return len(self._imports)


RENDERERS: Mapping[str, "Renderer"] = _OnDemand(
    {
        "text": _text,
        "json": _json,
        "jsonl": _jsonl,
        "sarif": _sarif,
        "github-sarif": _github_sarif,
        "markdown": _markdown,
        "github": _github,
        "html": _html,
        "gitlab-codequality": _gitlab_codequality,
        "gitlab-sast": _gitlab_sast,
        "gitlab-dependency-scanning": _gitlab_dependency_scanning,
        "junit": _junit,
    }
)
