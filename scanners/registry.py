"""Every scanner, by the name that skipped things and timings bear."""

from .dependencies import audit, provenance
from .interface import Scanner
from .python import bandit, ruff

SCANNERS: dict[str, Scanner] = {
    "bandit": bandit,
    "pip-audit": audit,
    "provenance": provenance,
}

QUICK: dict[str, Scanner] = {
    "ruff": ruff,
    "pip-audit": audit,
    "provenance": provenance,
}
"""For a commit hook: it finds less, and sooner."""
