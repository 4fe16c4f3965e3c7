"""Installed distributions: the METADATA of each as a pin, and where they are found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import UsageError
from ...repository.regular_files import read_regular
from ..interface import Kind, SourceFile
from .documents import NotUnderstood, unread
from .entries import Locked, gathered
from .pins import Dependencies, Source

METADATA = ("*.dist-info/METADATA", "*.egg-info/PKG-INFO", "*.egg-info")
_SITE_PACKAGES = ("lib/python*/site-packages", "lib64/python*/site-packages", "Lib/site-packages")


@dataclass(frozen=True, slots=True)
class Environment:
    """A target: the METADATA of every distribution of some site-packages folders."""

    files: Sequence[SourceFile]
    max_file_bytes: int

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        return read_regular(Path(path), self.max_file_bytes)


def environment(place: Path, max_file_bytes: int) -> Environment:
    """What is installed in a virtual environment, or in a site-packages folder itself.

    Nothing of it is imported. Raises UsageError where no distribution is found.
    """
    folders = sorted({each.resolve() for each in _folders(place)})
    found = sorted(
        path for folder in folders for pattern in METADATA for path in folder.glob(pattern)
    )
    files = [SourceFile(str(path), Kind.INSTALLED) for path in found if path.is_file()]
    if not files:
        raise UsageError(
            f"no distribution is installed in {place}",
            "name a virtual environment or a site-packages folder",
        )
    return Environment(files, max_file_bytes)


def _folders(place: Path) -> Iterator[Path]:
    inside = [folder for pattern in _SITE_PACKAGES for folder in place.glob(pattern)]
    yield from inside or [place]


def running() -> list[Path]:
    """The site-packages folders of the interpreter that runs this."""
    import sysconfig

    paths = sysconfig.get_paths()
    return sorted({Path(paths["purelib"]), Path(paths["platlib"])})


def read_metadata(data: bytes, path: str) -> Dependencies:
    """The one pin that a METADATA file is; headers end at the first blank line."""
    name = version = ""
    line = 1
    for number, text in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not text.strip():
            break
        key, _, value = text.partition(":")
        if key.lower() == "name" and not name:
            name, line = value.strip(), number
        elif key.lower() == "version" and not version:
            version = value.strip()
    if not name or not version:
        error = NotUnderstood("no name or no version", "metadata not understood", "install it anew")
        return unread(path, error)
    return gathered(path, [Locked(name, version, Source(), (name, version), line)])
