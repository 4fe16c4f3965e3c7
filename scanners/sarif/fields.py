"""Fields of a JSON object of which nothing is certain, the types of the values least of all."""

from collections.abc import Iterator

Table = dict[str, object]

MAX_NUMBER = 2**31 - 1
"""No line, column or index is larger."""


def text(node: object, key: str) -> str:
    """The text at `key`, empty where there is none."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""


def table(node: object, key: str) -> Table:
    """The object at `key`, empty where there is none."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def items(node: object, key: str) -> list[object]:
    """The list at `key`, empty where there is none."""
    value = node.get(key) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []


def tables(node: object, key: str) -> Iterator[Table]:
    """The objects in the list at `key`."""
    return (item for item in items(node, key) if isinstance(item, dict))


def whole(node: object, key: str) -> int | None:
    """The whole number from 0 to MAX_NUMBER at `key`, None where there is none."""
    value = node.get(key) if isinstance(node, dict) else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_NUMBER else None


def at(values: list[object], index: int | None) -> Table:
    """The object at `index` of a list, empty where there is none."""
    value = values[index] if index is not None and index < len(values) else None
    return value if isinstance(value, dict) else {}
