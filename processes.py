"""The one place that starts child processes."""

import os
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Part = TypeVar("Part")
Result = TypeVar("Result")

KEPT_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER", "LOGNAME")
MAX_SENDS = 3
"""Workers that may die, one after the other, before they take a part: then it is Lost."""
MAX_BATCH = 16
"""Parts that a worker is handed at once: of small ones the way there and back is a third."""
BATCHES = 8
"""Each worker's share of what is left is handed out in as many, so that all end together."""
BATCH_SECONDS = 0.5
"""After so long a worker gives the rest of its batch back."""

WORKER_MEMORY = 4 * 1024**3
"""Bytes of address space of one worker: twice what the syntax tree of the largest file that is
read takes where it is all code, and no more than a CI machine can spare."""


class ProcessFailed(Exception):
    """A child could not be started or did not end in time."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a child left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    stdin: bytes = b"",
    extra_env: Mapping[str, str] | None = None,
    untrusted: Path | None = None,
) -> Completed:
    """Run one program to its end: no shell, clean environment, cwd at the root folder.

    `argv[0]` is looked up on PATH without relative folders and without any folder
    below `untrusted`, so that a judged tree cannot plant the program.
    Raises ProcessFailed where it is missing or outlives `timeout` seconds.
    """
    with started(argv, timeout=timeout, extra_env=extra_env, untrusted=untrusted) as child:
        stdout, stderr = child.communicate(stdin, timeout)
    return Completed(child.returncode, stdout, stderr)


@contextmanager
def started(
    argv: Sequence[str],
    *,
    timeout: float,
    stdin: BinaryIO | int = subprocess.PIPE,
    stderr: BinaryIO | int = subprocess.PIPE,
    extra_env: Mapping[str, str] | None = None,
    untrusted: Path | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """One program under way, found and kept clean as by `run`; what it prints is a pipe.

    With files for the other two streams no pipe but the one that is read can fill up. A caller
    that leaves early kills it. Raises ProcessFailed where it is missing, or does not end within
    `timeout` seconds of the caller's being done.
    """
    path = trusted_path(os.environ.get("PATH", os.defpath), untrusted)
    program = shutil.which(argv[0], path=path)
    if program is None:
        raise ProcessFailed(f"{argv[0]} is not installed")
    try:
        # The program is found on a cleaned PATH and no shell reads the arguments.
        child = subprocess.Popen(  # noqa: S603 - see above
            [program, *argv[1:]],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=clean_environment(path) | dict(extra_env or {}),
            cwd="/",
        )
    except OSError as error:
        raise ProcessFailed(f"{argv[0]} could not be started: {error}") from error
    with child:
        try:
            yield child
            child.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise ProcessFailed(f"{argv[0]} did not end within {timeout:g} s") from error
        finally:
            child.kill()


def trusted_path(path: str, untrusted: Path | None) -> str:
    """PATH without relative folders and without those below `untrusted`."""
    root = untrusted.resolve() if untrusted else None
    kept = []
    for folder in path.split(os.pathsep):
        if not Path(folder).is_absolute():
            continue
        if root and Path(folder).resolve().is_relative_to(root):
            continue
        kept.append(folder)
    return os.pathsep.join(kept)


def clean_environment(path: str) -> dict[str, str]:
    """The few variables a child needs; none that steers git, Python or a loader."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {"PATH": path, "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Lost:
    """A part whose work came to nothing, and why: failed, died or timed out."""

    reason: str
    detail: str


def map_partitions(
    fn: Callable[[Part], Result],
    parts: Sequence[Part],
    *,
    workers: int,
    timeout: float,
    on_done: Callable[[int], None] = lambda _done: None,
) -> list[Result | Lost]:
    """`fn` of every part, in the order of `parts`, computed in forked worker processes.

    A part that raises, that kills its worker or takes over `timeout` seconds is Lost and
    costs no other part: what came to nothing in a batch is tried again alone. Results must
    pickle. `on_done` hears how many parts are done.
    """
    return _Pool(fn, parts, timeout).run(workers, on_done) if parts else []


_Batch = tuple[int, ...]


@dataclass(slots=True)
class _Worker:
    process: "ForkProcess"
    connection: "Connection"
    batch: _Batch = ()
    """The parts it is at, by their positions; none where it is idle."""
    deadline: float = 0.0

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


