"""All that was said of a tree as one row of a cache: nothing changed is one look-up.

The row counts for the very parts that it was made of, in their order, each with the digest
of its file. The answers of most parts are empty and take no place in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from .answer_json import NotAnAnswer, from_json, to_json
from .run import Items, Part, Readings

_DIGEST = 32


def parts_digest(
    parts: Sequence[Part], digests: Sequence[bytes | None], circumstances: Mapping[str, bytes]
) -> bytes | None:
    """What the answers on all `parts` rest on; None where a file has no digest."""
    if not all(digests):
        return None
    names = (f"{part.scanner}\0{part.file.kind}\0{part.file.path}\0" for part in parts)
    whole = blake2b("".join(names).encode("utf-8", "surrogatepass"), digest_size=_DIGEST)
    whole.update(b"".join(digest for digest in digests if digest))
    for name, digest in sorted(circumstances.items()):
        whole.update(name.encode() + digest)
    return whole.digest()


def encode(digest: bytes, answers: Sequence[tuple[Items, Readings]]) -> bytes:
    """The answers on the parts with that digest, in their order; a line for each that says
    something, or rests on other files.
    """
    lines = (
        f"{index} ".encode("ascii") + to_json(items, others)
        for index, (items, others) in enumerate(answers)
        if items or others
    )
    return digest + b"\n".join(lines)


def decode(value: bytes, digest: bytes, count: int) -> list[tuple[Items, Readings]] | None:
    """What was given to `encode` of `count` parts; None where it is of other parts, or damaged."""
    if value[:_DIGEST] != digest:
        return None
    answers: list[tuple[Items, Readings]] = [((), {})] * count
    try:
        for index, answer in _lines(value[_DIGEST:]):
            answers[index] = answer
    except (NotAnAnswer, ValueError, IndexError):
        return None
    return answers


def _lines(text: bytes) -> Iterator[tuple[int, tuple[Items, Readings]]]:
    for line in text.split(b"\n") if text else ():
        index, _, answer = line.partition(b" ")
        yield int(index), from_json(answer)
