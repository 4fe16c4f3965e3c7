"""Who an author is: the addresses that a `.mailmap` says are one person's, as a digest."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

LINE = re.compile(r"([^<#]*)<([^>]*)>(?:([^<]*)<([^>]*)>)?")
BOT = re.compile(r"\[bot\]|\bbot$|\bbot@|-bot\b|^(?:dependabot|renovate|pre-commit-ci|pyup)", re.I)


@dataclass(frozen=True, slots=True)
class Mailmap:
    """Addresses, with a name or without one, to the address that stands for the person."""

    by_address: dict[str, str] = field(default_factory=dict)
    by_name: dict[tuple[str, str], str] = field(default_factory=dict)

    def key(self, name: str, address: str) -> str:
        """16 hexadecimal digits for a person: no name is kept."""
        mail = address.strip().casefold()
        own = self.by_name.get((name.strip().casefold(), mail)) or self.by_address.get(mail, mail)
        return _digest(own or name.strip().casefold())


@lru_cache(4096)
def _digest(who: str) -> str:
    return blake2b(who.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


@lru_cache(4096)
def is_bot(name: str, address: str) -> bool:
    """Whether the name or the address is one that programs use."""
    return bool(BOT.search(name) or BOT.search(address))


def parse_mailmap(content: bytes) -> Mailmap:
    """The lines of a `.mailmap`; what is no such line is passed over."""
    found = Mailmap()
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        match = LINE.match(line.strip())
        if not match or match[4] is None:
            continue
        proper, name, address = match[2], match[3], match[4]
        mail = address.strip().casefold()
        if name.strip():
            found.by_name[name.strip().casefold(), mail] = proper.strip().casefold()
        else:
            found.by_address[mail] = proper.strip().casefold()
    return found
