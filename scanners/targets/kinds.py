"""What a file is: decided by its name, else by its first bytes, never by running it."""

import re
from typing import TYPE_CHECKING

from ..interface import Kind

if TYPE_CHECKING:
    import ast

HEAD_BYTES = 256
"""The kernel reads no more of a shebang."""
WHOLE_BYTES = 64 * 1024
"""Files whose name says nothing, and that are too large, are judged by this much of them."""

PYTHON_SUFFIXES = (".py", ".pyi", ".pyw", ".wsgi", ".tac", ".pyt", ".ipy")
"""Sources, stubs, and what mod_wsgi, twistd, ArcGIS and IPython run."""
PARSED_SUFFIXES = frozenset({"", ".", ".spec", ".cgi", ".fcgi"})
"""Python for some programs and something else for others: the parser decides."""
BUILD_FILES = frozenset({"sconstruct", "sconscript", "scsub", "wscript"})
"""SCons and waf run these."""
LOCKS = {
    "uv.lock": Kind.UV_LOCK,
    "poetry.lock": Kind.POETRY_LOCK,
    "pdm.lock": Kind.PDM_LOCK,
    "pipfile.lock": Kind.PIPFILE_LOCK,
    "conda-lock.yml": Kind.UNREAD_LOCK,
    "conda-lock.yaml": Kind.UNREAD_LOCK,
    "pixi.lock": Kind.UNREAD_LOCK,
}
DECLARING = frozenset(
    {"pyproject.toml", "setup.cfg", "pipfile"}
    | {"uv.toml", "pdm.toml", "poetry.toml", "pip.conf", "pip.ini"}
)
"""They name dependencies, or where tools look for them; setup.py does too, and is Python."""
SBOM_SUFFIXES = (".cdx.json", ".spdx.json")

COMPILED_SUFFIXES = (".pyc", ".pyo", ".so", ".pyd", ".pyz", ".pyzw", ".egg", ".whl")
"""Modules that Python imports, and archives of them that it runs or imports from."""
LFS_POINTERS = (
    b"version https://git-lfs.github.com/spec/",
    b"version https://hawser.github.com/spec/",
    b"version http://git-media.io/v/",
)
"""How they begin; Git LFS passes over blanks before it."""

_REQUIREMENTS = re.compile(r"^requirements|(?:^|[-_. ])(?:requirement|constraint)s?(?:[-_. \d]|$)")
_PYLOCK = re.compile(r"pylock\.(?:[^.]+\.)?toml")
_CONDA = re.compile(r"environment(?:[-_.].+)?\.ya?ml")
_PDM_LOCK = re.compile(r"pdm\..+\.lock")
_SBOM = re.compile(rb"""["'](?:bomFormat|spdxVersion)["']""")
_PYTHON_PROGRAM = re.compile(r"[a-z-]*(?:python|pypy)|jython|graalpy")
_SCRIPT_RUNNERS = frozenset({"uv", "pipx", "hatch", "pdm", "rye"})
_SHELL_POLYGLOT = re.compile(rb"""^['":].*\bexec\b.*(?:python|pypy).*\$0""")
_DETECTED_AT = re.compile(r"detected at line (\d+)")
_NOT_ASCII = bytes(range(0x80, 0x100))
_CAN_DO_SOMETHING = re.compile(rb"[(]|import|def|class|coding")


def kind_by_name(path: str) -> Kind:
    """What the name alone says; OTHER where it says nothing."""
    return _kind_by_name(path, _name(path))


def content_decides(path: str) -> bool:
    """Whether files of such a name may be Python by their whole content, shebang or not."""
    name = _name(path)
    return _judged_by_content(name) and _kind_by_name(path, name) is Kind.OTHER


def begins_a_script(head: bytes) -> bool:
    """Whether a file that neither name nor content decides can be anything but OTHER."""
    return head.startswith((b"#!", b"\xef\xbb\xbf#!"))


def declares_too(path: str) -> bool:
    """Whether it names dependencies beside what its kind says."""
    return _name(path) == "setup.py"


def is_sbom(content: bytes) -> bool:
    """Whether it says of itself that it is a bill of materials, whatever its name."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and bool(
        _SBOM.search(content)
    )


def is_compiled(path: str) -> bool:
    """Whether Python runs files of such a name without a source that could be read."""
    return _name(path).endswith(COMPILED_SUFFIXES)


def is_lfs_pointer(content: bytes) -> bool:
    """Whether it only names the content, which Git LFS keeps elsewhere."""
    return content[:HEAD_BYTES].lstrip().startswith(LFS_POINTERS)


def kind_of(path: str, content: bytes, *, was_python: bool = False, cut: bool = False) -> Kind:
    """What the file is.

    `cut`: of the content only the beginning is at hand, and what follows may be anything.
    HEAD_BYTES of it tell whether the rest can matter at all, unless `content_decides`.
    `was_python`: git calls the file a renamed Python file, so a new name does not take it
    out of sight (the kinds told by name are looked at under that name).
    """
    name = _name(path)
    kind = _kind_by_name(path, name)
    if kind is not Kind.OTHER:
        return kind
    if was_python or _has_python_shebang(content[:HEAD_BYTES]):
        return Kind.PYTHON
    if name.endswith(".pth"):
        return Kind.PYTHON if cut or _imports_at_start_up(content) else Kind.OTHER
    # A script of a shell may be one of Python as well, and hand itself over.
    if _judged_by_content(name) or content.startswith(b"#!"):
        return Kind.PYTHON if _reads_as_python(content, cut=cut) else Kind.OTHER
    return Kind.OTHER


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _kind_by_name(path: str, name: str) -> Kind:
    if name.endswith(PYTHON_SUFFIXES) or name in BUILD_FILES:
        return Kind.PYTHON
    suffix = _suffix(name)
    if suffix == ".ipynb":
        return Kind.NOTEBOOK
    if kind := _lock(name):
        return kind
    if _CONDA.fullmatch(name):
        return Kind.CONDA
    if name in DECLARING:
        return Kind.DECLARING
    if name == "bom.json" or name.endswith(SBOM_SUFFIXES):
        return Kind.SBOM
    if suffix in (".txt", ".pip", ".lock") and _is_requirements(path, name.removesuffix(suffix)):
        return Kind.REQUIREMENTS
    return Kind.OTHER


def _lock(name: str) -> Kind | None:
    if name.endswith(".py.lock"):
        return Kind.UV_LOCK  # uv locks a script beside it
    if _PDM_LOCK.fullmatch(name):
        return Kind.PDM_LOCK
    return Kind.PYLOCK if _PYLOCK.fullmatch(name) else LOCKS.get(name)


def _suffix(name: str) -> str:
    """The last dot and what follows; a version number or a dotfile's name is no suffix."""
    stem, dot, last = name.rpartition(".")
    return "" if not stem or last.isdigit() else dot + last


