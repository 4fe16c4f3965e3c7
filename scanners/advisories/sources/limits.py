"""What a file may hold at most: whoever wrote it may be hostile."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file, archive or folder may hold at most."""

    members: int = 1_000_000
    document_bytes: int = 128 * 1024 * 1024
    """One JSON value: a record, a list of them, a line."""
    yaml_bytes: int = 8 * 1024 * 1024
    """One YAML document: the slowest to read."""
    total_bytes: int = 4 * 1024 * 1024 * 1024
    """Everything, unpacked."""
    ratio: int = 200
    """Unpacked bytes for each packed one; real records reach about 30."""
    ratio_free_bytes: int = 1024 * 1024
    """Up to this size the ratio does not matter."""


class BrokenFile(Exception):
    """The content is not what its format promises, or beyond the limits."""


def check_ratio(unpacked: int, packed: int, limits: Limits, what: str) -> None:
    """Raise BrokenFile where `packed` bytes have become too many."""
    if unpacked > limits.ratio_free_bytes and unpacked > limits.ratio * packed:
        raise BrokenFile(f"{what[:200]!r} unpacks to over {limits.ratio} times its size")


def check_total(total: int, limits: Limits) -> None:
    """Raise BrokenFile where everything together is too much."""
    if total > limits.total_bytes:
        raise BrokenFile(f"holds more than {limits.total_bytes} bytes")
