"""Messages that nobody took yet, each a file of a folder that its owner alone can read.

No address and no key is kept. The folder stays within bounds: the oldest message makes room.
"""

import os
import re
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from .delivery import Message, NotDelivered, Target

_NAME = re.compile(r"(\d{15})-(slack|webhook)-([0-9a-f]{32})\.message")
"""When it was kept, in milliseconds, for whom, and its id."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a spool holds at most."""

    messages: int = 100
    size: int = 64 * 1024 * 1024
    """Bytes."""
    age: float = 7 * 86_400
    """Seconds; older ones go."""


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder of messages; made, private, where it is not there."""

    folder: Path
    bounds: Bounds = Bounds()
    tell: Callable[[str], object] = print
    """Hears which messages had to go."""
    now: Callable[[], float] = time.time

    def check(self) -> None:
        """Raise UsageError where it could not be used; make it where it is not there."""
        with self._locked():
            pass

    def keep(self, message: Message) -> None:
        """Keep a message, once however often it comes. Raises UsageError."""
        with self._locked():
            name = f"{message.to}-{message.id}.message"
            if not any(path.name.endswith(name) for path in self._paths()):
                self._write(f"{int(self.now() * 1000):015d}-{name}", message.body)
            self._bound()

    def deliver(self, send: Callable[[Message], None]) -> None:
        """Give each message to `send`, the oldest first, and drop it once that returns.

        A message that is refused stays; one whose receiver does not answer stays with all
        others for it. Raises the first NotDelivered at the end, and UsageError for a folder
        or a file that others could have written.
        """
        failures: list[NotDelivered] = []
        silent: set[Target] = set()
        with self._locked():
            self._bound()
            for path in self._paths():
                message = _message(path, self.bounds.size)
                if message.to in silent:
                    continue
                try:
                    send(message)
                except NotDelivered as failure:
                    failures.append(failure)
                    silent |= set() if failure.refused else {message.to}
                else:
                    path.unlink()
        if failures:
            raise failures[0]

    def count(self) -> int:
        """How many messages it holds."""
        return len(self._paths())

    def _paths(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("*") if _NAME.fullmatch(path.name))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time: a message is sent by one of them."""
        import fcntl

        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_private(self.folder)
            lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise UsageError(
                f"the spool {self.folder} cannot be used: {error.strerror}", "name another folder"
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                f"another process uses the spool {self.folder}", "try again when it is done"
            ) from error
        else:
            yield
        finally:
            os.close(lock)

    def _write(self, name: str, body: bytes) -> None:
        """A whole file or none; mkstemp makes it readable by its owner alone."""
        handle, made = tempfile.mkstemp(prefix=".", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(made).replace(self.folder / name)
        finally:
            Path(made).unlink(missing_ok=True)

    def _bound(self) -> None:
        """Drop the oldest messages until the bounds hold, and tell each."""
        paths = self._paths()
        size = sum(path.lstat().st_size for path in paths)
        oldest = (self.now() - self.bounds.age) * 1000
        for left, path in zip(range(len(paths), 0, -1), paths, strict=True):
            stale = int(path.name[:15]) < oldest
            if not stale and left <= self.bounds.messages and size <= self.bounds.size:
                return
            size -= path.lstat().st_size
            path.unlink()
            self.tell(f"warning: the spool was full or too old, and lost {path.name}")


def _check_private(folder: Path) -> None:
    """Raises UsageError where somebody else could read or write it."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise UsageError(
            f"the spool {folder} is not private",
            "name a folder of yours, or `chmod 700` it once you know what it holds",
        )


def _message(path: Path, most: int) -> Message:
    """The message of a file. Raises UsageError where it is another than its name says."""
    _, to, id_ = path.name.removesuffix(".message").split("-")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            regular = stat.S_ISREG(os.fstat(handle).st_mode)
            message = Message(Target(to), file.read(most + 1) if regular else b"")
    except OSError as error:
        raise _broken(path) from error
    if message.id != id_:
        raise _broken(path)
    return message


def _broken(path: Path) -> UsageError:
    return UsageError(f"a message of the spool was changed: {path}", "take it out of there")
