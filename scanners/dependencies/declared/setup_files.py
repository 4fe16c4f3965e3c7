"""setup.cfg and setup.py: what the project declares, read and never run."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from configparser import Error, RawConfigParser

from ..locks.documents import NotUnderstood
from .declarations import Collected, Declarations

_LISTS = ("install_requires",)
_TABLES = ("extras_require",)
_OPTIONS = "options"


def declared_in_setup_cfg(data: bytes, path: str) -> Declarations:
    """`install_requires` and `extras_require`; files they name are looked at by themselves.

    Raises NotUnderstood.
    """
    parser = RawConfigParser(strict=False)
    try:
        text = data.decode()
        parser.read_string(text)
    except (UnicodeDecodeError, Error) as error:
        raise NotUnderstood(f"no configuration: {type(error).__name__}") from error
    found = Collected(path, text)
    found.requires_python = parser.get("options", "python_requires", fallback="")
    for value in _lists(parser):
        for line in value.splitlines():
            if line.strip() and not line.strip().startswith(("#", "file:", "%(")):
                found.requirement(line.strip())
    return found.without([parser.get("metadata", "name", fallback="")])


def _lists(parser: RawConfigParser) -> Iterator[str]:
    """The texts of requirements: keys and sections are known as setuptools knows them.

    It takes keys with dashes for those with underscores, and refuses sections with dashes.
    """
    for section in parser.sections():
        if not section.startswith(_OPTIONS):
            continue
        # `[options]` is the start of all their names, however many dots follow it.
        name = section.replace(_OPTIONS, "").strip(".")
        for key, value in parser.items(section):
            if name in _TABLES or (not name and key.replace("-", "_") in _LISTS):
                yield value


def declared_in_setup_py(data: bytes, path: str) -> Declarations:
    """What `setup()` is given as a literal, by way of a name too. Raises NotUnderstood."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node)]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotUnderstood(f"no Python: {type(error).__name__}") from error
    found = Collected(path, data.decode("utf-8", "replace"))
    names = dict(_assigned(tree))
    if not calls and _names_setup(tree):
        found.unread("setup", "it is called by another name", ast.unparse(tree))
    for call in calls:
        for keyword in call.keywords:
            if keyword.arg is None:
                found.unread("**", "a program tells them", ast.unparse(keyword.value))
            if keyword.arg == "python_requires":
                value = _value(keyword.value, names)
                found.requires_python = value if isinstance(value, str) else ""
            if keyword.arg in (*_LISTS, *_TABLES):
                _take(found, keyword.arg, _value(keyword.value, names), keyword.value)
    return found.without([])


def _is_setup(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "setup"


def _names_setup(tree: ast.Module) -> bool:
    """Whether it gets hold of setuptools' function at all."""
    return any(
        isinstance(node, ast.alias) and node.name in ("setup", "setuptools", "distutils.core")
        for node in ast.walk(tree)
    )


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that one assignment at module level binds."""
    targets = [
        (target.id, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    counts = [name for name, _value in targets]
    # What is added to a name later is bound a second time.
    counts += [
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    ]
    yield from ((name, value) for name, value in targets if counts.count(name) == 1)


def _value(node: ast.expr, names: Mapping[str, ast.expr]) -> object:
    """The literal, None where there is none."""
    if isinstance(node, ast.Name):
        node = names.get(node.id, node)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _take(found: Collected, key: str, value: object, node: ast.expr) -> None:
    lists = list(value.values()) if isinstance(value, dict) else [value]
    for each in lists:
        texts = each.splitlines() if isinstance(each, str) else each
        if not isinstance(texts, list | tuple):
            found.unread(key, "a program tells them", ast.unparse(node))
            return
        for text in texts:
            if str(text).strip():
                found.requirement(str(text).strip())
