"""Where files stand that run Tidegate, or that say which one runs: told by paths alone."""

import re

PIPELINES = re.compile(
    r"(\.github/(workflows|actions)|\.(gitlab|circleci|buildkite|woodpecker|forgejo|gitea"
    r"|azure-pipelines|husky|githooks))/.*"
    r"|\.gitlab-ci\.ya?ml|azure-pipelines[^/]*|bitbucket-pipelines\.yml|jenkinsfile[^/]*"
    r"|\.pre-commit-config\.yaml|\.travis\.yml|\.drone\.yml|\.?appveyor\.yml|\.cirrus\.yml",
    re.IGNORECASE,
)
"""What CI systems and hooks read by themselves."""
_CI_FOLDERS = re.compile(
    r"(^|/)(\.github/(workflows|actions)|\.(gitlab|circleci|buildkite|woodpecker|forgejo|gitea"
    r"|azure-pipelines|teamcity|husky|githooks|ci|devcontainer)|ci|scripts?|bin|hack|tools?"
    r"|devops)/"
)
_ENDINGS = (
    *(".yml", ".yaml", ".sh", ".bash", ".zsh", ".ps1", ".cmd", ".bat", ".groovy", ".jenkinsfile"),
    *(".mk", ".just", ".dockerfile", ".gradle", ".gradle.kts", ".hcl", ".env"),
)
_BEGINNINGS = ("jenkinsfile", "dockerfile", "containerfile", ".env")
_NAMES = frozenset(
    {
        *("makefile", "gnumakefile", "justfile", ".justfile", "rakefile", "earthfile"),
        *("codeowners", "build.xml", "pom.xml"),
        *("tox.ini", "setup.cfg", "noxfile.py", "tasks.py", "dodo.py", "package.json"),
        *("hatch.toml", "pixi.toml", "mise.toml", ".mise.toml", "lefthook.toml", ".cirrus.star"),
    }
)
_PROSE = (".md", ".rst")
_NO_SCRIPTS = (
    *("readme", "change", "news", "history", "license", "copying", "notice", "authors"),
    "pipfile",
)


def is_ci_file(path: str) -> bool:
    """Whether CI systems, hooks and what they call are kept in a file of that path.

    At the top a name without an ending is that of a script. What is kept for tests is no
    exception: a script there may well be what runs the gate.
    """
    path = path.casefold()
    name = path.rpartition("/")[2]
    if name in _NAMES or name.endswith(_ENDINGS) or name.startswith(_BEGINNINGS):
        return True
    if path == name and "." not in name:
        return not name.startswith(_NO_SCRIPTS)
    return not name.endswith(_PROSE) and bool(_CI_FOLDERS.search(path))


def is_pins(path: str) -> bool:
    """Whether a file of that path pins what is installed, as pip reads it."""
    folders, _, name = path.casefold().rpartition("/")
    if name == "setup.py":
        return True
    if not name.endswith((".txt", ".in")):
        return False
    return "requirements" in name or "constraints" in name or "requirements" in folders.split("/")


_LOCKS = frozenset({"pipfile", "pipfile.lock", "uv.lock", "poetry.lock", "pdm.lock"})


def is_lock(path: str) -> bool:
    """Whether a file of that path is a lock that names packages, or a Pipfile."""
    name = path.casefold().rpartition("/")[2]
    return name in _LOCKS or (name.startswith("pylock.") and name.endswith(".toml"))
