"""Every scanner, by the name that skipped things and timings bear."""

from .dependencies import audit
from .interface import Scanner
from .python import bandit

SCANNERS: dict[str, Scanner] = {
    "bandit": bandit,
    "pip-audit": audit,
}
