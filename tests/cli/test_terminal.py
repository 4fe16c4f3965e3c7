"""What a terminal is given, and what a file is not."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.cli.terminal import links_wanted
from tidegate.tests.real import Tidegate

LINK = b"\x1b]8;;https://bandit.readthedocs.io/"


def shown_in_a_terminal(folder: Path, **env: str) -> bytes:
    """What a scan of a folder writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tidegate", "scan"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TERM": "xterm", **env},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:
        pass  # Linux ends a terminal that nobody holds any more so
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0
    return shown


def test_a_terminal_that_knows_links_gets_them(tmp_path: Path, tidegate: Tidegate) -> None:
    (tmp_path / "a.py").write_text("exec(input())\n")
    assert LINK in shown_in_a_terminal(tmp_path, TERM_PROGRAM="vscode")
    assert LINK in shown_in_a_terminal(tmp_path, FORCE_HYPERLINK="1")
    assert b"\x1b]" not in shown_in_a_terminal(tmp_path)
    assert "\x1b" not in tidegate("scan", cwd=tmp_path, env={"FORCE_HYPERLINK": "1"}).out


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"WT_SESSION": "1"}, True),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "4800"}, False),
        ({"VTE_VERSION": "x"}, False),
        ({"VTE_VERSION": "9" * 9_999}, True),
        ({"TERM": "xterm"}, False),
        ({"TERM": "dumb", "TERM_PROGRAM": "vscode"}, False),
        ({"TERM": "tmux-256color", "VTE_VERSION": "7600"}, False),
        ({"TERM": "xterm", "TMUX": "/x", "VTE_VERSION": "7600"}, False),
        ({"FORCE_HYPERLINK": "0", "TERM": "xterm-kitty"}, False),
        ({"FORCE_HYPERLINK": "1", "TERM": "screen"}, True),
    ],
)
def test_which_terminals_know_links(env: dict[str, str], wanted: bool) -> None:
    assert links_wanted(True, env) is wanted
    assert not links_wanted(False, env)
