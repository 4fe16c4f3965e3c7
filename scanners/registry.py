"""Every scanner, by the name that skipped things and timings bear."""

from .dependencies import audit
from .interface import Scanner
from .python import bandit, ruff

SCANNERS: dict[str, Scanner] = {
    "bandit": bandit,
    "pip-audit": audit,
}

QUICK: dict[str, Scanner] = {
    "ruff": ruff,
    "pip-audit": audit,
}
"""For a commit hook: it finds less, and sooner."""
