"""Python that none of the Pythons we run on can parse, and what reads it."""

from dataclasses import dataclass
from pathlib import Path

from tidegate.records.finding import Finding, Remark, Skipped
from tidegate.scanners.interface import Context, Kind, Said, SourceFile
from tidegate.scanners.registry import QUICK, SCANNERS

CONTEXT = Context(database=Path("/nonexistent"), file_timeout=20)
NEWER = "try:\n    x = 1\nexcept A, B:\n    x = 2\n"
"""PEP 758, of Python 3.14."""
T_STRING = 'y = t"{x}"\n'
"""PEP 750, of Python 3.14."""
UNTOLD = "[*a for a in b]"
"""PEP 798, of Python 3.15, which is not known in older syntax."""


@dataclass(frozen=True)
class OneFile:
    """A target of one file."""

    source: bytes
    kind: Kind = Kind.PYTHON
    path: str = "a.py"

    @property
    def files(self) -> tuple[SourceFile, ...]:
        return (SourceFile(self.path, self.kind),)

    def read(self, path: str) -> bytes:
        assert path == self.path
        return self.source


def scanned(
    source: str | bytes, tool: str = "bandit", kind: Kind = Kind.PYTHON, path: str = "a.py"
) -> list[Said]:
    data = source.encode() if isinstance(source, str) else source
    scanner = (SCANNERS | QUICK)[tool]
    return list(scanner.scan(OneFile(data, kind, path), CONTEXT))


def found(
    source: str | bytes, tool: str = "bandit", kind: Kind = Kind.PYTHON, path: str = "a.py"
) -> list[Finding]:
    return [item for item in scanned(source, tool, kind, path) if isinstance(item, Finding)]


def gaps(items: list[Said]) -> list[Skipped]:
    return [item for item in items if isinstance(item, Skipped)]


def remarks(items: list[Said]) -> list[Remark]:
    return [item for item in items if isinstance(item, Remark)]
