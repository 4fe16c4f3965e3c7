from pathlib import Path

from tidegate.benchmarks.change import FLAGS
from tidegate.scanners.python.ruff import run
from tidegate.tests.house.measuring import measured


def test_the_change_benchmark_tells_what_it_changed(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"m{number}.py").write_text(f"def f{number}():\n    return {number}\n")
    (tmp_path / "none.py").write_text("x = 1\n")
    asked = ["--files", "9", "--staged", "2", "--runs", "1"]
    found = measured("change", "--tree", tmp_path, *asked)
    assert found["files in the repository"] == 4
    assert (found["files changed"], found["files staged"]) == (3, 2)
    assert set(found["seconds"]["hook"]) == {"gate --staged", "gate --staged --quick", "ruff"}


def test_ruff_alone_is_asked_as_the_quick_profile_asks_it() -> None:
    asked = Path(run.__file__).read_text("utf-8")
    assert "--preview" in FLAGS
    assert [flag for flag in FLAGS if f'"{flag}"' not in asked] == []
