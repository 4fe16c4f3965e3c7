import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.records.finding import Skipped
from tidegate.scanners.dependencies.addresses import shown
from tidegate.scanners.dependencies.pins import Dependencies, IndexOption, Pin, Stray
from tidegate.scanners.dependencies.requirements_files import read_requirements
from tidegate.scanners.dependencies.requirements_lines import (
    Include,
    NothingToAudit,
    Unpinned,
    decoded,
    entries,
)
from tidegate.tests.scanners.dependencies.locks import A, B
from tidegate.tests.scanners.dependencies.reading import Tree, gaps, pins, read


@pytest.mark.parametrize(
    ("line", "name", "version"),
    [
        ("Some.Pkg==1.0", "some-pkg", "1.0"),
        ("pkg == 1.0  # why", "pkg", "1.0"),
        ("pkg[extra,two]==1.0", "pkg", "1.0"),
        (f"pkg==1.0 --hash={A} --hash={B}", "pkg", "1.0"),
        (f"pkg==1.0 \\\n  --hash={A}", "pkg", "1.0"),
        ("pkg==1.0 ; python_version < '3' and sys_platform == 'win32'", "pkg", "1.0"),
        ("pkg===2019-09-12", "pkg", "2019-09-12"),
        ("pkg==1!2.0+local.1", "pkg", "1!2.0+local.1"),
        ("pkg==1.0,>=0.5,!=0.7", "pkg", "1.0"),
        ("pkg (==1.0)", "pkg", "1.0"),
    ],
)
def test_pins(line: str, name: str, version: str) -> None:
    found = read("# comment", "", line)
    [pin] = found.pins
    assert (pin.name, pin.version, pin.path, pin.line) == (name, version, "req.txt", 3)
    assert pin.conditional is (";" in line)
    assert len(pin.digests) == line.count("--hash")
    assert not found.skipped


def test_every_marker_counts_since_where_it_will_run_is_unknown() -> None:
    found = read("a==1 ; python_version < '3'", "a==2 ; python_version >= '3'")
    assert pins(found) == [("a", "1", "req.txt", 1), ("a", "2", "req.txt", 2)]


@pytest.mark.parametrize(
    "line", ["pkg", "pkg>=1", "pkg~=1.0", "pkg==1.*", "pkg!=1", "pkg==1,==2", "pkg[x]<2;a=='b'"]
)
def test_what_leaves_the_version_open_is_a_gap(line: str) -> None:
    if line.endswith("a=='b'"):
        line = "pkg[x]<2; os_name=='b'"
    [skipped] = read(line).skipped
    assert (skipped.what, skipped.reason) == ("req.txt: pkg", "dependency not pinned")
    assert skipped.path == "req.txt"
    assert "pin it" in skipped.remedy


@pytest.mark.parametrize(
    ("line", "what", "detail"),
    [
        (
            "-e git+https://me:pa55@host/org/pkg.git@main#egg=pkg",
            "req.txt: pkg",
            "git+https://host/org/pkg.git@main",
        ),
        (
            "pkg @ https://pa55@host/x/pkg-1.tar.gz?key=pa55#frag=pa55",
            "req.txt: pkg",
            "https://host/x/pkg-1.tar.gz",
        ),
        (
            "https://host/pa55wordpa55wordpa55word/pkg-1.0-py3-none-any.whl",
            "req.txt: pkg",
            "https://host/***/pkg-1.0-py3-none-any.whl",
        ),
        ("./libs/thing", "req.txt: ./libs/thing", "./libs/thing"),
        ("-e ../other", "req.txt: ../other", "../other"),
        ("./pkg-1.0-py3-none-any.whl", "req.txt: pkg", "./pkg-1.0-py3-none-any.whl"),
        ("file:///srv/pkg", "req.txt: file:///srv/pkg", "file:///srv/pkg"),
    ],
)
def test_addresses_and_paths_are_gaps_without_their_secrets(
    line: str, what: str, detail: str
) -> None:
    [skipped] = read(line).skipped
    assert (skipped.what, skipped.detail) == (what, detail)
    assert skipped.reason == "dependency from an address or a path"
    assert "pa55" not in repr(skipped)


@pytest.mark.parametrize("line", [".", "./", "-e .", "-e ./", ".[dev]", "-e .[a,b]"])
def test_the_project_itself_is_no_gap(line: str) -> None:
    assert read(line) == Dependencies((), ())


@pytest.mark.parametrize(
    "line", ["--index-url https://me:pa55@host/simple", "--no-index", "--pre", "# text", "", "   "]
)
def test_options_and_comments_are_nothing_to_audit(line: str) -> None:
    found = read(line, "a==1")
    assert (pins(found), found.skipped) == ([("a", "1", "req.txt", 2)], ())
    assert "pa55" not in repr(found)


