from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.scanners.interface import Kind
from tidegate.scanners.targets.kinds import (
    HEAD_BYTES,
    WHOLE_BYTES,
    content_decides,
    is_compiled,
    is_lfs_pointer,
    kind_by_name,
    kind_of,
)

DOES_SOMETHING = b"import os\nos.system('true')\n"


@pytest.mark.parametrize(
    "path",
    [
        "a.py", "A.PY", "pkg/stub.pyi", "gui.pyW", ".py", ".hidden.py", "app.wsgi", "twist.tac",
        "SConstruct", "src/SConscript", "wscript", "cell.ipy",
    ],
)  # fmt: skip
def test_python_by_name_needs_no_content(path: str) -> None:
    assert kind_by_name(path) is Kind.PYTHON
    assert kind_of(path, b"") is Kind.PYTHON


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.ipynb", Kind.NOTEBOOK),
        ("requirements.txt", Kind.REQUIREMENTS),
        ("REQUIREMENTS.TXT", Kind.REQUIREMENTS),
        ("requirements-dev.txt", Kind.REQUIREMENTS),
        ("requirements_py311.txt", Kind.REQUIREMENTS),
        ("dev-requirements.txt", Kind.REQUIREMENTS),
        ("dev-requirements-py3.txt", Kind.REQUIREMENTS),
        ("requirement.txt", Kind.REQUIREMENTS),
        ("requirements/base.txt", Kind.REQUIREMENTS),
        ("x/requirements/static/linux.txt", Kind.REQUIREMENTS),
        ("constraints.txt", Kind.REQUIREMENTS),
        ("constraints-3.11.txt", Kind.REQUIREMENTS),
        ("pylock.toml", Kind.PYLOCK),
        ("sub/pylock.dev.toml", Kind.PYLOCK),
        ("requirements.lock", Kind.REQUIREMENTS),
        ("uv.lock", Kind.UV_LOCK),
        ("tools/run.py.lock", Kind.UV_LOCK),
        ("poetry.lock", Kind.POETRY_LOCK),
        ("pdm.lock", Kind.PDM_LOCK),
        ("pdm.py312.lock", Kind.PDM_LOCK),
        ("Pipfile.lock", Kind.PIPFILE_LOCK),
        ("conda-lock.yml", Kind.UNREAD_LOCK),
        ("pixi.lock", Kind.UNREAD_LOCK),
        ("bom.json", Kind.SBOM),
        ("dist/app.CDX.json", Kind.SBOM),
        ("app.spdx.json", Kind.SBOM),
        ("pyproject.toml", Kind.DECLARING),
        ("sub/setup.cfg", Kind.DECLARING),
        ("Pipfile", Kind.DECLARING),
        ("uv.toml", Kind.DECLARING),
        ("docker/pip.conf", Kind.DECLARING),
        ("ci/environment-dev.yaml", Kind.CONDA),
        ("setup.py", Kind.PYTHON),
    ],
)
def test_dependency_files_and_notebooks_by_name(path: str, kind: Kind) -> None:
    assert kind_of(path, b"") is kind
    assert kind_of(path, b"", was_python=True) is kind


@pytest.mark.parametrize(
    "path",
    [
        "notes.txt", "requirementless/notes.txt", "pylock.a.b.toml", "METADATA", "Cargo.lock",
        "a.py.in", "a.py.j2", "a.py.tmpl", "rules.bzl", "build.gyp", "ext.pyx", "module.pyc",
        "photo.jpg", "README", "Makefile", "a.py.bak",
    ],
)  # fmt: skip
def test_everything_else_is_other(path: str) -> None:
    assert kind_of(path, b"Plain words, not code.\n") is Kind.OTHER


@pytest.mark.parametrize(
    "line",
    [
        "#!/usr/bin/python",
        "#! /usr/bin/python3.13t -u",
        "#!python",
        "#!/usr/bin/env python3",
        "#!/usr/bin/env -S python3 -u",
        "#!/usr/bin/env -Spython3 -u",
        "#!/usr/bin/env -S A=1 python3",
        "#!/usr/bin/env --split-string=python3",
        "#!/usr/bin/env -S uv run --script",
        "#!/usr/bin/env -S pipx run",
        "#!/opt/pypy3/bin/pypy3",
        "#!/usr/libexec/platform-python",
        "#!/usr/bin/nice /usr/bin/python3",
        "#!/usr/bin/env nix-shell\n#! nix-shell -i python3 -p python3",
        "#!/bin/sh\n'''exec' /a/very/long/path/bin/python \"$0\" \"$@\"\n' '''",
    ],
)
@pytest.mark.parametrize("path", ["run", "run.sh", "notes.txt", "run.1"])
def test_a_python_shebang_counts_under_any_name(line: str, path: str) -> None:
    head = line.encode() + b"\nthis is ( no Python\n"
    assert kind_of(path, head) is Kind.PYTHON
    assert kind_of(path, head[:HEAD_BYTES], cut=True) is Kind.PYTHON


