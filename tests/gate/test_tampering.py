"""Locks that a change alters by hand, through the gate: what blocks, and what passes."""

import pytest

from tidegate.records.run import Verdict
from tidegate.scanners.dependencies.comparison import PUBLIC_INDEX
from tidegate.tests.gate.gating import Files
from tidegate.tests.gate.judging import CHANGED_HASH, Judge, fresh
from tidegate.tests.scanners.dependencies.locks import (
    HOST,
    INDEX,
    A,
    B,
    poetry_lock,
    poetry_package,
    uv_lock,
    uv_package,
)

LEGACY = '[package.source]\ntype = "legacy"\nurl = "%s"\nreference = "x"\n'


@pytest.mark.parametrize("name", CHANGED_HASH)
def test_a_hash_that_changes_without_its_version_blocks(judge: Judge, name: str) -> None:
    before, after = CHANGED_HASH[name]
    run = judge({name: before}, {name: after})
    assert (run.verdict, fresh(run)) == (Verdict.BLOCK, ["TG205"])
    [found] = run.findings
    assert "heron" in after.splitlines()[found.finding.line - 1]
    assert found.finding.path == name


@pytest.mark.parametrize("name", CHANGED_HASH)
def test_a_new_version_with_its_own_hash_passes(judge: Judge, name: str) -> None:
    before, after = CHANGED_HASH[name]
    run = judge({name: before}, {name: after.replace("1.0", "1.1")})
    assert (run.verdict, run.findings) == (Verdict.PASS, ())


def test_a_renamed_lock_is_compared_with_what_it_was(judge: Judge) -> None:
    packages = [uv_package(f"p{number}") for number in range(20)]
    old = uv_lock(*packages, uv_package("heron"))
    new = uv_lock(*packages, uv_package("heron", digest=B))
    run = judge({"a/uv.lock": old}, {"a/uv.lock": None, "b/uv.lock": new})
    assert fresh(run) == ["TG205"]


def test_a_lock_in_place_of_another_is_compared_by_content(judge: Judge) -> None:
    old = poetry_lock(poetry_package("heron", more=LEGACY % INDEX))
    new = uv_lock(uv_package("heron", digest=B))
    run = judge({"poetry.lock": old}, {"poetry.lock": None, "uv.lock": new})
    assert fresh(run) == ["TG205"]


def requirements(*digests: str, version: str = "1.0") -> str:
    return f"heron=={version} " + " ".join(f"--hash={each}" for each in digests) + "\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron"))},
            {"uv.lock": uv_lock(uv_package("heron", "1.0.0", digest=B))},
            ["TG205"],
            id="another spelling of the version",
        ),
        pytest.param(
            {"poetry.lock": poetry_lock(poetry_package("heron"))},
            {
                "poetry.lock": poetry_lock(
                    poetry_package("heron").replace(".tar", "-1.tar").replace(A, B)
                )
            },
            ["TG205"],
            id="all files under other names",
        ),
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron", index=PUBLIC_INDEX))},
            {"uv.lock": None, "requirements.txt": requirements(B)},
            ["TG205"],
            id="a file of another format, with other digests",
        ),
        pytest.param(
            {"requirements.txt": requirements(A)},
            {"requirements.txt": None, "requirements-prod.txt": "# n\n" * 20 + requirements(B)},
            ["TG205"],
            id="requirements under another name",
        ),
        pytest.param(
            {"requirements.txt": requirements(A)},
            {"requirements.txt": "tern==1.0\n"},
            ["TG209"],
            id="other packages in the same file, without digests",
        ),
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron", index=PUBLIC_INDEX))},
            {"uv.lock": None, "requirements.txt": requirements()},
            ["TG209"],
            id="a file of another format, without digests",
        ),
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron", index=PUBLIC_INDEX))},
            {
                "uv.lock": None,
                "poetry.lock": poetry_lock(
                    poetry_package("heron", "1.1", B, LEGACY % "https://evil.example/s")
                ),
            },
            ["TG204"],
            id="a file of another format, from another index",
        ),
        pytest.param(
            {"poetry.lock": poetry_lock(poetry_package("heron"))},
            {"uv.lock": uv_lock(uv_package("heron", "1.1", index="https://evil.example/s"))},
            ["TG204"],
            id="a second lock, from another index",
        ),
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron", "1.0"), uv_package("tern", "1.0"))},
            {
                "uv.lock": uv_lock(uv_package("heron", "1.1"), uv_package("tern", "1.1")).replace(
                    HOST, "https://evil.example"
                )
            },
            ["TG207", "TG207"],
            id="all files on another host",
        ),
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron"), uv_package("tern"), uv_package("rail"))},
            {
                "uv.lock": uv_lock(
                    uv_package("heron", "1.1", index=INDEX + "/").replace(
                        HOST, "https://evil.example"
                    ),
                    uv_package("tern"),
                    uv_package("rail"),
                )
            },
            ["TG207"],
            id="a foreign file of an index in its own spelling",
        ),
        pytest.param(
            {"uv.lock": uv_lock(uv_package("heron"))},
            {"uv.lock": uv_lock(uv_package("heron", "1.1", index="http://example.org/simple"))},
            ["TG204"],
            id="no more encrypted",
        ),
    ],
)
def test_a_lock_that_says_the_same_in_other_words_blocks(
    judge: Judge, before: Files, after: Files, expected: list[str]
) -> None:
    run = judge(before, after)
    assert (run.verdict, fresh(run)) == (Verdict.BLOCK, expected)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"uv.lock": uv_lock(uv_package("heron", index="http://example.org/simple"))},
            {"uv.lock": uv_lock(uv_package("heron", "1.1"))},
        ),
        (
            {"uv.lock": uv_lock(uv_package("heron", index=PUBLIC_INDEX))},
            {"uv.lock": None, "requirements.txt": requirements(A)},
        ),
        (
            {"poetry.lock": poetry_lock(poetry_package("heron"))},
            {"poetry.lock": None, "uv.lock": uv_lock(uv_package("heron", index=PUBLIC_INDEX))},
        ),
        (
            {"uv.lock": uv_lock(uv_package("heron", index=PUBLIC_INDEX))},
            {"docs/requirements.txt": requirements()},
        ),
    ],
)
def test_what_the_tools_do_by_themselves_passes(judge: Judge, before: Files, after: Files) -> None:
    run = judge(before, after)
    assert (run.verdict, fresh(run)) == (Verdict.PASS, [])