@dataclass(slots=True)
class _Pool(Generic[Part, Result]):
    fn: Callable[[Part], Result]
    parts: Sequence[Part]
    timeout: float
    workers: list[_Worker] = field(default_factory=list)

    def run(self, size: int, on_done: Callable[[int], None]) -> list[Result | Lost]:
        waiting = deque(_batches(len(self.parts), max(1, size)))
        answers: dict[int, Result | Lost] = {}
        try:
            while len(answers) < len(self.parts):
                answers.update(self._hand_out(waiting, size))
                answers.update(self._collect(waiting))
                on_done(len(answers))
        finally:
            for worker in self.workers:
                worker.stop()
        return [answers[index] for index in range(len(self.parts))]

    def _hand_out(self, waiting: deque[_Batch], size: int) -> dict[int, Lost]:
        """Give every idle worker a batch; those that no worker lived to take are Lost."""
        lost: dict[int, Lost] = {}
        while waiting:
            idle = next((w for w in self.workers if not w.batch), None)
            if idle is None and len(self.workers) >= max(1, size):
                break
            batch = waiting.popleft()
            died = self._give(batch, idle)
            if died is not None:
                lost.update(dict.fromkeys(batch, died))
        return lost

    def _give(self, batch: _Batch, idle: _Worker | None) -> Lost | None:
        """Send the batch to a worker; one that died while it was idle is replaced."""
        exitcode = None
        for _ in range(MAX_SENDS):
            worker = idle or self._start()
            try:
                worker.connection.send(batch)
            except OSError:
                self._dismiss(worker)
                exitcode, idle = worker.process.exitcode, None
            else:
                worker.batch = batch
                worker.deadline = time.monotonic() + self.timeout
                return None
        return Lost("worker died", _how_it_died(exitcode))

    def _start(self) -> _Worker:
        from multiprocessing import get_context

        context = get_context("fork")
        ours, theirs = context.Pipe()
        others = [ours, *(worker.connection for worker in self.workers)]
        process = context.Process(
            target=_serve, args=(self.fn, self.parts, theirs, others), daemon=True
        )
        process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))
        return self.workers[-1]

    def _collect(self, waiting: deque[_Batch]) -> dict[int, "Result | Lost"]:
        """The answers that have come; a batch that came to nothing waits again, part by part."""
        from multiprocessing.connection import wait

        busy = {worker.connection: worker for worker in self.workers if worker.batch}
        if not busy:
            return {}
        patience = min(worker.deadline for worker in busy.values()) - time.monotonic()
        ready = wait(list(busy), timeout=max(0.0, patience))
        answers: dict[int, Result | Lost] = {}
        for connection, worker in busy.items():
            if connection in ready:
                told = self._receive(worker)
            elif time.monotonic() >= worker.deadline:
                told = Lost("timed out", f"over {self.timeout:g} s")
                self._dismiss(worker)
            else:
                continue
            batch, worker.batch = worker.batch, ()
            if not isinstance(told, Lost):
                answers.update(zip(batch, told, strict=False))
                waiting.extendleft(filter(None, [batch[len(told) :]]))
            elif len(batch) == 1:
                answers[batch[0]] = told
            else:
                waiting.extendleft((part,) for part in reversed(batch))
        return answers

    def _receive(self, worker: _Worker) -> "Sequence[Result | Lost] | Lost":
        try:
            answers: Sequence[Result | Lost] = worker.connection.recv()
        except (EOFError, OSError):
            self._dismiss(worker)
            return Lost("worker died", _how_it_died(worker.process.exitcode))
        return answers

    def _dismiss(self, worker: _Worker) -> None:
        worker.stop()
        self.workers.remove(worker)


def _batches(count: int, workers: int) -> Iterator[_Batch]:
    """The positions of all parts, in batches that get smaller towards the end."""
    start = 0
    while start < count:
        size = min(MAX_BATCH, max(1, (count - start) // (workers * BATCHES)))
        yield tuple(range(start, start + size))
        start += size


def _how_it_died(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"signal {-exitcode}"
    return f"exit code {exitcode}"


def _serve(
    fn: Callable[[Part], Result],
    parts: Sequence[Part],
    connection: "Connection",
    inherited: "Sequence[Connection]",
) -> None:
    """Answer part after part; with the parent gone the pipe ends and so does the worker."""
    _be_quiet()
    _be_modest()
    for other in inherited:
        other.close()
    while True:
        try:
            batch = connection.recv()
        except EOFError:
            return
        connection.send(list(_attempts(fn, [parts[index] for index in batch])))


def _be_quiet() -> None:
    """Leave the parent's output, and the handling of an interrupt, to the parent.

    A warning about the judged code is not to become an error that hides the code.
    """
    import signal
    import warnings

    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(sink, descriptor)


def _be_modest() -> None:
    """Bound the memory of this worker, and leave no core file, which may hold secrets."""
    import resource

    for name, bound in (("RLIMIT_CORE", 0), ("RLIMIT_AS", WORKER_MEMORY)):
        # Not every platform has each of them, or lets it be lowered.
        with suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, name)
            soft, hard = resource.getrlimit(kind)
            is_unbounded = soft == resource.RLIM_INFINITY
            resource.setrlimit(kind, (bound if is_unbounded else min(soft, bound), hard))


def _attempts(fn: Callable[[Part], Result], batch: Sequence[Part]) -> "Iterator[Result | Lost]":
    """The answers on the first of the parts: as many as there is time for, one at least."""
    end = time.monotonic() + BATCH_SECONDS
    for part in batch:
        yield _attempt(fn, part)
        if time.monotonic() > end:
            return


def _attempt(fn: Callable[[Part], Result], part: Part) -> "Result | Lost":
    try:
        return fn(part)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any failure costs this part only
        return Lost("failed", f"{type(error).__name__}: {error}".removesuffix(": ")[:300])
