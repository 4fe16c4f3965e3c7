"""Reports in files: whole or not there, and nothing beside them."""

import contextlib
import io
from pathlib import Path

import pytest

from tidegate.cli.emit import WIPE, Progress, emit, paced
from tidegate.cli.options import Format
from tidegate.errors import UsageError


def test_a_folder_in_the_way_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        emit(lambda _form, _colour: "report", Format.TEXT, [(Format.JSON, tmp_path / "out")])
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]


def test_text_that_cannot_be_encoded_keeps_the_old_file_and_leaves_nothing(tmp_path: Path) -> None:
    old = tmp_path / "out.json"
    old.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        emit(lambda _form, _colour: "\ud800", Format.TEXT, [(Format.JSON, old)])
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text() == "old"


def test_a_file_has_the_rights_that_the_umask_leaves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain").touch()
    emit(lambda form, _colour: form, Format.TEXT, [(Format.JSON, tmp_path / "out.json")])
    assert (tmp_path / "out.json").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert capsys.readouterr().out == "text"


@pytest.mark.parametrize(
    ("done", "total", "seconds", "told"),
    [
        (120, None, 4.0, ", 30 a second"),
        (0, 10, 3.0, ""),
        (120, 480, 4.0, ", 30 a second, 12 s left"),
        (120, 36_120, 4.0, ", 30 a second, 20 min left"),
        (1, 20, 6.0, ", 10 a minute, 2 min left"),
        (1, 100_000, 1.0, ", 1 a second, 28 h left"),
        (10, 10, 5.0, ", 2 a second, 0 s left"),
    ],
)
def test_progress_tells_rate_and_time_left(
    done: int, total: int | None, seconds: float, told: str
) -> None:
    assert paced(done, total, seconds) == told


class Terminal(io.StringIO):
    """A standard error that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


def heard(stream: io.StringIO, times: list[float]) -> str:
    """What ten files at the given seconds leave on standard error."""
    clock = iter([0.0, *times])
    with contextlib.redirect_stderr(stream):
        progress = Progress(lambda: next(clock))
        for number in range(1, len(times) + 1):
            progress(number, len(times))
    return stream.getvalue()


def test_progress_is_for_terminals_and_for_runs_over_two_seconds() -> None:
    slow = [1.0, 2.0, 2.1, 3.0, 4.0]
    assert heard(io.StringIO(), slow) == ""
    assert heard(Terminal(), [0.1, 0.2, 1.9]) == ""
    said = heard(Terminal(), slow).split(WIPE)
    assert said[1] == "scanned 2 of 5 files, 1 a second, 3 s left"
    assert said[-1] == "", "it is taken back at the end"
    assert len(said) == 4, "not more often than five times a second"
