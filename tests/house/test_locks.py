import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = CONFIGURATION["project"]
EXTRAS = PROJECT["optional-dependencies"]
NAMED_BY = {
    "base": PROJECT["dependencies"],
    "build": CONFIGURATION["build-system"]["requires"],
    "dev": PROJECT["dependencies"] + EXTRAS["dev"],
    "ml": PROJECT["dependencies"] + EXTRAS["ml"],
    "all": PROJECT["dependencies"] + EXTRAS["dev"] + EXTRAS["ml"],
}
PIN = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;\\]+)(?P<marker> ; [^\\\n]+?)?"
    r"(?P<hashes>(?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> set[tuple[str, str]]:
    """Name and version of everything a lock pins; one name may have a version per Python."""
    return {(pin["name"], pin["version"]) for pin in PIN.finditer(lock_text(name))}


def test_every_lock_is_known() -> None:
    assert {path.stem for path in (ROOT / "requirements").iterdir()} == set(NAMED_BY)


@pytest.mark.parametrize("name", NAMED_BY)
def test_each_direct_dependency_is_pinned_within_its_range(name: str) -> None:
    for line in NAMED_BY[name]:
        wanted = Requirement(line)
        versions = [v for n, v in pins(name) if n == canonicalize_name(wanted.name)]
        assert versions, f"{name}.txt does not pin {wanted.name}; run `make lock`"
        assert all(wanted.specifier.contains(v) for v in versions), line


@pytest.mark.parametrize("name", NAMED_BY)
def test_a_lock_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    """No index, no link, no path: the lock does not say where packages come from."""
    left = PIN.sub("", lock_text(name))
    origin = r" {4}#(?: via)?(?: +[a-z0-9.-]+(?: \(pyproject\.toml\))?)?"
    strange = [line for line in left.splitlines() if line and not re.fullmatch(origin, line)]
    assert strange == []


@pytest.mark.parametrize("name", ["base", "dev", "ml"])
def test_a_package_has_one_version_in_all_locks(name: str) -> None:
    assert pins(name) <= pins("all")


def test_the_dev_lock_holds_the_base_lock() -> None:
    assert pins("base") <= pins("dev")


def test_mlflow_stays_below_the_release_that_cannot_be_installed() -> None:
    assert next(version for name, version in pins("ml") if name == "mlflow").startswith("3.17.")


def test_the_base_lock_brings_no_table_model_or_database_library() -> None:
    heavy = {"mlflow", "numpy", "pandas", "scikit-learn", "skops", "sqlalchemy"}
    assert heavy.isdisjoint(name for name, _ in pins("base"))
