"""What a conda environment file hands to pip."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.run import Verdict
from tidegate.scanners.dependencies.pins import Dependencies
from tidegate.scanners.dependencies.reading import read_dependencies
from tidegate.scanners.interface import Kind
from tidegate.tests.gate.gating import JINJA_ADVISORY, advisories, changed, gated
from tidegate.tests.real import GitRepo
from tidegate.tests.scanners.dependencies.locks import told
from tidegate.tests.scanners.dependencies.reading import Tree

NAME = "environment.yml"
ENVIRONMENT = """name: app
channels: [conda-forge]
dependencies:
  - python=3.12
  - numpy=2.1
  - pip:
    - Jinja2==2.10
    # why
    - "heron[web]==1.0 ; python_version > '3'"
    - tern>=1
    - -r requirements.txt
    - --extra-index-url https://me:pa55@h/simple
"""


def read(text: str, **others: str) -> Dependencies:
    contents = {name.replace("_", "."): other.encode() for name, other in others.items()}
    tree = Tree(contents | {NAME: text.encode()})
    return read_dependencies(tree, NAME, Kind.CONDA, 10_000)


def test_what_pip_is_asked_for_stands_on_its_line() -> None:
    found = read(ENVIRONMENT, requirements_txt="rail==3\n")
    assert told(found) == [("jinja2", "2.10", 7), ("heron", "1.0", 9), ("rail", "3", 1)]
    assert [(each.what, each.reason) for each in found.skipped] == [
        (f"{NAME}: tern", "dependency not pinned")
    ]
    assert [(each.option, each.line) for each in found.options] == [("--extra-index-url", 12)]
    assert "pa55" not in repr(found)


def test_two_on_one_line_are_both_read() -> None:
    found = read("dependencies: [numpy, {pip: [a==1, b==2]}]\n")
    assert [(pin.name, pin.version) for pin in found.pins] == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("text", ["", "dependencies:\n  - numpy=2\n", "kind: Deployment\n", "[1]"])
def test_without_a_section_for_pip_there_is_nothing_to_audit(text: str) -> None:
    assert read(text) == Dependencies((), ())


@pytest.mark.parametrize(
    "text",
    [
        "dependencies: [",
        "{{ jinja }}: {% for %}",
        "dependencies:\n  - pip: heron==1\n",
        "dependencies:\n  - pip: [{heron: 1}]\n",
        "x: &a [heron==1]\ndependencies:\n  - pip: *a\n",
        "a: " + "[" * 500,
        # Readers differ about which of the two counts.
        "dependencies:\n- pip: [heron==1]\ndependencies: [numpy]\n",
        "dependencies:\n- numpy\n- pip: [heron==1]\n  pip: []\n",
        "<<: {dependencies: [{pip: [heron==1]}]}\n",
        "dependencies:\n- <<: {pip: [heron==1]}\n",
        # In UTF-7 `+AAo-` is a line break.
        "dependencies:\n- pip:\n  - '# coding: utf-7'\n  - tern==1+AAo-heron==1\n",
        "dependencies:\n- pip:\n  - '# coding: none-such'\n  - tern==1\n",
        'dependencies: [{pip: ["\\ud800"]}]\n',
    ],
)
def test_what_cannot_be_read_is_a_gap(text: str) -> None:
    found = read(text)
    assert not found.pins
    [gap] = found.skipped
    assert (gap.reason, gap.what) == ("environment file not understood", NAME)
    assert gap.remedy


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.lists(st.text(max_size=8), max_size=3))
def test_anything_is_read_or_told(noise: bytes, asked: list[str]) -> None:
    read_dependencies(Tree({NAME: noise}), NAME, Kind.CONDA, 10_000)
    found = read("dependencies:\n- pip:\n  - good==1\n" + "".join(f"  - {a!r}\n" for a in asked))
    assert found.skipped or any(pin.name == "good" for pin in found.pins)


def test_the_gate_audits_its_pins(repo: GitRepo, tmp_path: Path) -> None:
    database = advisories(tmp_path)
    run = changed(
        repo, {NAME: ""}, {NAME: ENVIRONMENT.partition("    # why")[0]}, database=database
    )
    assert (run.verdict, [each.finding.rule for each in run.findings]) == (
        Verdict.BLOCK,
        [JINJA_ADVISORY],
    )
    assert any("only pins are audited" in notice for notice in run.notices)
    repo.commit({NAME: "dependencies: [numpy]\n"})
    assert gated(repo, base="HEAD^").verdict is Verdict.PASS
