"""Files whose content decides what they are, as a walk meets them."""

from pathlib import Path

from tidegate.scanners.interface import Kind
from tidegate.scanners.targets.walk import LFS_POINTER
from tidegate.tests.scanners.targets.walking import gaps, kinds, put, walked


def test_what_git_lfs_keeps_elsewhere_is_a_gap_where_it_may_be_code(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    put(tmp_path, "deploy", "x.cgi", "a.png", text=pointer)
    assert gaps(walked(tmp_path)) == {"deploy": LFS_POINTER, "x.cgi": LFS_POINTER}


def test_a_script_is_judged_by_all_of_it(tmp_path: Path) -> None:
    hidden = '#!/bin/sh\n""":"\n' + "# padding\n" * 30 + 'exec python3 $0\n"""\nimport os\n'
    put(tmp_path, "a.sh", text=hidden)
    put(tmp_path, "b.sh", text="#!/bin/sh\nset -e\n" + "echo\n" * 60)
    assert kinds(walked(tmp_path)) == {"a.sh": Kind.PYTHON, "b.sh": Kind.OTHER}
