"""Reports in files: whole or not there, and nothing beside them."""

from pathlib import Path

import pytest

from tidegate.cli.emit import emit
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
