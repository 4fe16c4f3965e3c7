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


def _markdown() -> "Renderer":
    from . import markdown

    return markdown


def _github() -> "Renderer":
    from . import github

    return github


def _html() -> "Renderer":
    from .html import page

    return page


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
        "sarif": _sarif,
        "markdown": _markdown,
        "github": _github,
        "html": _html,
    }
)
