r"""Hostile text made harmless, a function per place where it is shown.

Control characters, invisible and bidirectional ones and bytes that are no UTF-8 come
out as visible escapes (`\x1b`, `\u202e`, `\xff`), so that a name or a message can
neither steer a terminal nor read other than it is. Every text is bounded.
"""

import re
from collections.abc import Callable, Mapping

TEXT_LIMIT = 2_000
"""Characters shown of a message, a remedy or another sentence."""
PATH_LIMIT = 4_096
"""Characters shown of a path: what the usual file systems allow."""

_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_BYTES = range(0xDC80, 0xDD00)
"""Where the error handler `surrogateescape` puts bytes that are no UTF-8."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = r"\ud"
"""As JSON in ASCII has it, where it is one of a pair, too."""
_NOT_LITERAL = re.compile(r"[^\w /.,;=+?'()\-]|_")
_LOG_COMMAND = re.compile(r"##(?=(?:vso)?\[)", re.IGNORECASE)
_REFERENCE = re.compile(r"""([@#!$%~^&]|://|\bGH-)(?=[\w"])""", re.IGNORECASE)
_WWW = re.compile(r"(www)\.", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/%#?=&+,:;-]*)?")
_HTML = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'`="})
_BREAK = "\N{ZERO WIDTH SPACE}"
_MRKDWN = re.compile(r"([*_~]|:(?=[\w+-]+:))")
"""What starts or ends bold, italic and struck text and an emoji in Slack."""


def visible(text: str, limit: int = TEXT_LIMIT) -> str:
    """One printable line of at most about `limit` characters, invisible ones escaped.

    Nothing in it starts a command of a CI system: GitHub reads `##[` and Azure `##vso[`
    anywhere in a line, GitHub `::` at its start, whatever the format of the report.
    """
    shown = text[:limit]
    if not shown.isprintable():
        shown = "".join(map(_escaped, shown))[:limit]
    shown = _LOG_COMMAND.sub(r"#\\x23", shown)
    if shown.lstrip().startswith("::"):
        shown = shown.replace(":", r"\x3a", 1)
    return shown if len(text) <= limit else f"{shown}... ({len(text)} characters, cut)"


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return _NAMED.get(character) or _numbered(ord(character))


def _numbered(point: int) -> str:
    if point in _BYTES:
        point -= 0xDC00
    if point < 0x100:
        return rf"\x{point:02x}"
    return rf"\u{point:04x}" if point < 0x10000 else rf"\U{point:08x}"


def encodable(text: str, limit: int = TEXT_LIMIT) -> str:
    r"""The text as it is but for lone surrogates, which UTF-8 cannot carry: `\xNN`."""
    if len(text) <= limit and text.isascii():
        return text
    shown = _SURROGATE.sub(lambda match: _numbered(ord(match[0])), text[:limit])
    return shown if len(text) <= limit else f"{shown}... ({len(text)} characters, cut)"


def json_text(document: object) -> str:
    """A JSON document in ASCII, its texts bounded, ending in a line break.

    ASCII keeps it valid UTF-8 and harmless to the terminal that shows it; a reader gets
    every character but lone surrogates back as it was.
    """
    import json

    return _harmless_json(json.dumps(_encodable_tree(document), indent=2, allow_nan=False))


def json_rows(document: Mapping[str, object]) -> str:
    """The same with a line for each key, and one for each item of its lists of objects."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n    ".join(map(_row, value))
            parts.append(f"  {_row(key)}: [\n    {rows}\n  ]")
        else:
            parts.append(f"  {_row(key)}: {_row(value)}")
    return _harmless_json("{\n" + ",\n".join(parts) + "\n}")


def json_line(node: Mapping[str, object]) -> str:
    """One object as one line of JSON in ASCII, as `json_text` has it."""
    return _harmless_json(_row(node))


def _row(node: object) -> str:
    """One line of JSON; most need no second look, as they are short and hold no surrogate."""
    import json

    # Only without an indent the encoder is the compiled one.
    encode = json.JSONEncoder(allow_nan=False).encode
    text = encode(node)
    is_plain = len(text) <= PATH_LIMIT and _ESCAPED_SURROGATE not in text
    return text if is_plain else encode(_encodable_tree(node))


def _harmless_json(text: str) -> str:
    # It stands inside strings only, where JSON allows an escape for any character.
    return _LOG_COMMAND.sub(r"#\\u0023", text) + "\n"


def _encodable_tree(node: object) -> object:
    if isinstance(node, str):
        return encodable(node, PATH_LIMIT)
    if isinstance(node, dict):
        return {encodable(str(key)): _encodable_tree(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_encodable_tree(value) for value in node]
    return node


Shown = Callable[[str, int], str]
"""Makes a text of at most so many characters harmless."""
_ROOM_FOR_CUT = 60


def with_code(text: str, limit: int, prose: Shown, code: Shown) -> str:
    """Prose in which what stands between two backticks is code; each part is made harmless."""
    parts = visible(text, limit).split("`")
    if len(parts) % 2 == 0 or not all(parts[1::2]):
        return prose(text, limit)
    room = limit + _ROOM_FOR_CUT
    return "".join((code if at % 2 else prose)(part, room) for at, part in enumerate(parts))


def markdown(text: str, limit: int = TEXT_LIMIT) -> str:
    """Prose for Markdown, tables included: no markup, HTML, link or mention works.

    Entities alone do not stop @mentions, #references and bare addresses, which are
    looked for in the rendered text: an invisible space after the sign does.
    """
    return _entities(_REFERENCE.sub(rf"\1{_BREAK}", visible(text, limit)))


def markdown_code(text: str, limit: int = PATH_LIMIT) -> str:
    """Code for Markdown, tables included; backticks and pipes in it close nothing."""
    return f"<code>{_entities(visible(text, limit))}</code>"


def _entities(text: str) -> str:
    encoded = _NOT_LITERAL.sub(lambda match: f"&#{ord(match[0])};", text)
    return _WWW.sub(r"\1&#46;", encoded)


def html(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text for HTML, between tags and in a quoted attribute: it opens and ends neither."""
    return visible(text, limit).translate(_HTML)


def mrkdwn(text: str, limit: int = TEXT_LIMIT) -> str:
    """Prose for Slack: no mention, link, emoji or style works, `<!channel>` neither.

    At most about twice `limit` characters, whatever has to be escaped.
    """
    shown = _mrkdwn(text, limit)
    # No character becomes more than six.
    return shown if len(shown) <= 2 * limit else _mrkdwn(text, limit // 3)


def mrkdwn_code(text: str, limit: int = PATH_LIMIT) -> str:
    """Code for Slack, as long at most; a backtick, which would close it, is an apostrophe."""
    shown = _slack_entities(visible(text, limit))
    return f"`{shown if len(shown) <= 2 * limit else _slack_entities(visible(text, limit // 3))}`"


def _mrkdwn(text: str, limit: int) -> str:
    broken = _REFERENCE.sub(rf"\1{_BREAK}", visible(text, limit))
    broken = _WWW.sub(rf"\1{_BREAK}.", broken)
    return _slack_entities(_MRKDWN.sub(rf"{_BREAK}\1{_BREAK}", broken))


def _slack_entities(text: str) -> str:
    entities = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return entities.replace("`", "\N{RIGHT SINGLE QUOTATION MARK}") or " "


def command_data(text: str) -> str:
    """The data of a GitHub workflow command; line breaks of ours may be in it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """The value of a property of a GitHub workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def sarif_text(text: str) -> str:
    """A plain message of SARIF, in which `[text](address)` would be a link."""
    return visible(text).replace("](", "] (")


def relative_uri(path: str) -> str:
    """A path as a URI reference: every byte but the plainest percent-encoded.

    A leading slash would make it absolute, two would name another host: both are dropped.
    """
    from urllib.parse import quote_from_bytes

    return quote_from_bytes(_raw_bytes(path[:PATH_LIMIT].lstrip("/")), safe="/")


def _raw_bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A surrogate with no byte behind it: no file system gave that name.
        return path.encode("utf-8", "surrogatepass")


def web_address(text: str) -> str:
    """The address where it is plain https, else nothing: it is going to be a link."""
    return text if len(text) <= TEXT_LIMIT and _WEB_ADDRESS.fullmatch(text) else ""
