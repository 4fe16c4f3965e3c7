"""What a path holds, where that decides whether its lines can carry a fault of the product."""

from functools import lru_cache
from pathlib import PurePosixPath

from ...records.path_class import PathClass, path_class

DOCUMENT_FOLDERS = frozenset({"doc", "docs", "documentation", "changelog", "changelogs", "news"})
DOCUMENT_SUFFIXES = frozenset({".md", ".rst", ".txt", ".adoc"})
DOCUMENT_NAMES = frozenset(
    {"authors", "changelog", "changes", "contributors", "copying", "history", "license", "readme"}
)
GENERATED_NAMES = frozenset(
    {
        *("cargo.lock", "composer.lock", "gemfile.lock", "go.sum", "npm-shrinkwrap.json"),
        *("package-lock.json", "pdm.lock", "pipfile.lock", "pnpm-lock.yaml", "poetry.lock"),
        *("uv.lock", "yarn.lock"),
    }
)
GENERATED_ENDINGS = (
    *("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", ".pb.go", ".min.js", ".min.css", ".js.map"),
    *(".css.map", ".po", ".pot", ".mo", ".snap"),
)


@lru_cache(1 << 13)
def is_vendored(path: str) -> bool:
    """It was copied from elsewhere: by its folder."""
    return path_class(path) is PathClass.VENDORED


@lru_cache(1 << 13)
def is_generated(path: str) -> bool:
    """A program writes it: a lock, a compiled catalogue, minified or generated code."""
    name = PurePosixPath(path).name.lower()
    return name in GENERATED_NAMES or name.endswith(GENERATED_ENDINGS)


def is_document(path: str) -> bool:
    """People read it, machines do not."""
    *folders, name = PurePosixPath(path.lower()).parts or ("",)
    if name.startswith("requirements") or "requirements" in folders:
        return False
    stem = name.partition(".")[0]
    suffix = PurePosixPath(name).suffix
    in_folder = not DOCUMENT_FOLDERS.isdisjoint(folders)
    return in_folder or suffix in DOCUMENT_SUFFIXES or stem in DOCUMENT_NAMES


def is_product(path: str) -> bool:
    """It ships and people wrote it: no test, no document, nothing vendored or generated."""
    kind = path_class(path)
    return (
        kind in (PathClass.PRODUCT, PathClass.MIGRATIONS)
        and not is_generated(path)
        and not is_document(path)
    )
