"""What other tools found, held against the change: the usual ways."""

import pytest

from tidegate.records.run import State, Verdict
from tidegate.tests.gate.importing import (
    OLD,
    SPARE,
    changed_by_a_branch,
    imported,
    states,
)
from tidegate.tests.real import GitRepo
from tidegate.tests.sarif_logs import result, run


@pytest.fixture
def changed(repo: GitRepo) -> GitRepo:
    return changed_by_a_branch(repo)


# Without a file of the base


def test_what_is_on_an_added_line_is_new_and_blocks(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", [result("R", "a.py", 7, level="error")]))
    assert states(run_) == [("a.py", 7, State.NEW)]
    assert run_.verdict is Verdict.BLOCK


def test_what_stands_in_an_untouched_function_exists(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", [result("R", "a.py", 2, level="error")]))
    assert states(run_) == [("a.py", 2, State.EXISTING)]
    assert run_.verdict is Verdict.PASS


def test_what_stands_in_a_function_that_is_touched_elsewhere_decides(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", [result("R", "a.py", 8, level="error")]))
    assert states(run_) == [("a.py", 8, State.EDITED)]
    assert run_.verdict is Verdict.BLOCK


def test_files_left_alone_are_counted_and_do_not_decide(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", [result("R", "b.py", 2, level="error")] * 3))
    assert states(run_) == []
    assert run_.verdict is Verdict.PASS
    assert "3 results: 0 findings here, 3 in files that the change leaves alone" in run_.notices[0]


def test_of_a_file_that_is_no_python_the_lines_decide(changed: GitRepo) -> None:
    told = [result("R", "w.yml", 3), result("R", "w.yml", 4)]
    run_ = imported(changed, run("zizmor", told))
    assert states(run_) == [("w.yml", 3, State.EXISTING), ("w.yml", 4, State.NEW)]


def test_a_result_without_lines_is_new_in_a_changed_file(changed: GitRepo) -> None:
    told = [result("R", path) for path in ("a.py", "b.py", "new.py")]
    run_ = imported(changed, run("T", told))
    assert states(run_) == [("a.py", 1, State.NEW), ("new.py", 1, State.NEW)]


@pytest.mark.parametrize("path", ["gone.py", "../a.py", "/src/a.py", "https://x/a.py"])
def test_a_result_that_is_nowhere_in_the_tree_is_new(changed: GitRepo, path: str) -> None:
    run_ = imported(changed, run("T", [result("R", path, 1, level="error")]))
    assert states(run_) == [(path, 1, State.NEW)]
    assert run_.verdict is Verdict.BLOCK


def test_a_line_behind_the_end_of_the_file_is_new(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", [result("R", "a.py", 99)]))
    assert states(run_) == [("a.py", 99, State.NEW)]


def test_a_flow_over_a_touched_line_decides_wherever_it_ends(changed: GitRepo) -> None:
    step = {"location": result("R", "a.py", 7)["locations"][0]}
    flow = [{"threadFlows": [{"locations": [step]}]}]
    run_ = imported(changed, run("T", [result("R", "b.py", 2, codeFlows=flow)]))
    assert states(run_) == [("b.py", 2, State.EDITED)]


def test_more_steps_than_are_looked_at_decide(changed: GitRepo) -> None:
    steps = result("R", "b.py", 1)["locations"] * 1_001
    run_ = imported(changed, run("T", [result("R", "b.py", 2, relatedLocations=steps)]))
    assert states(run_) == [("b.py", 2, State.EDITED)]
    few = imported(changed, run("T", [result("R", "b.py", 2, relatedLocations=steps[:9])]))
    assert states(few) == []


def test_a_renamed_file_has_the_lines_it_had(repo: GitRepo) -> None:
    repo.commit({"a.py": OLD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": None, "src/c.py": OLD, "tests/d.py": SPARE})
    run_ = imported(repo, run("T", [result("R", "src/c.py", 2)]))
    assert states(run_) == [("src/c.py", 2, State.EXISTING)]


def test_a_file_that_leaves_the_tests_is_new(repo: GitRepo) -> None:
    repo.commit({"tests/a.py": OLD})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"tests/a.py": None, "src/a.py": OLD})
    run_ = imported(repo, run("T", [result("R", "src/a.py", 2)]))
    assert states(run_) == [("src/a.py", 2, State.NEW)]


def test_a_check_that_went_away_touches_what_it_guarded(repo: GitRepo) -> None:
    repo.commit({"w.js": "f();\nif (!ok) return;\ng(x);\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"w.js": "f();\ng(x);\n"})
    run_ = imported(repo, run("T", [result("R", "w.js", 2)]))
    assert states(run_) == [("w.js", 2, State.NEW)]


def test_the_working_tree_is_compared_as_it_is(changed: GitRepo) -> None:
    changed.write({"b.py": OLD.replace("check(x)", "check(x or 1)")})
    run_ = imported(changed, run("T", [result("R", "b.py", 2)]), worktree=True)
    assert states(run_) == [("b.py", 2, State.NEW)]


def test_the_first_line_without_a_character_stands_for_the_file(changed: GitRepo) -> None:
    told = result("R", "w.yml", 1)
    region = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    told["locations"][0]["physicalLocation"]["region"] = region
    assert states(imported(changed, run("Trivy", [told]))) == [("w.yml", 1, State.NEW)]


def test_lines_of_a_notebook_are_those_of_its_cells(repo: GitRepo) -> None:
    repo.commit({"n.ipynb": '{"cells": [\n\n\n]}\n'})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"n.ipynb": '{"cells": [\n\n\n"x"]}\n'})
    told = run("T", [result("R", "n.ipynb", 2)])
    assert states(imported(repo, told)) == [("n.ipynb", 2, State.NEW)]
    assert states(imported(repo, told, base=[told]))[0] == ("n.ipynb", 2, State.NEW)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("c%69.yml", "c%69.yml"),
        ("src\\app.js", "src\\app.js"),
        ("file:src/app.js", "file:src/app.js"),
        ("c%69.yml", "file://ROOT/c%69.yml"),
    ],
)
@pytest.mark.parametrize("twin", ["ci.yml", "src/app.js", "x"])
def test_a_path_that_is_no_uri_is_found(repo: GitRepo, path: str, uri: str, twin: str) -> None:
    repo.commit({"ci.yml": "a\n", "src/app.js": "a\n"})
    if twin == "x":
        repo.commit({"ci.yml": None, "src/app.js": None, "x": "a\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({path: "b\n"})
    told = run("T", [result("R", uri.replace("ROOT", str(repo.path.resolve())), 1)])
    assert states(imported(repo, told)) == [(path, 1, State.NEW)]


@pytest.mark.parametrize(
    "odd", ["\r", "\x85", "\u2028", "\u2029", "\v", "\f", "\0", "\x1e", "\udcff"]
)
def test_lines_that_tools_count_otherwise_decide_nothing(repo: GitRepo, odd: str) -> None:
    old = f"a{odd}b\nc\nd\n".encode("utf-8", "surrogateescape")
    repo.commit({"w.js": old})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"w.js": old + b"e\n"})
    told = run("T", [result("R", "w.js", 2)])
    assert states(imported(repo, told)) == [("w.js", 2, State.NEW)]
    assert states(imported(repo, told, base=[told]))[0] == ("w.js", 2, State.NEW)


def test_python_of_a_newer_syntax_has_functions_that_are_not_known(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = <newer>\na\nb\nc\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": "x = <newer>\na\nb\nd\n"})
    run_ = imported(repo, run("T", [result("R", "a.py", 2)]))
    assert states(run_) == [("a.py", 2, State.EDITED)]


def test_other_line_ends_touch_nothing(repo: GitRepo) -> None:
    repo.commit({"w.js": "a\r\nb\r\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"w.js": "a\nb\nc\n"})
    run_ = imported(repo, run("T", [result("R", "w.js", 2)]))
    assert states(run_) == [("w.js", 2, State.EXISTING)]


# With a file of the base


def test_what_the_tool_found_at_the_base_too_exists(changed: GitRepo) -> None:
    head = [result("R", "a.py", 2), result("R", "a.py", 8), result("R", "b.py", 2)]
    base = [result("R", "a.py", 2), result("R", "a.py", 7), result("R", "b.py", 2)]
    run_ = imported(changed, run("T", head), base=[run("T", base)])
    assert states(run_) == [("a.py", 2, State.EXISTING), ("a.py", 8, State.EDITED)]
    assert "1 in files that the change leaves alone" in run_.notices[0]


def test_what_leads_to_it_decides_with_a_base_file_too(changed: GitRepo) -> None:
    step = {"location": result("R", "a.py", 7)["locations"][0]}
    flow = [{"threadFlows": [{"locations": [step]}]}]
    head = [run("T", [result("R", "b.py", 2, codeFlows=flow)])]
    for base in (head, [run("T", [result("R", "b.py", 2)])]):
        assert states(imported(changed, *head, base=base)) == [("b.py", 2, State.EDITED)]


def test_a_related_place_that_is_touched_decides(changed: GitRepo) -> None:
    related = result("R", "a.py", 7)["locations"]
    told = run("T", [result("R", "b.py", 2, relatedLocations=related)])
    assert states(imported(changed, told)) == [("b.py", 2, State.EDITED)]


def test_a_base_file_of_another_checkout_is_incomplete(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", []), base=[run("T", [result("R", "/other/a.py", 2)])])
    assert run_.verdict is Verdict.INCOMPLETE
    (gap,) = [i.skipped for i in run_.skipped if "base" in i.skipped.what]
    assert "same folder" in gap.remedy


def test_a_touched_function_decides_with_a_base_file_too(changed: GitRepo) -> None:
    base = [run("T", [result("R", "a.py", 7)])]
    run_ = imported(changed, run("T", [result("R", "a.py", 8)]), base=base)
    assert states(run_) == [("a.py", 8, State.EDITED)]


def test_what_the_tool_did_not_find_at_the_base_is_new_in_any_file(changed: GitRepo) -> None:
    head = [result("R", "b.py", 2), result("R", "b.py", 7)]
    run_ = imported(changed, run("T", head), base=[run("T", head[:1])])
    assert states(run_) == [("b.py", 7, State.NEW)]


def test_what_went_away_is_fixed(changed: GitRepo) -> None:
    run_ = imported(changed, run("T", []), base=[run("T", [result("R", "a.py", 2)])])
    assert states(run_) == [("a.py", 2, State.FIXED)]


def test_a_tool_that_did_not_look_at_the_base_is_told_by_lines(changed: GitRepo) -> None:
    told = [result("R", "a.py", 2), result("R", "a.py", 7)]
    run_ = imported(changed, run("T", told), base=[run("Other", [])])
    assert [state for *_, state in states(run_)] == [State.EXISTING, State.NEW]


def test_one_secret_in_place_of_another_is_not_the_same(repo: GitRepo) -> None:
    repo.commit({"k.env": "KEY = aaaa\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"k.env": "# moved\nKEY = aaaa\nKEY = bbbb\n"})
    head = [result("key", "k.env", 2), result("key", "k.env", 3)]
    run_ = imported(
        repo, run("gitleaks", head), base=[run("gitleaks", [result("key", "k.env", 1)])]
    )
    found = [(line, state) for _, line, state in states(run_)]
    assert found == [(2, State.EXISTING), (3, State.NEW)]
    assert "bbbb" not in repr(run_)


def test_another_secret_under_the_same_name_decides(repo: GitRepo) -> None:
    repo.commit({"k.env": "KEY = aaaa\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"k.env": "KEY = bbbb\n"})
    told = run("gitleaks", [result("key", "k.env", 1)])
    assert states(imported(repo, told, base=[told])) == [("k.env", 1, State.EDITED)]


def test_what_cannot_be_read_is_no_match(changed: GitRepo) -> None:
    told = run("T", [result("R", "a.py", 99)])
    assert states(imported(changed, told, base=[told]))[0] == ("a.py", 99, State.NEW)
