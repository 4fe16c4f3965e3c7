"""One YAML document of plain data to what JSON would give: text stays text, nothing is expanded.

Anchors, aliases and tags are refused as the parser meets them, so that no alias bomb is built;
so are keys that readers differ about: one that stands there twice, and the merge key.
"""

from collections.abc import Iterator
from typing import Any

from .limits import BrokenFile, Limits

MAX_DEPTH = 100
_MERGE = "<<"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(content: bytes, where: str, limits: Limits) -> object:
    """The one document of `content`. Raises BrokenFile.

    Scalars come as text, whatever they look like: 1.10 is a version and no number.
    """
    import yaml

    if len(content) > limits.yaml_bytes:
        raise BrokenFile(f"{where[:200]!r} is over {limits.yaml_bytes} bytes")
    # libyaml's parser where it was built in: it is far faster.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return _document(_events(loader(content)))
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BrokenFile(f"{where[:200]!r} is no YAML that is read here: {reason}") from error


def _events(loader: Any) -> Iterator[Any]:  # noqa: ANN401 - PyYAML ships no types
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _document(events: Iterator[Any]) -> object:
    """What the events build, without recursion. Raises ValueError."""
    import yaml

    documents: list[object] = []
    stack: list[_Open] = [_Open(documents)]
    starts: dict[type, type] = {yaml.MappingStartEvent: dict, yaml.SequenceStartEvent: list}
    ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            _refuse_marks(event)
            stack[-1].add(_scalar(event))
        elif kind in starts:
            _refuse_marks(event)
            if len(stack) > MAX_DEPTH:
                raise ValueError("nested too deeply")
            below = starts[kind]()
            stack[-1].add(below)
            stack.append(_Open(below))
        elif kind in ends:
            stack.pop()
        elif kind is yaml.AliasEvent:
            raise ValueError("it has an alias")
    if len(documents) != 1:
        raise ValueError("it is not one document")
    return documents[0]


class _Open:
    """A list or a mapping that is being filled."""

    __slots__ = ("_key", "_value")

    def __init__(self, value: list[object] | dict[str, object]) -> None:
        self._value = value
        self._key: str | None = None

    def add(self, item: object) -> None:
        """The next item; in a mapping keys and values take turns."""
        if isinstance(self._value, list):
            self._value.append(item)
        elif self._key is not None:
            self._value[self._key] = item
            self._key = None
        elif not isinstance(item, str):
            raise ValueError("a key is no text")
        elif item in self._value:
            raise ValueError("a key stands there twice")
        elif item == _MERGE:
            raise ValueError("it has a merge key")
        else:
            self._key = item


def _refuse_marks(event: Any) -> None:  # noqa: ANN401 - PyYAML ships no types
    if event.anchor is not None:
        raise ValueError("it has an anchor")
    if event.tag is not None:
        raise ValueError("it has a tag")


def _scalar(event: Any) -> str | None:  # noqa: ANN401 - PyYAML ships no types
    is_null = event.value in _NULLS and event.implicit[0]
    return None if is_null else str(event.value)