def test_options_that_say_where_to_look_are_told() -> None:
    found = read("-i https://h/simple --trusted-host h", "a==1", "-f ./w -f x", "--no-index")
    assert [(each.option, each.argument, each.line) for each in found.options] == [
        ("--index-url", "https://h/simple", 1),
        ("--trusted-host", "h", 1),
        ("--find-links", "./w", 3),
        ("--find-links", "x", 3),
        ("--no-index", "", 4),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "two words",
        "!!!",
        "pkg==${VERSION}",
        "pkg=1.0",
        "--unknown pa55",
        "-- pkg==1.0",
        "--pre pkg==1.0",
        "pkg==1.0 --index-url https://me:pa55@host",
        "pkg==1.0 --unknown pa55",
        "pkg==1.0 'open",
        "--index-url 'pa55",
        "pkg; (((" + "(" * 3000,
        "https://[pa55",
        "-r",
    ],
)
def test_a_line_that_is_not_understood_is_a_gap_and_not_shown(line: str) -> None:
    found = read("a==1", line, "b==1")
    assert [pin.name for pin in found.pins] == ["a", "b"]
    [skipped] = found.skipped
    assert (skipped.what, skipped.reason) == ("req.txt: line 2", "requirement line not understood")
    assert "pa55" not in repr(skipped)


@pytest.mark.parametrize(
    "data",
    [
        "é==1\na==1".encode("latin-1"),
        b"# coding: rot13\na==1",
        b"# coding: no-such\na==1",
        b"# coding: utf-7\na==1 +2AA-\n",
        codecs.BOM_UTF16_LE + b"a",
    ],
)
def test_a_file_that_cannot_be_decoded_is_a_gap(data: bytes) -> None:
    found = read_requirements(Tree({"req.txt": data}), "req.txt", 1000)
    assert [reason for _, reason in gaps(found)] == ["file not decodable"]


@pytest.mark.parametrize(
    "data",
    [
        "a==1 # é".encode(),
        codecs.BOM_UTF8 + b"a==1",
        "\ufeffa==1".encode("utf-16-le"),
        "# coding: latin-1\na==1 # é".encode("latin-1"),
        # pip would install what this says in UTF-7.
        b"# coding: utf-7\na+AD0APQ-1",
    ],
)
def test_encodings_are_those_that_pip_reads(data: bytes) -> None:
    found = read_requirements(Tree({"req.txt": data}), "req.txt", 1000)
    assert [(pin.name, pin.version) for pin in found.pins] == [("a", "1")]
    assert gaps(found) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("./lib", "./lib"),
        ("me:pa55@host/x", "an address"),
        ("lib?token=pa55", "an address"),
        ("https://me:p@ss@host:80/a", "https://host:80/a"),
        ("https://host/abcdefabcdefabcdefabcdef1/x", "https://host/***/x"),
        ("https://[bad", "an address"),
    ],
)
def test_shown(address: str, expected: str) -> None:
    assert shown(address) == expected


LINE = st.one_of(
    st.sampled_from(
        [
            *("a==1", "b", "c>=2 # x", "-r x.txt", "-c y.txt -r z.txt", "-e .", "# comment", ""),
            *("a==1 \\", "  --hash=sha256:ab", "\\", "--pre", "d @ https://h/d", "\x0c", "e===?"),
            *("-e git+ssh://git@h/x", "--", "-", "'", '"', "a==1;", "f==1 ; os_name=='x'"),
        ]
    ),
    st.text(alphabet="ab=1.<>;#'\"\\-@:/ [](){}$!~,\t\x0b\x1c\x85\u2028\0é", max_size=14),
    st.text(max_size=10),
)


@settings(max_examples=250, deadline=None)
@given(st.lists(LINE, max_size=8))
def test_every_line_is_accounted_for_and_none_raises(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    found = list(entries(text, "r.txt"))
    assert {number for number, _ in found} == logical_lines(text)
    kinds = (Pin, Unpinned, Include, Skipped, NothingToAudit, Stray, IndexOption)
    assert all(isinstance(entry, kinds) for _, entry in found)


def logical_lines(text: str) -> set[int]:
    """The oracle: numbers of the first lines of what a backslash joins, blank ones left out."""
    found, joined, start = set(), "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        start = start or number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            joined += line.strip("\\")
            continue
        if (joined + line).strip():
            found.add(start)
        joined, start = "", 0
    return found | ({start} if joined.strip() else set())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_told(data: bytes) -> None:
    found = read_requirements(Tree({"req.txt": data}), "req.txt", 1000)
    try:
        decoded(data).encode()
    except (UnicodeError, LookupError):
        assert gaps(found) == [("req.txt", "file not decodable")]
    else:
        assert ("req.txt", "file not decodable") not in gaps(found)
