import re
from pathlib import Path

from tidegate.errors import EXIT_CODE_MEANINGS, ExitCode

ROOT = Path(__file__).parents[2]


def documented(text: str) -> dict[int, str]:
    """The rows of the table under the heading 'Exit codes': code to meaning."""
    section = text.split("## Exit codes", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| *(\d+) *\| *(.+?) *\|$", section, re.MULTILINE)
    return {int(code): meaning for code, meaning in rows}


def test_each_exit_code_has_a_meaning() -> None:
    assert set(EXIT_CODE_MEANINGS) == set(ExitCode)


def test_the_readme_documents_exactly_these_codes() -> None:
    table = documented((ROOT / "README.md").read_text("utf-8"))
    assert table == {int(code): meaning for code, meaning in EXIT_CODE_MEANINGS.items()}


def test_a_row_that_says_something_else_is_seen() -> None:
    assert documented("## Exit codes\n| 0 | yes |\n\n## Next\n| 9 | no |\n") == {0: "yes"}
