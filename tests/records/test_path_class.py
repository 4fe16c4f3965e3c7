import pytest

from tidegate.records.path_class import path_class


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
        ("app/migrations/0001.py", "migrations"),
        ("pkg/_vendor/six.py", "vendored"),
        ("pkg/_vendor/tests/six.py", "vendored"),
        ("app/tests.py", "tests"),
    ],
)
def test_a_path_has_one_class(path: str, expected: str) -> None:
    assert path_class(path) == expected
