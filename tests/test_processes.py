import os
import resource
import select
import signal
import subprocess
import sys
import time
import warnings
from multiprocessing import active_children
from pathlib import Path

import pytest

from tidegate.processes import (
    BATCHES,
    MAX_BATCH,
    MAX_SENDS,
    WORKER_MEMORY,
    Lost,
    ProcessFailed,
    _batches,
    _Pool,
    _Worker,
    map_partitions,
    run,
    trusted_path,
)


def test_results_come_in_the_order_of_the_parts() -> None:
    def slow_first(part: int) -> int:
        time.sleep(0.2 if part == 0 else 0)
        return part * part

    assert map_partitions(slow_first, range(8), workers=2, timeout=10) == [n * n for n in range(8)]


def test_no_parts_start_no_process() -> None:
    assert map_partitions(lambda part: part, [], workers=2, timeout=1) == []


def misbehave(part: str) -> str:
    if part == "raises":
        raise ValueError("no")
    if part == "exits":
        sys.exit(5)
    if part == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if part == "hangs":
        time.sleep(60)
    return part


def test_a_part_that_fails_dies_or_hangs_costs_only_itself() -> None:
    parts = ["a", "raises", "killed", "b", "hangs", "exits", "c"]
    answers = map_partitions(misbehave, parts, workers=2, timeout=1)
    assert [a for a in answers if isinstance(a, str)] == ["a", "b", "c"]
    assert answers[1] == Lost("failed", "ValueError: no")
    assert answers[2] == Lost("worker died", "signal 9")
    assert answers[4] == Lost("timed out", "over 1 s")
    assert answers[5] == Lost("failed", "SystemExit: 5")


def test_a_part_of_a_batch_costs_only_itself() -> None:
    parts = ["a"] * 300
    bad = {40: "hangs", 41: "raises", 42: "killed", 120: "killed", 299: "hangs"}
    for position, how in bad.items():
        parts[position] = how
    answers = map_partitions(misbehave, parts, workers=2, timeout=1)
    lost = {n: a.reason for n, a in enumerate(answers) if isinstance(a, Lost)}
    reasons = {"hangs": "timed out", "raises": "failed", "killed": "worker died"}
    assert lost == {position: reasons[how] for position, how in bad.items()}
    assert [a for a in answers if not isinstance(a, Lost)] == ["a"] * 295


