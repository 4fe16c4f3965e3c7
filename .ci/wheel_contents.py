"""`wheel_contents.py WHEEL`: every module and data file of the packages is in it, no more."""

import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def expected() -> set[str]:
    """What the wheel has to hold beside its metadata."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        setuptools = tomllib.load(file)["tool"]["setuptools"]
    folders = [_folder(package) for package in setuptools["packages"]]
    modules = {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).glob("*.py")
    }
    data = {
        (_folder(package) / name).as_posix()
        for package, names in setuptools["package-data"].items()
        for name in names
    }
    return {f"tidegate/{name}" for name in modules | data}


def _folder(package: str) -> Path:
    return Path(*package.split(".")[1:])


def main() -> int:
    """Compare, and say on stderr what differs."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        names = wheel.namelist()
    held = {name for name in names if ".dist-info/" not in name}
    differing = [*(expected() - held), *(held - expected())]
    if not any(name.endswith("licenses/LICENSE") for name in names):
        differing.append("LICENSE")
    for name in sorted(differing):
        sys.stderr.write(f"missing from or strange in the wheel: {name}\n")
    sys.stdout.write(f"{Path(sys.argv[1]).name}: {len(held)} files\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
