"""Globs on paths: one table of what `*` and `**` mean, for every file that names paths."""

from fnmatch import fnmatchcase

ANY_FOLDERS = "**"


def matches_glob(path: str, glob: str) -> bool:
    """Whether a whole POSIX path, case and all, fits a glob.

    `*`, `?` and `[…]` stay within one name; `**` as a whole name stands for any number of
    folders, none too.
    """
    names, wanted = path.split("/"), glob.split("/")
    at = want = 0
    retry_at, retry_want = 0, -1
    # Only the last `**` is ever tried again, so that no path makes this slow.
    while at < len(names):
        if want < len(wanted) and wanted[want] == ANY_FOLDERS:
            want += 1
            retry_at, retry_want = at, want
        elif want < len(wanted) and fnmatchcase(names[at], wanted[want]):
            at, want = at + 1, want + 1
        elif retry_want >= 0:
            retry_at += 1
            at, want = retry_at, retry_want
        else:
            return False
    return all(name == ANY_FOLDERS for name in wanted[want:])
