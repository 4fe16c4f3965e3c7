"""Requirements files of a test and what is read from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.scanners.dependencies.pins import Dependencies
from tidegate.scanners.dependencies.requirements_files import read_requirements
from tidegate.scanners.interface import SourceFile


@dataclass
class Tree:
    """A target made of a few files."""

    contents: Mapping[str, bytes]
    files: Sequence[SourceFile] = ()
    reads: list[str] = field(default_factory=list)

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        if path not in self.contents:
            raise FileNotFoundError(path)
        return self.contents[path]


def read(*lines: str, **others: str) -> Dependencies:
    contents = {"req.txt": "\n".join(lines)} | {
        name.replace("__", "/") + ".txt": text for name, text in others.items()
    }
    tree = Tree({name: text.encode() for name, text in contents.items()})
    return read_requirements(tree, "req.txt", 10_000)


def pins(dependencies: Dependencies) -> list[tuple[str, str, str, int]]:
    return [(pin.name, pin.version, pin.path, pin.line) for pin in dependencies.pins]


def gaps(dependencies: Dependencies) -> list[tuple[str, str]]:
    for each in dependencies.skipped:
        assert each.tool == "pip-audit"
        assert each.what.startswith(each.path)
    return [(each.what, each.reason) for each in dependencies.skipped]