def test_parts_that_take_long_together_are_begun_once_each(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def slow(part: int) -> int:
        with log.open("a") as file:
            file.write(".")
        time.sleep(0.7 if part < 4 else 0)
        return part

    parts = range(2 * BATCHES * MAX_BATCH)
    assert map_partitions(slow, parts, workers=1, timeout=2) == list(parts)
    assert len(log.read_text()) == len(parts)


def test_all_workers_end_together() -> None:
    """The last parts are handed out one by one, so that none waits behind a slow one."""
    sizes = [len(batch) for batch in _batches(1000, 2)]
    assert sum(sizes) == 1000
    assert sizes[0] == MAX_BATCH
    assert sizes[-2 * BATCHES :] == [1] * (2 * BATCHES)
    assert [len(batch) for batch in _batches(20, 2)] == [1] * 20


def test_what_cannot_be_sent_back_is_lost_and_not_silent() -> None:
    (answer,) = map_partitions(lambda _: lambda: None, [1], workers=1, timeout=5)
    assert isinstance(answer, Lost)


def test_every_part_is_heard_of() -> None:
    heard: list[int] = []
    map_partitions(lambda part: part, range(5), workers=2, timeout=5, on_done=heard.append)
    assert heard[-1] == 5
    assert heard == sorted(heard)


def test_workers_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    map_partitions(lambda _: os.write(1, b"noise"), [1, 2], workers=1, timeout=5)
    assert capfd.readouterr() == ("", "")


def test_no_worker_outlives_the_call() -> None:
    pids = map_partitions(lambda _: os.getpid(), range(4), workers=2, timeout=5)
    for pid in pids:
        assert isinstance(pid, int)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_child_has_a_clean_environment_and_stands_at_the_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    out = run(["env"], timeout=10).stdout.decode()
    assert "GIT_DIR" not in out
    assert "PYTHONPATH" not in out
    assert run(["pwd"], timeout=10).stdout == b"/\n"


def test_a_program_of_the_judged_tree_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "bin" / "env"
    planted.parent.mkdir()
    planted.write_text("#!/bin/sh\necho planted\n")
    planted.chmod(0o755)
    monkeypatch.setenv("PATH", f"{planted.parent}:{os.environ['PATH']}")
    assert run(["env"], timeout=10).stdout == b"planted\n"
    assert b"planted\n" not in run(["env"], timeout=10, untrusted=tmp_path).stdout


def test_relative_folders_are_never_searched() -> None:
    assert trusted_path(".::bin:/usr/bin", None) == "/usr/bin"


def test_a_missing_or_endless_program_is_told() -> None:
    with pytest.raises(ProcessFailed, match="not installed"):
        run(["no-such-program-here"], timeout=1)
    with pytest.raises(ProcessFailed, match=r"within 0\.2 s"):
        run(["sleep", "20"], timeout=0.2)


def test_a_worker_that_dies_while_idle_is_replaced() -> None:
    killed: list[int] = []

    def kill_the_idle(done: int) -> None:
        if done == 1:
            (worker,) = active_children()
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            worker.join()
            killed.append(worker.pid)

    answers = map_partitions(
        lambda _: os.getpid(), range(3), workers=1, timeout=10, on_done=kill_the_idle
    )
    assert answers[0] == killed[0]
    assert [isinstance(answer, int) for answer in answers] == [True] * 3
    assert killed[0] not in answers[1:]


class Doomed(_Pool[int, int]):
    """Its workers die before they can be given anything."""

    starts = 0

    def _start(self) -> _Worker:
        type(self).starts += 1
        worker = super()._start()
        worker.process.kill()
        worker.process.join()
        return worker


def test_where_no_worker_lives_to_take_it_the_part_is_lost() -> None:
    answers = Doomed(lambda part: part, range(2), 5.0).run(2, lambda _done: None)
    assert answers == [Lost("worker died", "signal 9")] * 2
    assert Doomed.starts <= 2 * MAX_SENDS


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not hold a process to RLIMIT_AS")
def test_a_part_that_wants_too_much_memory_costs_only_itself() -> None:
    sizes = [10, WORKER_MEMORY, 20]
    answers = map_partitions(lambda size: len(bytes(size)), sizes, workers=1, timeout=30)
    assert answers == [10, Lost("failed", "MemoryError"), 20]


def test_a_worker_leaves_no_core_file() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("nobody may leave a core file here")
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        found = map_partitions(
            lambda _: resource.getrlimit(resource.RLIMIT_CORE)[0], [1], workers=1, timeout=5
        )
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    assert found == [0]


ORPHANS = """
import os, signal, time
from tidegate.processes import map_partitions
map_partitions(
    lambda part: time.sleep(part),
    [0, 0.5, 0.5],
    workers=2,
    timeout=30,
    on_done=lambda _done: os.kill(os.getpid(), signal.SIGKILL),
)
"""


def test_workers_end_when_their_parent_is_killed() -> None:
    reader, writer = os.pipe()
    parent = subprocess.Popen([sys.executable, "-P", "-c", ORPHANS], pass_fds=[writer])
    os.close(writer)
    assert parent.wait(timeout=20) == -signal.SIGKILL
    with os.fdopen(reader, "rb") as held_by_all:
        ended, _, _ = select.select([held_by_all], [], [], 20)
        assert ended, "a worker holds the other end still"
        assert held_by_all.read() == b""


def test_a_warning_is_no_error_in_a_worker() -> None:
    def warn(part: int) -> int:
        warnings.warn("judged code is odd", SyntaxWarning, stacklevel=1)
        return part

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert map_partitions(warn, [1, 2], workers=1, timeout=5) == [1, 2]
