"""Histories that tests write commit by commit, each by one run of `git fast-import`."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.records.history import Change
from tidegate.repository.git import Git
from tidegate.repository.history.mailmap import Mailmap
from tidegate.repository.history.stream import open_history, read_changes
from tidegate.tests.real import GitRepo

Tree = dict[str, bytes]
START = 1_600_000_000


@dataclass
class Writer:
    """Commits by number, from 1; `write` hands them to git."""

    stream: list[bytes] = field(default_factory=list)
    trees: dict[int, Tree] = field(default_factory=dict)

    def commit(
        self,
        tree: Mapping[str, bytes],
        parents: Sequence[int] = (),
        *,
        message: str = "change",
        who: str = "A <a@example.com>",
        time: int | None = None,
    ) -> int:
        number = len(self.trees) + 1
        when = START + 3600 * number if time is None else time
        said = message.encode("utf-8", "surrogateescape")
        lines = [
            f"commit refs/heads/c{number}\nmark :{number}\n".encode(),
            f"author {who} {when} +0000\ncommitter C <c@example.com> {when} +0000\n".encode(),
            b"data %d\n%s\n" % (len(said), said),
        ]
        lines += [
            f"{'merge' if n else 'from'} :{parent}\n".encode() for n, parent in enumerate(parents)
        ]
        lines.append(b"deleteall\n")
        for path, content in tree.items():
            name = path.encode("utf-8", "surrogateescape")
            quoted = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
            lines.append(b'M 100644 inline "%s"\ndata %d\n%s\n' % (quoted, len(content), content))
        self.stream.extend(lines)
        self.trees[number] = dict(tree)
        return number

    def write(self, repo: GitRepo) -> list[str]:
        """The ids of the commits; the last one is what HEAD is."""
        marks = repo.path / ".git" / "marks"
        stream = b"".join(self.stream)
        repo.git("fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=stream)
        by_mark = dict(line.split(" ") for line in marks.read_text().splitlines())
        ids = [by_mark[f":{number}"] for number in sorted(self.trees)]
        repo.git("update-ref", "refs/heads/main", ids[-1])
        return ids


def changes(repo: GitRepo, tip: str = "HEAD") -> list[Change]:
    """What landed on `tip`."""
    sha = repo.git("rev-parse", tip)
    history = open_history(Git.open(repo.path), sha)
    assert history is not None
    return list(read_changes(history, Mailmap()))


def lines(*texts: str) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def written_at_random(seed: int, count: int) -> Writer:
    """Edits, renames, deletions, reverts, branches and merges; no line is written twice."""
    dice = random.Random(seed)
    writer, fresh = Writer(), _fresh()
    tips = [writer.commit({"a/0.py": lines(*(next(fresh) for _ in range(12)))})]
    authors = [f"{name} <{name}@example.com>" for name in "pqr"]
    while len(writer.trees) < count:
        parents = _parents(tips, dice)
        tree = dict(writer.trees[parents[0]])
        for other in parents[1:]:
            _merge(tree, writer.trees[other], fresh, dice)
        if len(parents) == 1:
            _edit(tree, fresh, dice)
        message = dice.choice(["fix a bug", "Fix crash (#12)", "a change", "docs: fix typo"])
        number = writer.commit(tree, parents, message=message, who=dice.choice(authors))
        _move_on(tips, parents, number, dice)
    writer.commit(dict(writer.trees[tips[0]]), tips, message="Merge all that is left")
    return writer


def _fresh() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"line {number}"


def _parents(tips: list[int], dice: random.Random) -> list[int]:
    if len(tips) > 1 and dice.random() < 0.25:
        return tips[: dice.choice([2, 2, 3])]
    return [dice.choice(tips)]


def _move_on(tips: list[int], parents: list[int], number: int, dice: random.Random) -> None:
    keep = len(parents) == 1 and len(tips) < 4 and dice.random() < 0.3
    at = tips.index(parents[0])
    for parent in parents[1:]:
        tips.remove(parent)
    if keep:
        tips.append(number)
    else:
        tips[at] = number


def _edit(tree: Tree, fresh: Iterator[str], dice: random.Random) -> None:
    for _ in range(dice.randint(1, 3)):
        path = dice.choice(sorted(tree))
        kind = dice.random()
        if kind < 0.15:
            tree[f"{dice.choice('abc')}/{next(fresh)}.py"] = lines(*(next(fresh) for _ in range(9)))
        elif kind < 0.25 and len(tree) > 1:
            del tree[path]
        elif kind < 0.4:
            tree[f"b/{next(fresh)}.py"] = _edited(tree.pop(path), fresh, dice, 1)
        else:
            tree[path] = _edited(tree[path], fresh, dice, dice.randint(1, 3))


def _edited(content: bytes, fresh: Iterator[str], dice: random.Random, times: int) -> bytes:
    kept = content.decode().splitlines()
    for _ in range(times):
        at = dice.randrange(len(kept) + 1)
        kept[at : at + dice.randint(0, 2)] = [next(fresh) for _ in range(dice.randint(0, 2))]
    kept = kept or [next(fresh)]
    return lines(*kept).removesuffix(b"\n" if dice.random() < 0.1 else b"")


def _merge(tree: Tree, other: Tree, fresh: Iterator[str], dice: random.Random) -> None:
    for path, theirs in other.items():
        ours = tree.get(path)
        if ours is None:
            if dice.random() < 0.5:
                tree[path] = theirs
        elif ours != theirs:
            first, second = ours.decode().splitlines(), theirs.decode().splitlines()
            new = [text for text in second if text not in first]
            mixed = dict.fromkeys([*first[: len(first) // 2], *new, *first[len(first) // 2 :]])
            own = [next(fresh)] if dice.random() < 0.4 else []
            tree[path] = dice.choice([ours, theirs, lines(*mixed, *own), lines(*mixed, *own)])
