"""What requirements files include: inside the tree only, each once, and never for ever."""

import pytest

from tidegate.scanners.dependencies.requirements_files import MAX_FILES, read_requirements
from tidegate.tests.scanners.dependencies.reading import Tree, gaps, pins, read


@pytest.mark.parametrize(
    "option",
    ["-r {}", "-r{}", "--requirement {}", "--requirement={}", "--constr {}", "-c {}", "-c{}"],
)
def test_included_files_are_read_where_they_stand(option: str) -> None:
    found = read(option.format("sub/base.txt"), sub__base="-r ../more.txt\nb==1", more="c==1")
    assert pins(found) == [("b", "1", "sub/base.txt", 2), ("c", "1", "more.txt", 1)]
    assert gaps(found) == []


def test_several_includes_on_a_line_all_count() -> None:
    found = read("-r one.txt -r two.txt -c three.txt", one="a==1", two="b==1", three="c==1")
    assert [pin.name for pin in found.pins] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "file",
    [
        "/etc/shadow",
        "../../x",
        "..",
        ".",
        "sub/../../x",
        "https://me:pa55@host/base.txt",
        "HTTP://host/x",
        "file:///etc/shadow",
        "file:base.txt",
        "a\0b",
    ],
)
def test_nothing_out_of_the_tree_is_read(file: str) -> None:
    tree = Tree({"req.txt": f"-r {file}\na==1".encode()})
    found = read_requirements(tree, "req.txt", 1000)
    assert tree.reads == ["req.txt"]
    assert [pin.name for pin in found.pins] == ["a"]
    [(what, reason)] = gaps(found)
    assert what.startswith("req.txt: -r ")
    assert reason == "included file not in the tree"
    assert "pa55" not in repr(found)


def test_a_missing_include_is_a_gap() -> None:
    [skipped] = read("-r none.txt", "a==1").skipped
    assert (skipped.what, skipped.reason) == ("req.txt: none.txt", "included file not found")
    assert skipped.path == "req.txt"


def test_a_file_that_cannot_be_read_is_a_gap() -> None:
    [skipped] = read_requirements(Tree({}), "req.txt", 1000).skipped
    assert skipped.what == "req.txt"


@pytest.mark.parametrize(
    "files",
    [
        {"req": "-r req.txt\na==1"},
        {"req": "-r ./sub/../req.txt\na==1"},
        {"req": "-r one.txt\na==1", "one": "-c req.txt"},
        {"req": "-r one.txt\na==1", "one": "-r two.txt", "two": "-r one.txt"},
    ],
)
def test_circles_end_and_are_told(files: dict[str, str]) -> None:
    tree = Tree({f"{name}.txt": text.encode() for name, text in files.items()})
    found = read_requirements(tree, "req.txt", 1000)
    assert [pin.name for pin in found.pins] == ["a"]
    assert [reason for _, reason in gaps(found)] == ["requirements include each other"]


def test_a_file_reached_twice_is_no_circle_and_counts_once() -> None:
    found = read("-r one.txt", "-r two.txt", one="-r end.txt", two="-r end.txt", end="a==1\nb")
    assert pins(found) == [("a", "1", "end.txt", 1)]
    assert gaps(found) == [("end.txt: b", "dependency not pinned")]


def test_a_long_chain_of_files_ends() -> None:
    chain = {f"{n}.txt": f"-r {n + 1}.txt\np{n}==1".encode() for n in range(MAX_FILES + 50)}
    found = read_requirements(Tree(chain), "0.txt", 1000)
    assert len(found.pins) == MAX_FILES
    assert gaps(found) == [("0.txt", "too many included files")]


def test_constraints_settle_versions_and_ask_for_nothing_themselves() -> None:
    found = read("a", "b>=1", "c", "-c cons.txt", cons="a==1\nb==2 ; os_name=='nt'\nd<4\ne==1")
    assert [pin.name for pin in found.pins] == ["a", "b", "e"]
    # A pin under a marker settles nothing where the marker does not hold.
    assert [what for what, _ in gaps(found)] == ["req.txt: b", "req.txt: c"]


def test_a_constraint_to_an_address_is_a_gap() -> None:
    assert gaps(read("-c cons.txt", cons="a @ https://host/a.zip")) == [
        ("cons.txt: a", "dependency from an address or a path")
    ]


def test_a_large_include_is_a_gap() -> None:
    assert gaps(read("-r big.txt", big="a==1\n" * 5000)) == [("big.txt", "file too large")]