def _is_requirements(path: str, stem: str) -> bool:
    folders = path.lower().split("/")[:-1]
    return "requirements" in folders or _REQUIREMENTS.search(stem) is not None


def _judged_by_content(name: str) -> bool:
    return _suffix(name) in PARSED_SUFFIXES or name.endswith(".pth")


def _has_python_shebang(head: bytes) -> bool:
    lines = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:4]
    if not lines or not lines[0].startswith(b"#!"):
        return False
    # nix-shell reads its interpreter from further `#!` lines.
    words = [word for line in lines if line.startswith(b"#!") for word in _words(line)]
    if any(_PYTHON_PROGRAM.match(word) for word in words):
        return True
    if "run" in words and not _SCRIPT_RUNNERS.isdisjoint(words):
        return True
    # pip writes this where the interpreter's path is too long for a shebang.
    return any(_SHELL_POLYGLOT.match(line) for line in lines[1:])


def _words(shebang: bytes) -> list[str]:
    """The words of the line without folders; `env -Spython3` and `A=B` are taken apart."""
    text = shebang[2:].decode("latin-1").lower()
    words = [re.split("[/=]", word)[-1] for word in text.split()]
    return [re.sub(r"^-[a-z0]*s(?=[a-z])", "", word) for word in words]


def _imports_at_start_up(content: bytes) -> bool:
    """Whether site.py would run a line of this path file.

    From Python 3.13 on it takes the lines of the decoded text, which end in more ways, and
    what is not UTF-8 for the encoding of the machine.
    """
    return any(
        line.lstrip("\ufeff").startswith(("import ", "import\t"))
        for encoding in ("utf-8", "latin-1")
        for line in content.decode(encoding, "replace").splitlines()
    )


def _reads_as_python(content: bytes, *, cut: bool) -> bool:
    """Whether it parses and does something; what is cut off may do anything."""
    head = content[:WHOLE_BYTES]
    if b"\0" in head:
        return False
    if cut:
        return _may_begin_python(head) or _may_be_newer(head.rstrip(_NOT_ASCII), cut=True)
    lines = head[: head.rfind(b"\n") + 1]
    if len(content) > WHOLE_BYTES and lines and _begins_as_python(lines):
        return True  # the whole of a large one is not parsed for nothing
    return _CAN_DO_SOMETHING.search(content) is not None and _does_something(content)


def _may_be_newer(source: bytes, *, cut: bool = False) -> bool:
    """Whether it is Python that this one is too old for."""
    from ..python.newer.programs import may_be_newer_python

    return may_be_newer_python(source, cut=cut)


def _may_begin_python(head: bytes) -> bool:
    """Whether the parser finds no error that stands before the line of the cut."""
    lines = head.removesuffix(b"\n").count(b"\n") + 1
    error = _syntax_error(head.rstrip(_NOT_ASCII))  # the cut may fall inside a character
    if error is None or error.msg == "incomplete input":
        return True
    # A string that goes on over lines is told where it begins, and where its end is missed.
    missed = _DETECTED_AT.search(error.msg or "")
    return max(error.lineno or 0, error.end_lineno or 0, int(missed[1]) if missed else 0) >= lines


def _begins_as_python(head: bytes) -> bool:
    """Whether the parser, come to the end of the text, has met no error before it."""
    error = _syntax_error(head)
    return error is None or error.msg == "incomplete input"


def _syntax_error(head: bytes) -> SyntaxError | None:
    """The first error of a text that may go on; what defeats the parser is none."""
    import ast
    import codeop

    incomplete: int = codeop.PyCF_ALLOW_INCOMPLETE_INPUT  # type: ignore[attr-defined]  # not in typeshed
    try:
        _compile(head, ast.PyCF_ONLY_AST | incomplete)
    except SyntaxError as error:
        return error
    except ValueError as error:
        return SyntaxError(str(error), ("", 1, 1, "", 1, 1))
    except (RecursionError, MemoryError):
        return None
    return None


def _does_something(source: bytes) -> bool:
    import ast

    try:
        tree = _compile(source, ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError):
        return _may_be_newer(source)
    except (RecursionError, MemoryError):
        # Grammatical as far as the parser got: the scanner is to say that it is too deep.
        return True
    deeds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, (*deeds, ast.Call)) for node in ast.walk(tree))


def _compile(source: bytes, flags: int) -> "ast.Module":
    """Parse only; bad escapes in somebody else's strings are no warnings of ours."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree: ast.Module = compile(source, "<text>", "exec", flags, dont_inherit=True)
    return tree
