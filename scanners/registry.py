"""Every scanner, by the name that skipped things and timings bear."""

from . import bandit, dependencies
from .interface import Scanner

SCANNERS: dict[str, Scanner] = {
    "bandit": bandit,
    "pip-audit": dependencies,
}
