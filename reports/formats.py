"""Every output format by its name on the command line."""

from . import github, json_report, markdown, sarif, text
from .interface import Renderer

RENDERERS: dict[str, Renderer] = {
    "text": text,
    "json": json_report,
    "sarif": sarif,
    "markdown": markdown,
    "github": github,
}
