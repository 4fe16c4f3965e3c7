"""Every scanner, by the name that skipped things and timings bear."""

from .dependencies import audit, provenance
from .interface import Scanner
from .python.bandit import scanner as bandit
from .python.ruff import scanner as ruff
from .secrets import scanner as secrets

SCANNERS: dict[str, Scanner] = {
    "bandit": bandit,
    "pip-audit": audit,
    "provenance": provenance,
    "secrets": secrets,
}

QUICK: dict[str, Scanner] = {
    "ruff": ruff,
    "pip-audit": audit,
    "provenance": provenance,
    "secrets": secrets,
}
"""For a commit hook: it finds less, and sooner."""
