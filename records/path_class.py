"""What a path is for: a finding in tests is not the same as one in the product."""

from enum import StrEnum
from pathlib import PurePosixPath


class PathClass(StrEnum):
    """From what ships to what does not; findings are matched and grouped within one only."""

    PRODUCT = "product"
    VENDORED = "vendored"
    MIGRATIONS = "migrations"
    TESTS = "tests"


# `unittest`, `e2e` and `specs` are none: they ship too, as a library, as encryption from end to
# end, as the descriptions of an interface.
_KINDS_OF_TESTS = ("unit", "integration", "functional", "acceptance", "e2e", "regression", "smoke")
TEST_FOLDERS = frozenset(
    {"test", "tests", "testing", "testsuite", "testsuites", "unittests", "__tests__"}
    | {f"{kind}{dash}tests" for kind in _KINDS_OF_TESTS for dash in "_-"}
)
"""Names of folders, in lower case, in which nothing ships."""

_FOLDERS: dict[PathClass, frozenset[str]] = {
    PathClass.VENDORED: frozenset({"vendor", "vendored", "_vendor", "third_party", "node_modules"}),
    PathClass.TESTS: TEST_FOLDERS,
    PathClass.MIGRATIONS: frozenset({"migrations"}),
}


def path_class(path: str) -> PathClass:
    """The class of a POSIX path, judged by its folders first and its name then, in any case."""
    *folders, name = PurePosixPath(path.casefold()).parts or ("",)
    for kind, names in _FOLDERS.items():
        if names.intersection(folders):
            return kind
    stem = name.partition(".")[0]
    if stem in ("conftest", "test", "tests") or stem.startswith("test_") or stem.endswith("_test"):
        return PathClass.TESTS
    return PathClass.PRODUCT