@pytest.mark.parametrize(
    "line",
    ["#!/bin/sh", "#!/usr/bin/env bash", "#!@PYTHON@", "#!/usr/bin/env -S uv pip", "# python", ""],
)
def test_other_shebangs_do_not(line: str) -> None:
    assert kind_of("run.sh", line.encode() + b"\nexec python -m x\n") is Kind.OTHER


@pytest.mark.parametrize(
    "text",
    [
        b"import os",
        b"from os import path",
        b"def f():\n  return 1",
        b"class A:\n  pass",
        b"eval(x)",
        b"password = read()",
        b"try:\n  async def f(): pass\nfinally:\n  pass",
        "# coding: latin-1\nprint('\xe9')".encode("latin-1"),
        b"# coding: utf-7\nprint+ACg-1)",
        b'x = f("\\d")',
        b"f(" + b"1+" * 20_000 + b"1)",
    ],
)
@pytest.mark.parametrize("path", ["bin/deploy", ".pythonrc", "tool-3.11", "app.spec", "x.cgi"])
def test_nameless_text_that_does_something_in_python(path: str, text: bytes) -> None:
    assert kind_of(path, text) is Kind.PYTHON


@pytest.mark.parametrize(
    "text",
    [
        b'#!/bin/sh\n""":"\nexec python3 "$0" "$@"\n"""\nimport os\n',
        b"#!/bin/sh\n''':'\nexec python3 -u $0\n'''\nos.system(input())\n",
    ],
)
@pytest.mark.parametrize("path", ["deploy", "deploy.sh", "x.cgi"])
def test_a_shell_script_that_is_python_as_well(path: str, text: bytes) -> None:
    assert kind_of(path, text) is Kind.PYTHON


@pytest.mark.parametrize("name", ["a.PYC", "x/a.cpython-313-darwin.so", "b.pyz", "c.whl", "d.egg"])
def test_compiled_code_by_name(name: str) -> None:
    assert is_compiled(name)
    assert not is_compiled(name + ".txt")


def test_pointers_of_git_lfs_with_blanks_before_them_and_of_old() -> None:
    assert is_lfs_pointer(b"\n version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    assert is_lfs_pointer(b"version https://hawser.github.com/spec/v1\n")
    assert not is_lfs_pointer(b"version 1\n")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"aardvark\nabacus\n",
        b"build/\n*.pyc\n",
        b'TOKEN="abc"\nDEBUG = 1\n',
        b"all: build\n\tcc -c (x)\n",
        b"import os\0",
        b"\x7fELF\x02import(",
        b"#!/bin/sh\nset -eu -o pipefail\nf(1)\n",
        b"Call me (later).",
        b"# coding: no-such-codec\nf(1)",
        b"# coding: hex\nf(1)",
        b"# coding: utf-8\nf('\xff')",
    ],
)
def test_nameless_text_that_is_not_python(text: bytes) -> None:
    assert kind_of("thing", text) is Kind.OTHER


NEWER_LINES = ["type X = int", "try: pass\nexcept A, B: pass", 'print(f"{"a"}")']


@pytest.mark.parametrize("path", ["deploy", "tool.spec", "app.fcgi"])
@pytest.mark.parametrize("line", NEWER_LINES)
def test_python_that_is_too_new_is_python_by_content(path: str, line: str) -> None:
    source = f"import subprocess\n{line}\nsubprocess.call(input(), shell=True)\n".encode()
    assert kind_of(path, source) is Kind.PYTHON


