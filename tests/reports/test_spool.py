"""The folder of messages that nobody took yet: private, bounded, each message sent once."""

import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tidegate.errors import UsageError
from tidegate.reports.delivery import Message, NotDelivered, Target
from tidegate.reports.spool import Bounds, Spool

DAY = 86_400


def message(text: str, to: Target = Target.WEBHOOK) -> Message:
    return Message(to, text.encode())


class Clock:
    """A second later at each look."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def __call__(self) -> float:
        self.time += 1
        return self.time


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path, told: list[object], clock: Clock) -> Spool:
    return Spool(tmp_path / "a" / "spool", Bounds(messages=3, size=100), told.append, clock)


def sent(spool: Spool) -> list[str]:
    taken: list[str] = []
    spool.deliver(lambda each: taken.append(each.body.decode()))
    return taken


def unable(*bodies: str, refused: bool) -> Callable[[Message], None]:
    def send(each: Message) -> None:
        if each.body.decode() in bodies:
            raise NotDelivered("https://hooks.example/T0KEN", each.body.decode(), refused=refused)

    return send


def test_what_is_kept_is_sent_once_and_in_order(spool: Spool) -> None:
    for text in ("one", "two", "one"):
        spool.keep(message(text))
    assert spool.count() == 2
    assert sent(spool) == ["one", "two"]
    assert sent(spool) == []


def test_it_is_readable_by_its_owner_alone(spool: Spool) -> None:
    spool.keep(message("one"))
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700
    for path in spool.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_oldest_make_room_and_are_told(spool: Spool, told: list[object]) -> None:
    for text in ("one", "two", "three", "four"):
        spool.keep(message(text))
    assert sent(spool) == ["two", "three", "four"]
    assert len(told) == 1
    assert message("one").id in str(told[0])


def test_size_is_bounded(spool: Spool, told: list[object]) -> None:
    for letter in "abc":
        spool.keep(message(letter * 45))
    assert sent(spool) == ["b" * 45, "c" * 45]
    assert len(told) == 1


def test_what_is_too_old_is_not_sent(spool: Spool, clock: Clock, told: list[object]) -> None:
    spool.keep(message("one"))
    clock.time += 7 * DAY + 10
    spool.keep(message("two"))
    assert sent(spool) == ["two"]
    spool.keep(message("three"))
    clock.time += 7 * DAY + 10
    assert sent(spool) == []
    assert len(told) == 2


def test_a_refused_message_stays_and_holds_up_no_other(spool: Spool) -> None:
    for text in ("one", "two"):
        spool.keep(message(text))
    with pytest.raises(NotDelivered, match="one"):
        spool.deliver(unable("one", refused=True))
    assert sent(spool) == ["one"]


def test_a_silent_receiver_is_asked_once_and_others_get_theirs(spool: Spool) -> None:
    spool.keep(message("one"))
    spool.keep(message("two"))
    spool.keep(message("three", Target.SLACK))
    with pytest.raises(NotDelivered, match="one"):
        spool.deliver(unable("one", refused=False))
    assert sent(spool) == ["one", "two"]


def test_an_interrupt_loses_no_message(spool: Spool) -> None:
    spool.keep(message("one"))

    def interrupted(_message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spool.deliver(interrupted)
    assert sent(spool) == ["one"]


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_a_folder_that_others_can_enter_is_refused(spool: Spool, mode: int) -> None:
    spool.keep(message("one"))
    spool.folder.chmod(mode)
    for use in (spool.check, lambda: spool.keep(message("two")), lambda: sent(spool)):
        with pytest.raises(UsageError, match="is not private"):
            use()
    spool.folder.chmod(0o700)
    assert sent(spool) == ["one"]


def test_a_link_to_a_folder_is_refused(spool: Spool, tmp_path: Path) -> None:
    spool.keep(message("one"))
    link = tmp_path / "link"
    link.symlink_to(spool.folder)
    with pytest.raises(UsageError, match="is not private"):
        Spool(link).check()


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="name another folder"):
        Spool(tmp_path / "file").check()


def the_one(spool: Spool) -> Path:
    spool.keep(message("one"))
    (path,) = spool.folder.glob("*.message")
    return path


def test_a_changed_message_is_not_sent(spool: Spool) -> None:
    the_one(spool).write_bytes(b"another")
    with pytest.raises(UsageError, match="was changed"):
        sent(spool)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/etc/passwd")])
def test_what_is_no_file_is_not_sent(spool: Spool, make: Callable[[Path], None]) -> None:
    path = the_one(spool)
    path.unlink()
    make(path)
    with pytest.raises(UsageError, match="was changed"):
        sent(spool)


def test_what_is_no_message_is_left_alone(spool: Spool) -> None:
    spool.keep(message("one"))
    for name in ("notes.message", "1-slack-00.message", "README"):
        (spool.folder / name).write_text("x", "utf-8")
    assert sent(spool) == ["one"]
    assert (spool.folder / "notes.message").exists()


def test_two_processes_do_not_send_the_same_message(spool: Spool) -> None:
    spool.keep(message("one"))
    with (spool.folder / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another process"):
            sent(spool)
    assert sent(spool) == ["one"]
