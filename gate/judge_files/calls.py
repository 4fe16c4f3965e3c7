"""Which files the text of a pipeline or of a script calls.

It is a look at words and not at what a shell makes of them: a file is called where its name
stands, or where a runner of tasks does that reads it. Of a makefile only what the named
targets need counts.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    "make": _MAKEFILES,
    "gmake": _MAKEFILES,
    "just": ("justfile", ".justfile", "Justfile"),
    "tox": ("tox.ini", "setup.cfg"),
    "nox": ("noxfile.py",),
    "invoke": ("tasks.py",),
    "inv": ("tasks.py",),
    "doit": ("dodo.py",),
    "rake": ("Rakefile",),
    "npm": ("package.json",),
    "yarn": ("package.json",),
    "pnpm": ("package.json",),
    "pre-commit": (".pre-commit-config.yaml",),
}
_COMMAND = re.compile(
    rf"(?:^|[\s;&|'\"(@])({'|'.join(_RUNNERS)})(?![^\s;&|'\")])([^\n;&|#'\")]*)", re.MULTILINE
)
_WORD = re.compile(r"[\w.+@-]+(?:/[\w.+@-]+)*")
_MODULE = re.compile(r"-m[ =]+([\w.]+)")
_COMMENT = re.compile(r"(?:^|\s)#.*$|^\s*//.*$", re.MULTILINE)
_RULE = re.compile(r"^([\w./ -]+?)\s*::?(?!=)(.*)$")

Call = tuple[str, frozenset[str]]
"""A file, and which of its targets; none for all of it."""


Tree = Mapping[str, Sequence[str]]
"""The files of a tree, by their names without their folders."""


def by_name(paths: Iterable[str]) -> Tree:
    """The files of a tree so that calls are found among them."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(_name(path), []).append(path)
    return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def calls_in(text: str, tree: Tree) -> Iterator[Call]:
    """What of the files of a tree a text calls: by path, or by a name that one file has."""
    text = _COMMENT.sub("", text)
    for word in set(_WORD.findall(text)):
        path = word.removeprefix("./")
        files = tree.get(_name(path), ())
        if path in files:
            yield path, frozenset()
        elif len(files) == 1 and "." in path.strip(".") and files[0].endswith(f"/{path}"):
            yield files[0], frozenset()
    for module in set(_MODULE.findall(text)):
        place = module.replace(".", "/")
        for path in (f"{place}.py", f"{place}/__main__.py"):
            yield from [(path, frozenset())] if path in tree.get(_name(path), ()) else []
    for runner, rest in _COMMAND.findall(text):
        targets = frozenset(_WORD.findall(rest)) if _RUNNERS[runner] is _MAKEFILES else frozenset()
        yield from ((name, targets) for name in _RUNNERS[runner] if name in tree.get(name, ()))


def part_of(text: str, targets: Collection[str]) -> str:
    """The lines of a makefile that some targets need; all of it where that is not plain."""
    rules = _rules(text)
    wanted = [target for target in targets if target in rules]
    if not wanted:
        return text
    lines: list[str] = []
    done: set[str] = set()
    while wanted:
        target = wanted.pop()
        if target in rules and target not in done:
            lines += rules[target]
            wanted += _WORD.findall(rules[target][0].partition(":")[2])
        done.add(target)
    return "\n".join(lines)


def _rules(text: str) -> dict[str, list[str]]:
    """The lines of each rule, under each of its targets."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        rule = None if line[:1] in ("\t", " ", "#") else _RULE.match(line)
        if rule:
            lines = [line]
            found |= dict.fromkeys(rule[1].split(), lines)
        else:
            lines.append(line)
    return found
