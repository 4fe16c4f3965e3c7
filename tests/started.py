"""A command line that has loaded its modules: a call forks it, and no interpreter starts.

A call is a process of its own as any other, with its arguments, variables, folder, streams
and exit code. Only what comes before the first line of `main` is shared: what a fresh
interpreter loads, from where, and its seed of hashes. A test of that starts one.
"""

import gc
import importlib
import json
import os
import pkgutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

from tidegate.tests.real import Answer

ROOT = Path(__file__).parents[1]
FOLDERS = ("cli", "gate", "records", "reports", "repository", "scanners")
PATIENCE = 120.0
"""Seconds for one call on a busy machine."""
_SERVE = "import socket; from tidegate.tests.started import serve; serve(socket.socket(fileno={}))"
_OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "LD_", "DYLD_", "TZ")
"""What begins so is read before the first line of `main`."""


def load() -> None:
    """Import what a gate would otherwise import in each of its workers: ours and the tools."""
    from tidegate.scanners.python.bandit.engine import examine
    from tidegate.scanners.secrets.engine import secrets_of
    from tidegate.scanners.secrets.pieces import pieces
    from tidegate.scanners.secrets.text import Text

    examine("nothing.py", b"")
    secrets_of("x.ini", Text.SETTINGS, pieces("x.ini", b"password = 4-5Gh-78-Zx\n"))
    for folder in FOLDERS:
        for module in pkgutil.walk_packages([str(ROOT / folder)], f"tidegate.{folder}."):
            importlib.import_module(module.name)


def is_of_the_interpreter(env: Mapping[str, str]) -> bool:
    """Whether one of the variables can only be given to a new interpreter."""
    return any(name.startswith(_OF_THE_INTERPRETER) for name in env)


class Started:
    """The process that is forked; it ends with the block."""

    def __enter__(self) -> Self:
        self._channel, theirs = socket.socketpair()
        self._channel.settimeout(PATIENCE)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _SERVE.format(theirs.fileno())],
                cwd="/",
                env={"PATH": os.environ["PATH"]},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._process.wait(PATIENCE)

    def call(self, args: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Answer:
        """`tidegate ARGS` in that folder, with no other variables."""
        with (
            tempfile.TemporaryFile() as asked,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            asked.write(json.dumps([args, str(cwd), dict(env)]).encode())
            asked.seek(0)
            socket.send_fds(self._channel, [b"?"], [each.fileno() for each in (asked, out, err)])
            return Answer(self._code(), _text(out), _text(err))

    def _code(self) -> int:
        """The exit code of the call. No call follows one that did not end: EOFError."""
        try:
            code = self._channel.recv(16)
        except TimeoutError:
            self._process.kill()
            raise
        if not code:
            raise EOFError("the process that is forked has gone")
        return int(code)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def serve(channel: socket.socket) -> None:
    """Fork for each call until nobody asks; the child leaves as the call does."""
    load()
    gc.freeze()  # what is loaded is not to be copied by a collection in each child
    while (descriptors := socket.recv_fds(channel, 1, 3)[1]) and (child := os.fork()):
        for descriptor in descriptors:
            os.close(descriptor)
        status = os.waitpid(child, 0)[1]
        channel.send(str(os.waitstatus_to_exitcode(status)).encode())
    channel.close()
    if descriptors:
        _become(*descriptors)


def _become(asked: int, out: int, err: int) -> None:
    """Be the call, and end as it does."""
    with os.fdopen(asked) as file:
        args, cwd, env = json.load(file)
    for descriptor, stream in ((out, 1), (err, 2)):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["tidegate", *args]

    from tidegate.cli.main import main

    try:
        main()
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(end.code or 0))  # to take all that is loaded to pieces is half of a call
