import re
from pathlib import Path

import pytest

import tidegate as package
from tidegate.records.path_class import TEST_FOLDERS, path_class


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/models.py", "product"),
        ("tests/test_a.py", "tests"),
        ("app/test_a.py", "tests"),
        ("app/a_test.py", "tests"),
        ("pkg/conftest.py", "tests"),
        ("src/contest.py", "product"),
        ("Tests/e.py", "tests"),
        ("Testing/e.py", "tests"),
        ("lib/testsuite/e.py", "tests"),
        ("unittests/tools/e.py", "tests"),
        ("Unit_Tests/e.py", "tests"),
        ("integration-tests/e.py", "tests"),
        ("functional_tests/e.py", "tests"),
        ("web/e2e-tests/e.py", "tests"),
        ("web/__tests__/e.py", "tests"),
        ("Lib/unittest/case.py", "product"),
        ("chat/e2e/keys.py", "product"),
        ("openapi/specs/e.py", "product"),
        ("clinic/lab_tests/e.py", "product"),
        ("shop/ab_tests/e.py", "product"),
        ("app/migrations/0001.py", "migrations"),
        ("pkg/_vendor/six.py", "vendored"),
        ("pkg/_vendor/tests/six.py", "vendored"),
        ("app/tests.py", "tests"),
    ],
)
def test_a_path_has_one_class(path: str, expected: str) -> None:
    assert path_class(path) == expected


def test_the_folders_of_tests_are_documented() -> None:
    page = (Path(package.__file__).parent / "docs" / "deciding.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("| `path-class` |"))
    named = set(re.findall(r"`([^`]+)`", row))
    # Of those with a dash the page shows the one with an underscore.
    assert {name for name in TEST_FOLDERS if "-" not in name} <= named
