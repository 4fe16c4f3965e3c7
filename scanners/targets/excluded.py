"""The folders that no walk enters, whoever asks."""

EXCLUDED_FOLDERS = frozenset({".svn", "CVS", ".bzr", ".hg", ".git", "__pycache__", ".tox", ".eggs"})
"""Bandit's default exclusions, with `*.egg`: whole names, so that `.github` is entered."""


def is_excluded(name: str) -> bool:
    """Whether a folder of this name is left out."""
    return name in EXCLUDED_FOLDERS or name.endswith(".egg")
