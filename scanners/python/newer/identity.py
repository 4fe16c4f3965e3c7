"""The names of what stands in a file of which this Python can parse a part."""

from collections.abc import Iterable

from ..identity import Identities, Identity, Location, plain_identity
from .syntax import ReadableTree


class NewerIdentities:
    """Those of statements that are too new tell their text, all others those of the tree."""

    def __init__(self, readable: ReadableTree, lines: Iterable[int]) -> None:
        """`lines` are those that names are wanted for."""
        self._newer = readable.newer
        wanted = [self._newer[line].line if line in self._newer else line for line in lines]
        self._named = Identities(readable.encoded(), wanted, readable.tree)

    def at(self, where: Location, *, mask_strings: bool) -> Identity:
        """The identity of what has this location. With `mask_strings` no string is told."""
        new = self._newer.get(where.line)
        if new is None:
            return self._named.at(where, mask_strings=mask_strings)
        around = self._named.at(Location(new.line, new.line, 0, 0), mask_strings=True)
        return plain_identity(around.scope, new.text, mask_strings=mask_strings)
