"""Each CI file run line by line on a change that brings a defect, hostile files and all."""

import json
import sysconfig
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tidegate.scanners.advisories.importing import import_files
from tidegate.tests.integrations.jobs import (
    TAG,
    Runner,
    document,
    environment,
    gitlab_script,
    jenkins_script,
    published,
    run,
)
from tidegate.tests.real import Answer, GitRepo

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
PLANTED = ("venv", "pip", "json", "tidegate", "sitecustomize", "setuptools")
ADVISORY = {
    "id": "A-1",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "pkg"}, "versions": ["1.0"]}],
}
PULL_REQUEST = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_BASE_REF": "main",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return published(tmp_path_factory.mktemp("published") / "tidegate")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, source: str) -> Runner:
    """A runner on which the action's own step has installed Tidegate."""
    folder = tmp_path_factory.mktemp("runner")
    runner = Runner(folder, source, environment(folder) | PULL_REQUEST)
    answer = runner.step("install", folder, {})
    assert answer.code == 0, answer.err
    return runner


@pytest.fixture
def serving() -> Iterator[str]:
    """The address of one advisory on this machine."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(ADVISORY).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a.json"
        server.shutdown()


@pytest.fixture
def executed(tmp_path: Path) -> Path:
    """Where each planted module leaves its name."""
    return tmp_path / "executed"


@pytest.fixture
def checkout(repo: GitRepo, tmp_path: Path, executed: Path) -> GitRepo:
    """A clone of all branches, as each file asks for, at a change that brings a defect."""
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "change")
    # In two parts, so that no rule takes it for a temporary file.
    trap = f"open('/' + {str(executed)[1:]!r}, 'a').write(__name__)\n"
    repo.commit({"b.py": BAD, **{f"{name}.py": trap for name in PLANTED}})
    repo.git("clone", "-q", str(repo.path), str(tmp_path / "copy"))
    return GitRepo(tmp_path / "copy")


def assert_blocked(checkout: GitRepo, report: Path, origin: str) -> None:
    document = json.loads(report.read_text("utf-8"))
    assert document["verdict"] == "BLOCK"
    assert document["range"]["base_origin"] == origin
    assert document["range"]["base_tip"] == checkout.git("rev-parse", "origin/main")
    assert "b.py" in {item["path"] for item in document["findings"]}


@pytest.mark.parametrize(
    ("script", "shell", "variables", "origin"),
    [
        (
            gitlab_script(),
            ["bash", "-c"],
            {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
            "gitlab",
        ),
        (jenkins_script(), ["sh", "-xec"], {"CHANGE_TARGET": "main"}, "jenkins"),
    ],
    ids=["gitlab", "jenkins"],
)
def test_the_lines_block_a_change_that_brings_a_defect(
    source: str,
    checkout: GitRepo,
    executed: Path,
    tmp_path: Path,
    script: str,
    shell: list[str],
    variables: dict[str, str],
    origin: str,
) -> None:
    refs = {"gitlab": TAG, "jenkins": GitRepo(Path(source)).git("rev-parse", "HEAD")}
    given = {"GATE_SOURCE": source, "GATE_REF": refs[origin]} | variables
    answer = run(shell, script, checkout.path, environment(tmp_path) | given)
    assert answer.code == 1, answer.err
    assert "Blocking: 1 finding\n  b.py:5" in answer.out
    assert_blocked(checkout, checkout.path / "tidegate.json", origin)
    assert {"tidegate.html", "tidegate.xml"} <= {path.name for path in checkout.path.iterdir()}
    assert not executed.exists()


@pytest.mark.parametrize("script", [gitlab_script(), jenkins_script()], ids=["gitlab", "jenkins"])
def test_a_job_that_fails_early_keeps_no_report_that_the_change_brought(
    checkout: GitRepo, tmp_path: Path, script: str
) -> None:
    planted = {f"tidegate.{kind}": '{"verdict": "PASS"}' for kind in ("json", "html", "xml")}
    checkout.commit(planted)
    given = {"GATE_SOURCE": str(tmp_path / "nowhere"), "GATE_REF": TAG}
    answer = run(["bash", "-ec"], script, checkout.path, environment(tmp_path) | given)
    assert answer.code != 0
    assert not set(planted) & {path.name for path in checkout.path.iterdir()}


def gate(runner: Runner, checkout: GitRepo, **inputs: str) -> Answer:
    answer = runner.step("gate", checkout.path, inputs)
    assert runner.outputs["gate"]["exit-code"] == str(answer.code)
    return answer


def test_the_action_blocks_and_says_so_where_github_looks(
    installed: Runner, checkout: GitRepo, executed: Path
) -> None:
    answer = gate(installed, checkout)
    assert answer.code == 1, answer.err
    assert "::error" in answer.out
    reports = Path(installed.outputs["gate"]["reports"])
    assert_blocked(checkout, reports / "tidegate.json", "github")
    assert (reports / "tidegate.md").read_text("utf-8") in installed.summary.read_text("utf-8")
    assert (reports / "tidegate.sarif").exists()
    assert not executed.exists()


def test_the_inputs_of_the_action_reach_the_gate(installed: Runner, checkout: GitRepo) -> None:
    assert gate(installed, checkout, base="origin/change").code == 0
    assert gate(installed, checkout, path="nowhere").code == 2


def test_a_judge_change_is_accepted_by_its_digest_alone(
    installed: Runner, checkout: GitRepo
) -> None:
    start = checkout.commit({"b.py": None, "tidegate.toml": 'block-severity = "MEDIUM"\n'})
    checkout.commit({"tidegate.toml": 'block-severity = "HIGH"\n'})
    assert gate(installed, checkout, base=start).code == 1
    reports = Path(installed.outputs["gate"]["reports"])
    digest = json.loads((reports / "tidegate.json").read_text("utf-8"))["judge_digest"]
    assert gate(installed, checkout, base=start, **{"accept-judge-change": digest}).code == 0
    assert gate(installed, checkout, base=start, **{"accept-judge-change": "0" * 64}).code != 0


@pytest.mark.parametrize("name", ["path", "base", "accept-judge-change"])
@pytest.mark.parametrize(
    "value", ["$(touch {0})", '"; touch {0}; "', "`touch {0}`", "--help", "a b"]
)
def test_what_an_input_says_is_never_a_command(
    installed: Runner, checkout: GitRepo, tmp_path: Path, name: str, value: str
) -> None:
    marker = tmp_path / "marker"
    assert gate(installed, checkout, **{name: value.format(marker)}).code in (2, 3)
    assert not marker.exists()


def advisories(runner: Runner, **inputs: str) -> Answer:
    return runner.step("advisories", runner.temp, inputs)


def test_kept_advisories_stand_in_for_those_that_cannot_be_fetched(
    installed: Runner, tmp_path: Path
) -> None:
    kept = installed.temp / "tidegate" / "advisories" / "advisories.db"
    kept.unlink(missing_ok=True)
    answer = advisories(installed)
    assert (answer.code, installed.outputs["advisories"]) == (0, {})
    assert "::warning" in answer.out
    assert not kept.exists()

    record = tmp_path / "a.json"
    record.write_text(json.dumps(ADVISORY), "utf-8")
    kept.parent.mkdir(exist_ok=True)
    import_files([record], kept)
    before = kept.read_bytes()
    assert advisories(installed).code == 0
    assert kept.read_bytes() == before


def test_fetched_advisories_replace_whatever_was_kept(
    installed: Runner, checkout: GitRepo, serving: str
) -> None:
    kept = installed.temp / "tidegate" / "advisories" / "advisories.db"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(b"what a pull request planted")
    answer = advisories(installed, **{"advisories-url": serving})
    assert (answer.code, installed.outputs["advisories"]) == (0, {"fetched": "true"})
    checkout.commit({"requirements.txt": "pkg==1.0\n", "b.py": None})
    assert gate(installed, checkout).code == 1
    report = Path(installed.outputs["gate"]["reports"], "tidegate.json").read_text("utf-8")
    assert "A-1" in {item["rule"] for item in json.loads(report)["findings"]}


def test_an_address_that_is_none_fails_the_step(installed: Runner) -> None:
    assert advisories(installed, **{"advisories-url": "--force"}).code != 0


def test_the_hook_judges_what_is_staged(installed: Runner, repo: GitRepo) -> None:
    """pre-commit installs the package into an environment of its own, first on PATH."""
    (hook,) = document(".pre-commit-hooks.yaml")
    programs = installed.temp / "tidegate" / "venv" / "bin"
    if not (programs / "ruff").exists():  # a program, which PYTHONPATH does not bring along
        (programs / "ruff").symlink_to(Path(sysconfig.get_path("scripts"), "ruff"))
    env = environment(installed.temp) | {"PATH": f"{programs}:/usr/bin:/bin"}
    repo.commit({"a.py": "x = 1\n"})
    repo.write({"b.py": BAD})
    before = run(["sh", "-c"], hook["entry"], repo.path, env)
    repo.git("add", "-A")
    after = run(["sh", "-c"], hook["entry"], repo.path, env)
    assert (before.code, after.code) == (0, 1), before.err + after.err
    assert "PASS of the quick rules only" in before.out
    assert "b.py:5: S301" in after.out or "b.py:5: B301" in after.out
