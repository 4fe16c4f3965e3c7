"""`tidegate deliver` as a process of its own, against a receiver of this machine."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tidegate.cli.main import app
from tidegate.tests.real import Answer, GitRepo, Tidegate
from tidegate.tests.reports.receiving import Receiving, Says, receiving

BAD = "import pickle\n\n\ndef load(data):\n    return pickle.loads(data)\n"
KEY = "0123456789abcdef0123456789abcdef"
LATER = Says(429, {"Retry-After": "3600"})


@pytest.fixture
def report(repo: GitRepo, tidegate: Tidegate, tmp_path: Path) -> Path:
    """What the gate wrote of a change that brings a defect."""
    path = tmp_path / "verdict.json"
    repo.commit({"a.py": "x = 1\n"})
    repo.commit({"b<!channel>.py": BAD})
    call = ["gate", "--repo", str(repo.path), "--base", "HEAD^", "--output", f"json={path}"]
    assert tidegate(*call).code == 1
    return path


def secrets(place: Receiving) -> dict[str, str]:
    return {
        "DELIVER_SLACK_URL": place.url,
        "DELIVER_WEBHOOK_URL": place.url,
        "DELIVER_WEBHOOK_KEY": KEY,
    }


def assert_discreet(answer: Answer) -> Answer:
    for text in (answer.out, answer.err):
        assert "T0KEN" not in text
        assert KEY not in text
    return answer


def test_nothing_is_sent_unless_it_is_asked_for(tidegate_anew: Tidegate, report: Path) -> None:
    with receiving() as place:
        call = ("deliver", str(report), "--slack", "--webhook")
        answer = assert_discreet(tidegate_anew(*call, env=secrets(place)))
        without = tidegate_anew(*call)
    assert (answer.code, place.bodies) == (0, [])
    assert "nothing was sent" in answer.err
    assert "Tidegate: BLOCK" in answer.out
    assert (without.code, without.out) == (0, answer.out)


def test_slack_gets_blocks_in_which_nothing_works(tidegate: Tidegate, report: Path) -> None:
    link = "https://ci.example/run/7"
    with receiving() as place:
        call = ("deliver", str(report), "--slack", "--send", "--link", link)
        answer = assert_discreet(tidegate(*call, env=secrets(place)))
    assert (answer.code, answer.out, answer.err) == (0, "", "slack took it\n")
    (body,) = place.bodies
    message = json.loads(body)
    assert message["text"] == "Tidegate: BLOCK"
    assert b"<!channel>" not in body
    assert "b&lt;!channel&gt;.py:5" in body.decode()
    assert f"<{link}|The job>" in body.decode()
    assert "Tidegate-Signature" not in place.headers[0]


def test_a_webhook_gets_the_report_byte_for_byte(tidegate: Tidegate, report: Path) -> None:
    with receiving() as place:
        call = ("deliver", str(report), "--webhook", "--send")
        assert assert_discreet(tidegate(*call, env=secrets(place))).code == 0
    assert place.bodies == [report.read_bytes()]
    assert place.headers[0]["Tidegate-Signature"].startswith("sha256=")


def documented_receiver() -> str:
    text = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(code)


def test_the_documented_receiver_takes_what_is_signed_and_fresh(
    tidegate: Tidegate, report: Path
) -> None:
    with receiving() as place:
        call = ("deliver", str(report), "--webhook", "--send")
        tidegate(*call, env=secrets(place))
    names: dict[str, object] = {}
    exec(documented_receiver(), names)
    accepts = names["accepts"]
    assert callable(accepts)
    headers, body, key = place.headers[0], place.bodies[0], KEY.encode()
    now = int(headers["Tidegate-Timestamp"])
    assert accepts(key, headers, body, now=now)
    assert accepts(key, headers, body, now=now + 299)
    assert not accepts(key, headers, body, now=now + 301)
    assert not accepts(key, headers, body, now=now - 301)
    assert not accepts(key, headers, body + b" ", now=now)
    assert not accepts(b"f" * 32, headers, body, now=now)
    assert not accepts(key, headers | {"Tidegate-Timestamp": str(now + 1)}, body, now=now)
    assert not accepts(key, {}, body, now=now)


def test_what_is_not_taken_is_kept_and_sent_later(
    tidegate: Tidegate, report: Path, tmp_path: Path
) -> None:
    spool = str(tmp_path / "spool")
    with receiving(LATER, LATER, Says()) as place:
        env = secrets(place)
        first = tidegate("deliver", str(report), "--slack", "--send", "--spool", spool, env=env)
        shown = tidegate("deliver", "--spool", spool, env=env)
        again = tidegate("deliver", "--spool", spool, "--send", env=env)
        last = tidegate("deliver", "--spool", spool, "--send", env=env)
        none = tidegate("deliver", "--spool", spool, "--send", env=env)
    for answer in (first, shown, again, last, none):
        assert_discreet(answer)
    assert [each.code for each in (first, shown, again, last, none)] == [3, 0, 3, 0, 0]
    assert "not delivered to 127.0.0.1: HTTP 429" in first.err
    assert "1 kept" in shown.err
    assert last.err == "slack took it\n"
    assert len(place.bodies) == 3
    assert len(set(place.bodies)) == 1


def test_no_secret_is_in_the_spool(tidegate: Tidegate, report: Path, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with receiving(Says(403)) as place:
        call = ("deliver", str(report), "--webhook", "--send", "--spool", str(spool))
        assert tidegate(*call, env=secrets(place)).code == 3
    kept = list(spool.glob("*.message"))
    assert [path.read_bytes() for path in kept] == [report.read_bytes()]


def test_one_that_fails_does_not_hold_up_the_other(tidegate: Tidegate, report: Path) -> None:
    with receiving(Says(400), Says()) as place:
        call = ("deliver", str(report), "--slack", "--webhook", "--send")
        answer = tidegate(*call, env=secrets(place))
    assert answer.code == 3
    assert "webhook took it" in answer.err
    assert "HTTP 400" in answer.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["{report}"], "say who is told"),
        ([], "name a report"),
        (["--slack"], "name a report"),
        (["--slack", "--spool", "{spool}"], "name a report"),
        (["{report}", "--slack", "--send"], "DELIVER_SLACK_URL holds no address"),
        (["{report}", "--webhook", "--send"], "DELIVER_WEBHOOK_URL holds no address"),
        (["{spool}", "--slack"], "cannot be read"),
    ],
)
def test_a_call_that_is_not_whole_is_told(
    tidegate: Tidegate, report: Path, tmp_path: Path, words: list[str], says: str
) -> None:
    names = {"report": str(report), "spool": str(tmp_path / "nothing")}
    answer = tidegate("deliver", *(word.format(**names) for word in words))
    assert answer.code == 2
    assert says in " ".join(answer.err.replace("│", " ").split())


def test_another_file_is_not_sent(tidegate: Tidegate, tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"password": "hunter2"}', "utf-8")
    with receiving() as place:
        call = ("deliver", str(tmp_path / "secrets.json"), "--webhook", "--send")
        answer = tidegate(*call, env=secrets(place))
    assert (answer.code, place.bodies) == (2, [])
    assert "hunter2" not in answer.err


def test_a_scan_is_told_too(tmp_path: Path) -> None:
    """The whole way, by what `scan` writes; slack.scan and json_reading have tests of their own."""
    (tmp_path / "a.py").write_text(BAD, "utf-8")
    scan, none = tmp_path / "scan.json", str(tmp_path / "none.db")
    call = ["scan", str(tmp_path), "--no-cache", "--database", none, "--output", f"json={scan}"]
    CliRunner().invoke(app, call)
    answer = CliRunner().invoke(app, ["deliver", str(scan), "--slack", "--webhook"])
    assert answer.exit_code == 0
    assert '"text": "Tidegate scan"' in answer.stdout
    assert "a.py:5" in answer.stdout
    assert '"schema": "tidegate/scan/1"' in answer.stdout
