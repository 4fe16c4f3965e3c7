"""What a path is to a change: code, tests, documents, settings, migrations, dependencies, CI."""

import re

from ...records.path_class import PathClass, path_class
from .paths import is_document, is_generated, is_vendored

KINDS = ("code", "test", "doc", "config", "migration", "dependency", "ci", "other")
"""Each path is of one of them."""

CI = re.compile(
    r"^(?:\.github/(?:workflows|actions)/|\.circleci/|\.gitlab/ci|\.buildkite/|\.azure-pipelines/"
    r"|zuul\.d/|\.zuul\.d/|shippable|ci/)"
    r"|(?:^|/)(?:\.?gitlab-ci[^/]*|\.travis\.yml|jenkinsfile[^/]*|azure-pipelines[^/]*"
    r"|appveyor\.yml|\.appveyor\.yml|\.zuul\.ya?ml|\.drone\.yml|bitbucket-pipelines\.yml"
    r"|\.pre-commit-config\.yaml|tox\.ini|noxfile\.py)$"
)
DEPENDENCY = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt|pyproject\.toml|setup\.(?:py|cfg)"
    r"|pipfile(?:\.lock)?|poetry\.lock|pdm\.lock|uv\.lock|pylock[^/]*\.toml|environment\.ya?ml"
    r"|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(?:mod|sum)|cargo\.(?:toml|lock)"
    r"|pom\.xml|build\.gradle(?:\.kts)?|gemfile(?:\.lock)?|composer\.(?:json|lock)|dockerfile)$"
    r"|(?:^|/)requirements/[^/]+\.(?:txt|in)$"
)
CODE = re.compile(
    r"\.(?:py|pyi|pyx|pxd|c|h|cc|cpp|cxx|hh|hpp|cs|java|kt|kts|scala|groovy|js|jsx|mjs|cjs|ts|tsx|vue"
    r"|go|rs|rb|php|pl|pm|swift|m|mm|sh|bash|zsh|ps1|psm1|sql|lua|r|jl|ex|exs|erl|clj|hs|dart"
    r"|html|htm|jinja2?|j2|css|scss|sass|less|proto)$"
)
CONFIG = re.compile(
    r"\.(?:ya?ml|toml|ini|cfg|conf|config|json|xml|properties|env|tf|tfvars|plist)$"
)


def kind_of(path: str) -> str:
    """The kind of a path, one of KINDS, by its folders and its name, in any case."""
    low = path.casefold()
    if is_vendored(path):
        return "other"
    if CI.search(low):
        return "ci"
    if DEPENDENCY.search(low):
        return "dependency"
    group = path_class(path)
    if group is PathClass.MIGRATIONS or "/alembic/versions/" in f"/{low}":
        return "migration"
    if group is PathClass.TESTS:
        return "test"
    if is_document(path):
        return "doc"
    return "other" if is_generated(path) else _by_suffix(low)


def _by_suffix(path: str) -> str:
    if CODE.search(path):
        return "code"
    return "config" if CONFIG.search(path) or "/." in f"/{path}" else "other"


def subsystem(path: str) -> str:
    """The topmost folder; empty for a file at the top."""
    top, slash, _ = path.partition("/")
    return top if slash else ""


def directory(path: str) -> str:
    """The folder that holds it; empty for a file at the top."""
    return path.rpartition("/")[0]
