"""Installed distributions: the METADATA of each as a pin, and where they are found."""

import posixpath
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....errors import UsageError
from ....records.finding import Skipped
from ....repository.regular_files import read_regular
from ...interface import Kind, SourceFile, Target
from ..pins import Dependencies, Origin, Source, gap
from .documents import NotUnderstood, json_of, table, text_at, unread
from .entries import Locked, gathered

_NO_FOLDER = ("#", "import ", "import\t")
_ORIGIN = "direct_url.json"
_SITE_PACKAGES = ("lib/python*/site-packages", "lib64/python*/site-packages", "Lib/site-packages")


@dataclass(frozen=True, slots=True)
class Environment:
    """A target: the METADATA of every distribution of some site-packages folders."""

    files: Sequence[SourceFile]
    max_file_bytes: int
    skipped: tuple[Skipped, ...] = ()
    """What Python imports from there beside these folders."""

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        return read_regular(Path(path), self.max_file_bytes)


def environment(place: Path, max_file_bytes: int) -> Environment:
    """What is installed in a virtual environment, or in a site-packages folder itself.

    Nothing of it is imported. Raises UsageError where no distribution is found.
    """
    folders = sorted({each.resolve() for each in _folders(place)})
    found = sorted({path for folder in folders for path in _metadata(folder)})
    files = [SourceFile(str(path), Kind.INSTALLED) for path in found]
    if not files:
        raise UsageError(
            f"no distribution is installed in {place}",
            "name a virtual environment or a site-packages folder",
        )
    beside = dict.fromkeys(
        gap for each in folders for gap in _beside(each, folders, max_file_bytes)
    )
    return Environment(files, max_file_bytes, tuple(dict.fromkeys(beside)))


def _beside(folder: Path, known: Collection[Path], max_bytes: int) -> Iterator[Skipped]:
    """A gap for each folder of distributions that a path file adds, or may add."""
    for path in sorted(folder.glob("*.pth")) if folder.is_dir() else ():
        try:
            lines = read_regular(path, max_bytes).decode("utf-8", "replace").splitlines()
        except OSError as error:
            remedy = "make a regular file of it, or take it away"
            yield gap(str(path), "path file not read", detail=type(error).__name__, remedy=remedy)
            continue
        # Lines that begin with import are run by Python: where they lead only it can tell.
        named = (folder / line.rstrip() for line in lines if not line.startswith(_NO_FOLDER))
        for place in named:
            if _holds_others(place, known):
                yield gap(
                    str(path),
                    "folder on the import path not looked at",
                    name=str(place),
                    remedy="look at it too: name it with --environment",
                )


def _holds_others(place: Path, known: Collection[Path]) -> bool:
    try:
        return place.is_dir() and place.resolve() not in known and any(_metadata(place))
    except (OSError, ValueError, RuntimeError):
        return True


def _metadata(folder: Path) -> Iterator[Path]:
    """Where the METADATA of each distribution has to be, whether it is there or not."""
    for path in folder.iterdir() if folder.is_dir() else ():
        match path.suffix.lower():
            case ".dist-info":
                yield path / "METADATA"
            case ".egg-info":
                yield path / "PKG-INFO" if path.is_dir() else path
            case ".egg":
                yield path / "EGG-INFO" / "PKG-INFO"


def _folders(place: Path) -> Iterator[Path]:
    inside = [folder for pattern in _SITE_PACKAGES for folder in place.glob(pattern)]
    yield from inside or [place]


def read_installed(target: Target, path: str) -> Dependencies:
    """The one pin that a METADATA file is, whose headers end at the first blank line.

    What was installed from an address is a gap as well.
    """
    try:
        data = target.read(path)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        return unread(path, NotUnderstood(detail, "metadata not read", "install it anew"))
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
        why = NotUnderstood("no name or no version", "metadata not understood", "install it anew")
        return unread(path, why)
    return gathered(path, [Locked(name, version, _source(target, path), (name, version), line)])


def _source(target: Target, path: str) -> Source:
    """PEP 610; a folder or file of this machine tells nothing about a release."""
    try:
        _text, told = json_of(target.read(posixpath.join(posixpath.dirname(path), _ORIGIN)))
    except FileNotFoundError:
        return Source()
    except (OSError, NotUnderstood):
        return Source(Origin.ADDRESS)
    place = text_at(told, "url")
    if place.startswith("file:"):
        return Source()
    commit = text_at(table(told.get("vcs_info")), "commit_id")
    return Source(Origin.VCS if "vcs_info" in told else Origin.ADDRESS, place, bool(commit))
