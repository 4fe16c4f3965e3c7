import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.scanners.sarif.results import Result
from tidegate.tests.sarif_logs import result, run
from tidegate.tests.scanners.sarif.results_of import finding, read


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a/b.py", "a/b.py"),
        ("./a//b.py", "a/b.py"),
        ("a/../b.py", "b.py"),
        ("a%20b.py", "a b.py"),
        ("a\\b.py", "a/b.py"),
        ("file:///repo/a.py", "a.py"),
        ("file://localhost/repo/a.py", "a.py"),
        ("/repo/a.py", "a.py"),
        ("n%FF.py", "n\udcff.py"),
    ],
)
def test_a_uri_of_the_tree_is_its_path(uri: str, path: str) -> None:
    (found,) = read(run("t", [result("R", uri, 1)]))
    assert isinstance(found, Result)
    assert (found.finding.path, found.inside) == (path, True)


@pytest.mark.parametrize(
    "uri",
    [
        "../a.py",
        "a/../../etc/passwd",
        "%2e%2e/a.py",
        "..\\a.py",
        "/etc/passwd",
        "file:///etc/passwd",
        "file:///repo/../etc/passwd",
        "file:///repository/a.py",
        "file://host/repo/a.py",
        "https://example.com/a.py",
        "pkg:pypi/x",
        "a%00.py",
    ],
)
def test_any_other_uri_is_text_as_it_came(uri: str) -> None:
    (found,) = read(run("t", [result("R", uri, 1)]))
    assert isinstance(found, Result)
    assert (found.finding.path, found.inside) == (uri, False)


def test_bases_may_stand_on_bases_and_go_in_circles() -> None:
    bases = {
        "SRC": {"uri": "src/", "uriBaseId": "TOP"},
        "TOP": {"uri": "file:///repo/"},
        "LOOP": {"uri": "x/", "uriBaseId": "LOOP"},
    }
    told = [result("R", "a.py", 1) for _ in range(3)]
    for item, base in zip(told, ("SRC", "LOOP", "UNKNOWN"), strict=True):
        item["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = base
    paths = [
        item.finding.path
        for item in read(run("t", told, originalUriBaseIds=bases))
        if isinstance(item, Result)
    ]
    assert paths[0] == "src/a.py"
    assert paths[2] == "a.py"


def test_a_place_may_be_an_index_into_the_artifacts() -> None:
    told = result("R", "", 4)
    told["locations"][0]["physicalLocation"]["artifactLocation"] = {"index": 1}
    artifacts = [{"location": {"uri": "x"}}, {"location": {"uri": "b.py"}}]
    assert finding(run("t", [told], artifacts=artifacts)).path == "b.py"


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_uri_leads_out_of_the_tree(uri: str, base: str) -> None:
    told = result("R", uri or "x", 1)
    node = run("t", [told], originalUriBaseIds={"B": {"uri": base}})
    told["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "B"
    (found,) = read(node)
    assert isinstance(found, Result)
    if found.inside:
        parts = found.finding.path.split("/")
        assert not {"", ".", ".."}.intersection(parts)
        assert "\0" not in found.finding.path


def test_of_two_folders_of_another_machine_none_is_the_root() -> None:
    bases = {"A": {"uri": "file:///other/"}, "B": {"uri": "file:///other/sub/"}}
    told = result("R", "a.py", 1)
    told["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "B"
    assert finding(run("t", [told], originalUriBaseIds={"B": bases["B"]})).path == "a.py"
    found = finding(run("t", [told], originalUriBaseIds=bases))
    assert found.path == "file:///other/sub/a.py"
