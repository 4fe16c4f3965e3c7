"""A conda environment file: the requirements that it hands to pip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..interface import SourceFile, Target
from .locks.documents import NotUnderstood, items, table, unread
from .pins import Dependencies

NO_ENVIRONMENT = "environment file not understood"
_REMEDY = "write plain YAML without anchors, or keep pip's part in a requirements file"


@dataclass(frozen=True, slots=True)
class _WithText:
    """A target in which one file says something else."""

    target: Target
    path: str
    text: bytes

    @property
    def files(self) -> Sequence[SourceFile]:
        """Those of the target."""
        return self.target.files

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        return self.text if path == self.path else self.target.read(path)


def read_environment(target: Target, data: bytes, path: str, max_bytes: int) -> Dependencies:
    """What its `pip` section asks for, as a requirements file that stood there would.

    Conda's own packages are left out: no advisory of this database is theirs.
    """
    try:
        asked = list(_asked_of_pip(data))
    except NotUnderstood as error:
        return unread(path, error)
    if not asked:
        return Dependencies((), ())
    if not _is_read_as_written(asked):
        return unread(path, NotUnderstood("pip would decode it anew", NO_ENVIRONMENT, _REMEDY))
    from .requirements_files import read_requirements

    text = _on_their_lines(asked, data.decode("utf-8", "replace").splitlines())
    return read_requirements(_WithText(target, path, text.encode()), path, max_bytes)


def _asked_of_pip(data: bytes) -> Iterator[str]:
    """The lines that conda writes into a file for pip. Raises NotUnderstood."""
    from ..advisories.sources.limits import BrokenFile, Limits
    from ..advisories.sources.yaml_documents import read_yaml

    try:
        document = read_yaml(data, "it", Limits(yaml_bytes=len(data))) if data.strip() else None
    except BrokenFile as error:
        raise NotUnderstood("no YAML that is read here", NO_ENVIRONMENT, _REMEDY) from error
    for each in items(table(document).get("dependencies")):
        if "pip" not in table(each):
            continue
        asked = table(each)["pip"]
        if not isinstance(asked, list) or not all(isinstance(line, str) for line in asked):
            raise NotUnderstood("its pip section is no list of texts", NO_ENVIRONMENT, _REMEDY)
        yield from asked


def _is_read_as_written(asked: Sequence[str]) -> bool:
    """Whether no first line tells pip that the others are in another encoding."""
    from .requirements_lines import decoded

    written = "\n".join(asked)
    try:
        return decoded(written.encode()) == written
    except (UnicodeError, LookupError):
        return False


def _on_their_lines(asked: Sequence[str], lines: Sequence[str]) -> str:
    """A text in which each stands on the line that it has in the file, if it has one alone."""
    placed: list[str] = []
    for each in asked:
        wanted = (f"- {each}", f"- '{each}'", f'- "{each}"')
        found = (n for n in range(len(placed), len(lines)) if lines[n].strip() in wanted)
        placed += [""] * (next(found, len(placed)) - len(placed))
        placed.append(each)
    return "\n".join(placed)
