import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES = 350
FUNCTION_LINES = 40
LONGER_FOR_A_REASON: dict[str, str] = {}
"""'folder/file.py:function' or 'folder/file.py' to the reason why it is longer."""


def modules(root: Path) -> list[Path]:
    """Every Python file of a checkout that people write; none of hidden or made folders."""
    made = {"build", "dist", "__pycache__"}
    return [
        path
        for path in sorted(root.rglob("*.py"))
        if not any(part.startswith(".") or part in made for part in path.relative_to(root).parts)
    ]


def too_long(path: Path, name: str) -> list[str]:
    """What of one file is longer than it may be, the file itself among it."""
    text = path.read_text("utf-8")
    found = [name] if len(text.splitlines()) > FILE_LINES else []
    return found + [
        f"{name}:{node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]


def test_files_and_functions_stay_small() -> None:
    found = [
        item for path in modules(ROOT) for item in too_long(path, path.relative_to(ROOT).as_posix())
    ]
    assert sorted(found) == sorted(LONGER_FOR_A_REASON)


@pytest.mark.parametrize(("lines", "expected"), [(40, []), (41, ["m.py:f"])])
def test_a_long_function_is_told(tmp_path: Path, lines: int, expected: list[str]) -> None:
    module = tmp_path / "m.py"
    module.write_text("def f():\n" + "    pass\n" * (lines - 1), "utf-8")
    assert too_long(module, "m.py") == expected


@pytest.mark.parametrize(("lines", "expected"), [(350, []), (351, ["m.py"])])
def test_a_long_file_is_told(tmp_path: Path, lines: int, expected: list[str]) -> None:
    module = tmp_path / "m.py"
    module.write_text("x = 1\n" * lines, "utf-8")
    assert too_long(module, "m.py") == expected