@pytest.mark.parametrize("line", NEWER_LINES)
def test_however_long_it_is(line: str) -> None:
    source = f"import subprocess\n{line}\nsubprocess.call(input(), shell=True)\n".encode()
    padded = source + b"x = 1\n" * (WHOLE_BYTES // 6)
    assert kind_of("deploy", padded) is Kind.PYTHON
    assert kind_of("deploy", padded[:WHOLE_BYTES], cut=True) is Kind.PYTHON


@pytest.mark.parametrize(
    "text",
    [
        b"Call me (later) and import this.\nAll of it is prose (really).\n",
        b"all: build\n\tcp a b\n\techo $(call f)\nclass of its own\n",
        b"name: thing\nsteps:\n  - run: f (x)\n    with:\n      a: 'b' c\n",
        b"#!/bin/sh\nset -e\nf() {\n  echo (a)\n}\nf import\n",
    ],
)
def test_what_no_python_can_parse_is_none(text: bytes) -> None:
    assert kind_of("thing", text) is Kind.OTHER


def test_other_suffixes_are_not_judged_by_content() -> None:
    assert kind_of("notes.txt", DOES_SOMETHING) is Kind.OTHER
    assert not content_decides("notes.txt")
    assert content_decides("notes")


@pytest.mark.parametrize("path", ["notes.txt", "data.bin", "LICENSE", "a.py.bak", "a.py.j2"])
def test_a_renamed_python_file_stays_python(path: str) -> None:
    assert kind_of(path, b"\0\xff", was_python=True) is Kind.PYTHON


def test_a_python_file_may_become_a_notebook() -> None:
    assert kind_of("a.ipynb", b"{}", was_python=True) is Kind.NOTEBOOK


@pytest.mark.parametrize(
    ("start", "padding", "end"),
    [
        (b"", b"x = 1\n", b""),
        (b"", b"# comment\n", b""),
        (b"", b"if x:\n  y\n", b""),
        (b"", b"f(1) ;", b"\n"),
        (b'"""', b"long\n", b'"""\n'),
        (b'"', b"long", b'"\n'),
        (b'"', "\u00e9\u6f22".encode(), b'"\n'),
        (b'"', b"long\\\n", b'"\n'),
        (b"f(", b"'long and longer', ", b")\n"),
        (b"#!/bin/sh\n", b"# comment\n", b""),
        (b"f(", b"1,\n", b")\n"),
    ],
)
def test_padding_does_not_push_code_out_of_sight(start: bytes, padding: bytes, end: bytes) -> None:
    whole = start + padding * (WHOLE_BYTES // len(padding) + 1) + end + DOES_SOMETHING
    compile(whole, "deploy", "exec")
    assert kind_of("deploy", whole) is Kind.PYTHON
    assert kind_of("deploy", whole[:WHOLE_BYTES], cut=True) is Kind.PYTHON


@pytest.mark.parametrize("line", [b"plain words here\n", b"web: python app\n", b"\0\n"])
def test_long_text_with_an_early_error_is_not_python(line: bytes) -> None:
    text = line * (WHOLE_BYTES // len(line) + 1)
    assert kind_of("CHANGES", text) is Kind.OTHER
    assert kind_of("CHANGES", text, cut=True) is Kind.OTHER


@pytest.mark.parametrize(
    "line",
    [
        b"import evil",
        b"import\tevil",
        b"./lib\rimport evil",
        b"./lib\x0bimport evil",
        b"./lib\x1cimport evil",
        b"./lib\x85import evil",
        "./lib\u2028import evil".encode(),
        b"\xff\nimport evil",
    ],
)
def test_path_files_that_run_code_at_start_up(line: bytes) -> None:
    assert kind_of("a.pth", b"../lib\n" + line) is Kind.PYTHON


def test_path_files_that_only_name_folders() -> None:
    assert kind_of("a.pth", b"../lib\nimportant\n import x\n") is Kind.OTHER


def test_the_standard_library_without_its_names_is_python() -> None:
    folder = Path(pytest.__file__).parent
    for source in sorted(folder.glob("*.py")):
        assert kind_of("nameless", source.read_bytes()[:WHOLE_BYTES]) is Kind.PYTHON


@settings(max_examples=150, deadline=None)
@given(st.text(), st.binary(max_size=400))
def test_any_name_and_content_gets_a_kind(path: str, head: bytes) -> None:
    kind = kind_of(path, head)
    assert kind_of(path, head, was_python=True) is (Kind.PYTHON if kind is Kind.OTHER else kind)


@settings(max_examples=150, deadline=None)
@given(st.text(), st.sampled_from(["a", "a.sh", "a.pth", "a.cgi", "a.txt"]), st.data())
def test_what_is_something_as_a_whole_may_be_something_when_cut(
    text: str, path: str, data: st.DataObject
) -> None:
    whole = f"import os\nf({text!a})\n".encode()
    whole = data.draw(st.sampled_from([b"", b"#!/bin/sh\n"])) + whole
    head = whole[: data.draw(st.integers(10, len(whole)))]
    if kind_of(path, whole) is not Kind.OTHER:
        assert kind_of(path, head, cut=True) is not Kind.OTHER


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_what_follows_the_needed_bytes_changes_nothing(tail: bytes) -> None:
    head = b"some text" + b"." * HEAD_BYTES
    assert kind_of("a.dat", head + tail) is kind_of("a.dat", head)
