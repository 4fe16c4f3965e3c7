"""The code that the results of a tree are about, read file by file in worker processes."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from ...processes import Lost, map_partitions
from ..interface import Context
from .naming import Named, named, unnamed
from .results import Result


def names(read: Callable[[str], bytes], results: Sequence[Result], context: Context) -> list[Named]:
    """Each result with the code at its place; without, where `read` gives no file."""
    by_path: dict[str, list[int]] = defaultdict(list)
    for index, result in enumerate(results):
        if result.inside:
            by_path[result.finding.path].append(index)

    def name(part: tuple[str, list[int]]) -> list[Named]:
        path, indices = part
        return named(path, read(path), [results[index] for index in indices])

    found = [unnamed(result, read=not result.inside) for result in results]
    parts = list(by_path.items())
    answers = map_partitions(name, parts, workers=context.workers, timeout=context.file_timeout)
    for (_, indices), answer in zip(parts, answers, strict=True):
        if not isinstance(answer, Lost):
            for index, item in zip(indices, answer, strict=True):
                found[index] = item
    return found
