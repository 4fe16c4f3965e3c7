"""Links in a terminal (OSC 8): a rule's name opens its documentation.

An address that the scanned world wrote is never one: it has to be on a site that documents
rules or advisories, and plain.
"""

from ..records.finding import Finding
from .inert import web_address

_SITES = (
    "https://bandit.readthedocs.io/",
    "https://cwe.mitre.org/",
    "https://docs.astral.sh/",
    "https://osv.dev/",
)


def documentation(finding: Finding) -> str:
    """The address of what is written about its rule; empty where none is to be opened."""
    return web_address(finding.url) if finding.url.startswith(_SITES) else ""


def linked(text: str, address: str) -> str:
    """A text that is already inert, as a link where there is an address."""
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if address else text
