"""Plug-ins that the environment holds beside Tidegate do not join the scan."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.tests.gate.gating import BAD
from tidegate.tests.real import GitRepo

PLUGIN = """
with open({marker!r}, "a") as file:
    file.write("imported ")

def evil(context):
    pass
"""


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def site(tmp_path: Path, marker: Path) -> Path:
    """A folder of installed packages with one that offers plug-ins to bandit."""
    folder = tmp_path / "site"
    metadata = folder / "evil-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    groups = ("bandit.plugins", "bandit.blacklists", "bandit.formatters", "tidegate.scanners")
    lines = [f"[{group}]\nevil = evil_plugin:evil\n" for group in groups]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    (folder / "evil_plugin.py").write_text(PLUGIN.format(marker=str(marker)))
    return folder


def run(site: Path, code: str, *args: str) -> "Done":
    command = f"import sys; sys.path.insert(0, {str(site)!r}); {code}"
    return subprocess.run(
        [sys.executable, "-P", "-c", command, *args],
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": str(site.parent / "home")},
        capture_output=True,
        check=False,
    )


Done = subprocess.CompletedProcess[bytes]
MAIN = "from tidegate.cli.main import main; main()"


def test_a_foreign_plug_in_is_told_and_never_imported(
    repo: GitRepo, site: Path, marker: Path
) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b.py": BAD + "# nosec\n"})
    (site.parent / "empty").mkdir()
    control = run(site.parent / "empty", MAIN, "gate", "--repo", str(repo.path), "--base", "HEAD^")
    assert control.returncode == 1, control.stderr
    gate = run(site, MAIN, "gate", "--repo", str(repo.path), "--base", "HEAD^")
    assert gate.returncode == 1, gate.stderr
    assert b"B301" in gate.stdout
    assert b"plug-in 'evil' (bandit.plugins) of the environment is ignored" in gate.stdout
    assert run(site, MAIN, "scan", str(repo.path / "b.py")).returncode == 0
    assert not marker.exists()
    plain = run(site, "from bandit.core.extension_loader import MANAGER")
    assert marker.exists(), plain.stderr
