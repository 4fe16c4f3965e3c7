"""Lines that cannot carry a fault: blank and bare ones, comments, imports."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

_WORD = re.compile(rb"\w|[\x80-\xff]")
_HASH, _SLASH, _DASH, _ANGLE = (b"#",), (b"//", b"/*", b"*/", b"* "), (b"--",), (b"<!--",)
COMMENT_STARTS: dict[str, tuple[bytes, ...]] = {
    **dict.fromkeys((".py", ".pyi", ".pyx", ".sh", ".bash", ".rb", ".pl", ".r", ".tf"), _HASH),
    **dict.fromkeys((".yml", ".yaml", ".toml", ".cfg", ".conf", ".ps1", ".mk", ".cmake"), _HASH),
    **dict.fromkeys((".ini", ".asm"), (b"#", b";")),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".java", ".kt", ".scala"), _SLASH),
    **dict.fromkeys((".js", ".jsx", ".ts", ".tsx", ".go", ".rs", ".swift", ".scss"), _SLASH),
    **dict.fromkeys((".php",), (*_SLASH, b"#")),
    **dict.fromkeys((".css", ".less"), (b"/*", b"*/", b"* ")),
    **dict.fromkeys((".sql", ".lua", ".hs"), _DASH),
    **dict.fromkeys((".html", ".xml", ".svg", ".vue"), _ANGLE),
}
"""How a line begins, past its indentation, that is a comment, by the suffix of the file."""
NAMES_LIKE_SHELL = frozenset({"makefile", "dockerfile", ".gitignore", ".gitattributes"})

_IMPORTS: dict[str, re.Pattern[bytes]] = {
    **dict.fromkeys(
        (".py", ".pyi", ".pyx"),
        re.compile(rb"\s*(?:c?import\s+[\w.]|from\s+[\w.]+\s+c?import\b)"),
    ),
    **dict.fromkeys(
        (".js", ".jsx", ".ts", ".tsx", ".vue"),
        re.compile(rb"\s*(?:import\b(?!\s*\()|(?:const|let|var)\s+[\w{} ,]+=\s*require\()"),
    ),
    **dict.fromkeys((".java", ".kt", ".scala", ".swift"), re.compile(rb"\s*(?:import|package)\s")),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp"), re.compile(rb"\s*#\s*include\b")),
    **dict.fromkeys((".rs", ".php", ".cs"), re.compile(rb"\s*(?:pub\s+)?(?:use|using)\s+[\w\\:]")),
}
_OPENS = re.compile(rb"(?:import\b[^()]*\(|^\s*import\s*\{)[^)}]*$")
_CLOSES = re.compile(rb"[)}]")


def suspects(path: str, lines: Sequence[bytes]) -> list[bool]:
    """Whether each of the lines, which stand together in the file, can carry a fault."""
    suffix = PurePosixPath(path).suffix.lower()
    starts = _comment_starts(path, suffix)
    imports = _are_imports(suffix, lines)
    return [
        not is_import and _WORD.search(line) is not None and not _begins(line, starts)
        for line, is_import in zip(lines, imports, strict=True)
    ]


def _comment_starts(path: str, suffix: str) -> tuple[bytes, ...]:
    if PurePosixPath(path).name.lower() in NAMES_LIKE_SHELL:
        return _HASH
    return COMMENT_STARTS.get(suffix, ())


def _begins(line: bytes, starts: tuple[bytes, ...]) -> bool:
    return bool(starts) and line.lstrip().startswith(starts)


def _are_imports(suffix: str, lines: Sequence[bytes]) -> list[bool]:
    """An import that goes on over several lines is one up to its bracket's end."""
    pattern = _IMPORTS.get(suffix)
    if pattern is None:
        return [False] * len(lines)
    found, inside = [], False
    for line in lines:
        if inside:
            found.append(True)
            inside = _CLOSES.search(line) is None
        else:
            found.append(pattern.match(line) is not None)
            inside = found[-1] and _OPENS.search(line) is not None
    return found
