"""What a file is: decided by its name, else by its first bytes, never by running it."""

import re
from typing import TYPE_CHECKING

from ..interface import Kind

if TYPE_CHECKING:
    import ast

HEAD_BYTES = 256
"""The kernel reads no more of a shebang."""
WHOLE_BYTES = 64 * 1024
"""Files whose name says nothing are judged by this much of their content."""

PYTHON_SUFFIXES = (".py", ".pyi", ".pyw", ".wsgi", ".tac", ".pyt", ".ipy")
"""Sources, stubs, and what mod_wsgi, twistd, ArcGIS and IPython run."""
PARSED_SUFFIXES = frozenset({"", ".", ".spec", ".cgi", ".fcgi"})
"""Python for some programs and something else for others: the parser decides."""
BUILD_FILES = frozenset({"sconstruct", "sconscript", "scsub", "wscript"})
"""SCons and waf run these."""
UNREAD_LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock"})

_REQUIREMENTS = re.compile(r"^requirements|(?:^|[-_. ])(?:requirement|constraint)s?(?:[-_. \d]|$)")
_PYLOCK = re.compile(r"pylock\.(?:[^.]+\.)?toml")
_PYTHON_PROGRAM = re.compile(r"[a-z-]*(?:python|pypy)|jython|graalpy")
_SCRIPT_RUNNERS = frozenset({"uv", "pipx", "hatch", "pdm", "rye"})
_SHELL_POLYGLOT = re.compile(rb"""^['":].*\bexec\b.*(?:python|pypy).*\$0""")
_PTH_IMPORT = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?import[ \t]")
_CAN_DO_SOMETHING = re.compile(rb"[(]|import|def|class|coding")


def bytes_needed(path: str) -> int:
    """How many of the first bytes of this file `kind_of` wants; none where the name says all."""
    name = _name(path)
    if _kind_by_name(path, name) is not Kind.OTHER:
        return 0
    return WHOLE_BYTES if _judged_by_content(name) else HEAD_BYTES


def kind_of(path: str, head: bytes, *, was_python: bool = False) -> Kind:
    """What the file is.

    `head` is the content, or as much of its beginning as `bytes_needed` says; more does
    no harm. `was_python`: git calls the file a renamed Python file, so a new name does
    not take it out of sight (the kinds told by name are looked at under that name).
    """
    name = _name(path)
    kind = _kind_by_name(path, name)
    if kind is not Kind.OTHER:
        return kind
    if was_python or _has_python_shebang(head[:HEAD_BYTES]):
        return Kind.PYTHON
    if name.endswith(".pth"):
        return Kind.PYTHON if _imports_at_start_up(head[:WHOLE_BYTES]) else Kind.OTHER
    if _judged_by_content(name) and _reads_as_python(head[:WHOLE_BYTES]):
        return Kind.PYTHON
    return Kind.OTHER


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _kind_by_name(path: str, name: str) -> Kind:
    if name.endswith(PYTHON_SUFFIXES) or name in BUILD_FILES:
        return Kind.PYTHON
    suffix = _suffix(name)
    if suffix == ".ipynb":
        return Kind.NOTEBOOK
    if name in UNREAD_LOCKS:
        return Kind.UNREAD_LOCK
    if suffix == ".toml" and _PYLOCK.fullmatch(name):
        return Kind.PYLOCK
    if suffix in (".txt", ".pip") and _is_requirements(path, name.removesuffix(suffix)):
        return Kind.REQUIREMENTS
    return Kind.OTHER


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


def _imports_at_start_up(head: bytes) -> bool:
    """Whether site.py would run a line of this path file."""
    return _is_cut(head) or _PTH_IMPORT.search(head) is not None


def _is_cut(head: bytes) -> bool:
    return len(head) >= WHOLE_BYTES


def _reads_as_python(head: bytes) -> bool:
    """Whether it parses and does something; what is cut off may do anything."""
    if b"\0" in head or head.startswith(b"#!"):
        return False
    if _is_cut(head):
        return _begins_as_python(head[: head.rfind(b"\n") + 1] or head)
    return _CAN_DO_SOMETHING.search(head) is not None and _does_something(head)


def _begins_as_python(head: bytes) -> bool:
    """Whether the parser, come to the end of the text, has met no error before it."""
    import ast
    import codeop

    incomplete: int = codeop.PyCF_ALLOW_INCOMPLETE_INPUT  # type: ignore[attr-defined]  # not in typeshed
    flags = ast.PyCF_ONLY_AST | incomplete
    try:
        _compile(head, flags)
    except SyntaxError as error:
        return error.msg == "incomplete input"
    except ValueError:
        return False
    except (RecursionError, MemoryError):
        return True
    return True


def _does_something(source: bytes) -> bool:
    import ast

    try:
        tree = _compile(source, ast.PyCF_ONLY_AST)
    except (SyntaxError, ValueError):
        return False
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
