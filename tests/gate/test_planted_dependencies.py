"""Dependencies planted in a change, through the command line and a database of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tidegate.tests.gate.gating import JINJA_ADVISORY, JINJA_FIX, Files, osv
from tidegate.tests.real import GitRepo, Tidegate

UNSAFE, SAFE = "jinja2==2.10\n", f"jinja2=={JINJA_FIX}\n"
RECORDS = [
    osv(JINJA_ADVISORY, "Jinja2", JINJA_FIX),
    osv("PYSEC-urllib3", "urllib3", "2.5.0"),
    osv("PYSEC-newest", "urllib3", "1.0", modified="2026-02-01T00:00:00Z"),
]
REQUIREMENTS, PYLOCK = "requirements.txt", "pylock.toml"

Gate = Callable[..., dict[str, Any]]


def pylock(version: str) -> str:
    package = f'[[packages]]\nname = "jinja2"\nversion = "{version}"\n'
    return f'lock-version = "1.0"\ncreated-by = "a test"\n\n{package}'


def incomplete(document: dict[str, Any]) -> dict[str, str]:
    """What was skipped and decides, with the reason."""
    return {gap["what"]: gap["reason"] for gap in document["skipped"] if not gap["existing"]}


def states(document: dict[str, Any]) -> dict[str, str]:
    return {found["rule"]: found["state"] for found in document["findings"]}


@pytest.fixture
def database(tidegate: Tidegate, tmp_path: Path) -> Path:
    """A database that the command line itself imported."""
    records, path = tmp_path / "osv.json", tmp_path / "advisories.db"
    records.write_text(json.dumps(RECORDS), "utf-8")
    assert tidegate("advisories", "import", str(records), "--database", str(path)).code == 0
    return path


@pytest.fixture
def gate(repo: GitRepo, tidegate: Tidegate, database: Path) -> Gate:
    """The JSON report of a change, whose exit code is that of the process."""

    def run(before: Files, after: Files) -> dict[str, Any]:
        repo.commit(before)
        repo.commit(after)
        place = ["--repo", str(repo.path), "--base", "HEAD^", "--database", str(database)]
        answer = tidegate("gate", *place, "--format", "json")
        document: dict[str, Any] = json.loads(answer.out)
        assert answer.code == document["exit_code"], answer.err
        return document

    return run


@pytest.mark.parametrize(
    ("name", "unsafe", "safe"),
    [(REQUIREMENTS, UNSAFE, SAFE), (PYLOCK, pylock("2.10"), pylock(JINJA_FIX))],
)
def test_a_pin_that_is_raised_to_the_fix_passes(
    gate: Gate, name: str, unsafe: str, safe: str
) -> None:
    document = gate({name: unsafe}, {name: safe})
    assert (document["verdict"], document["exit_code"]) == ("PASS", 0)
    assert states(document) == {JINJA_ADVISORY: "fixed"}
    assert document["coverage"]["scanned"] == 1


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (REQUIREMENTS, "a==1\n", "a==1\n" + UNSAFE),
        (REQUIREMENTS, None, UNSAFE),
        (REQUIREMENTS, SAFE, UNSAFE),
        (PYLOCK, None, pylock("2.10")),
        (PYLOCK, pylock(JINJA_FIX), pylock("2.10")),
    ],
)
def test_a_vulnerable_pin_blocks_and_names_the_advisory_and_the_fix(
    gate: Gate, name: str, before: str | None, after: str
) -> None:
    document = gate({} if before is None else {name: before}, {name: after})
    assert (document["verdict"], document["exit_code"]) == ("BLOCK", 1)
    [found] = document["findings"]
    assert (found["rule"], found["path"]) == (JINJA_ADVISORY, name)
    assert (found["state"], found["decision"]) == ("new", "block")
    assert found["remedy"] == f"upgrade jinja2 to {JINJA_FIX}"
    assert found["package"]["version"] == "2.10"
    assert found["package"]["fix_versions"] == [JINJA_FIX]
    lines = after.splitlines()
    assert "jinja2" in lines[found["line"] - 1]


@pytest.mark.parametrize(
    ("name", "unsafe", "more"),
    [
        (REQUIREMENTS, UNSAFE, "# a comment\n\na==1\n"),
        (PYLOCK, pylock("2.10"), '\n[[packages]]\nname = "a"\nversion = "1"\n'),
    ],
)
def test_a_vulnerable_pin_that_stood_there_passes(
    gate: Gate, name: str, unsafe: str, more: str
) -> None:
    document = gate({name: unsafe}, {name: unsafe + more})
    assert (document["verdict"], document["exit_code"]) == ("PASS", 0)
    assert states(document) == {JINJA_ADVISORY: "existing"}


def test_another_advisory_of_the_same_file_is_new(gate: Gate) -> None:
    document = gate({REQUIREMENTS: UNSAFE}, {REQUIREMENTS: "urllib3==1.26\n" + UNSAFE})
    assert document["verdict"] == "BLOCK"
    assert states(document) == {JINJA_ADVISORY: "existing", "PYSEC-urllib3": "new"}


def test_an_open_version_that_is_added_is_incomplete(gate: Gate) -> None:
    document = gate({REQUIREMENTS: SAFE}, {REQUIREMENTS: SAFE + "flask>=2\n"})
    assert (document["verdict"], document["exit_code"]) == ("INCOMPLETE", 3)
    assert incomplete(document) == {"requirements.txt: flask": "dependency not pinned"}
    assert "pin it with ==" in document["skipped"][0]["remedy"]


def test_an_open_version_that_stood_there_passes_and_is_told(gate: Gate) -> None:
    document = gate({REQUIREMENTS: "flask>=2\n"}, {REQUIREMENTS: "flask>=2\n" + SAFE})
    assert (document["verdict"], document["exit_code"]) == ("PASS", 0)
    assert [gap["what"] for gap in document["skipped"]] == ["requirements.txt: flask"]
    assert incomplete(document) == {}


def test_an_open_version_that_is_opened_wider_is_incomplete(gate: Gate) -> None:
    document = gate({REQUIREMENTS: "flask>=2\n"}, {REQUIREMENTS: "flask>=1\n"})
    assert document["verdict"] == "INCOMPLETE"


def test_files_that_include_each_other_are_incomplete_and_both_read(gate: Gate) -> None:
    both = {REQUIREMENTS: "-r requirements-dev.txt\n" + SAFE}
    document = gate({}, {**both, "requirements-dev.txt": "-r requirements.txt\na==1\n"})
    assert (document["verdict"], document["exit_code"]) == ("INCOMPLETE", 3)
    assert set(incomplete(document).values()) == {"requirements include each other"}
    worse = gate({}, {"requirements-dev.txt": "-r requirements.txt\nurllib3==1.26\n"})
    assert worse["verdict"] == "BLOCK"
    assert states(worse) == {"PYSEC-urllib3": "new"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("poetry.lock", "lock file not understood"),
        ("sub/Pipfile.lock", "lock file not understood"),
        ("conda-lock.yml", "lock file format not read"),
    ],
)
def test_a_lock_that_is_not_read_is_incomplete(gate: Gate, name: str, reason: str) -> None:
    document = gate({name: "one\n"}, {name: "two\n"})
    assert (document["verdict"], document["exit_code"]) == ("INCOMPLETE", 3)
    assert incomplete(document) == {name: reason}
    assert document["skipped"][0]["remedy"]


def garbage(whole: bytes) -> bytes:
    return b"no database" + whole[11:]


def cut_short(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def scrambled(whole: bytes) -> bytes:
    """The header stands, and nothing of what follows it."""
    return whole[:100] + bytes(255 - byte for byte in whole[100:])


def empty(_whole: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [garbage, cut_short, scrambled, empty])
@pytest.mark.parametrize("pin", [SAFE, UNSAFE])
def test_a_corrupt_database_never_passes(
    gate: Gate, database: Path, damage: Callable[[bytes], bytes], pin: str
) -> None:
    database.write_bytes(damage(database.read_bytes()))
    document = gate({REQUIREMENTS: "a==1\n"}, {REQUIREMENTS: pin})
    assert (document["verdict"], document["exit_code"]) == ("INCOMPLETE", 3)
    assert incomplete(document) == {REQUIREMENTS: "advisory database unreadable"}
    assert "tidegate advisories import" in document["skipped"][0]["remedy"]


def test_a_missing_database_never_passes(gate: Gate, database: Path) -> None:
    database.unlink()
    document = gate({REQUIREMENTS: SAFE}, {REQUIREMENTS: UNSAFE})
    assert (document["verdict"], document["exit_code"]) == ("INCOMPLETE", 3)
    assert incomplete(document) == {REQUIREMENTS: "no advisory database"}
