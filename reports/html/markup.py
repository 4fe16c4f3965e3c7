"""Elements of HTML: what is not Markup already is made inert on its way in."""

from .. import inert


class Markup(str):
    """HTML of ours; a plain text can become it through `element` only."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | None) -> Markup:
    """One element. A text among children and attributes is hostile; None leaves one out.

    Names are ours: `class_` stands for class, `data_rank` for data-rank. An empty attribute
    is written without a value.
    """
    opening = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{name}{opening}>{joined(*children)}</{name}>")


def joined(*children: str) -> Markup:
    """The children one after the other, texts inert."""
    return Markup("".join(map(_inert, children)))


def cut(text: str, limit: int) -> Markup:
    """A text of at most about `limit` characters, inert."""
    return Markup(inert.html(text, limit))


def coded(text: str, limit: int) -> Markup:
    """A text of at most about `limit` characters, with what stands between backticks as code."""
    return Markup(inert.with_code(text, limit, inert.html, _code))


def _code(text: str, limit: int) -> str:
    return element("code", cut(text, limit))


def _attribute(key: str, value: str | None) -> str:
    if value is None:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f' {name}="{inert.html(value)}"' if value else f" {name}"


def _inert(child: str) -> str:
    return child if isinstance(child, Markup) else inert.html(child)
