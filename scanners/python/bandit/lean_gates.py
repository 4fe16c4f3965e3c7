"""Which of bandit's plugins can have anything to say of a node: a cheap question asked first.

A gate is a necessary condition, read off the plugin's source: where it does not hold the
plugin returns None or raises, and bandit makes nothing of either. The questions are put to
the syntax tree and not to the text: in the tree Python has joined literals, resolved escapes
and normalised identifiers (NFKC). A plugin without a gate always runs.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

Plugin = Any  # bandit ships no types


@dataclass(frozen=True, slots=True)
class CallGate:
    """What a call has, any of it, where the plugin has something to say."""

    names: frozenset[str] = frozenset()
    """The last part of the called name is one of these."""
    part: str = ""
    """The last part of the called name contains this."""
    keywords: frozenset[str] = frozenset()
    """One of these is a keyword argument."""
    password_keyword: bool = False
    """A keyword argument that is named like a password is a literal."""


def _names(*names: str) -> CallGate:
    return CallGate(names=frozenset(names))


def _keywords(*names: str) -> CallGate:
    return CallGate(keywords=frozenset(names))


CALL_GATES: Mapping[str, CallGate] = {
    "any_other_function_with_shell_equals_true": _keywords("shell"),
    "django_extra_used": _names("extra"),
    "django_mark_safe": _names("mark_safe", "SafeText", "SafeUnicode", "SafeString", "SafeBytes"),
    "django_rawsql_used": _names("RawSQL"),
    "exec_used": _names("exec"),
    "flask_debug_true": _keywords("debug"),
    "hardcoded_password_funcarg": CallGate(password_keyword=True),
    "hashlib": _names("md4", "md5", "sha", "sha1", "new", "crypt", "mksalt"),
    "huggingface_unsafe_download": _names(
        "from_pretrained", "load_dataset", "hf_hub_download", "snapshot_download", "repository_id"
    ),
    "jinja2_autoescape_false": _names("Environment"),
    "logging_config_insecure_listen": _names("listen"),
    "paramiko_calls": _names("exec_command"),
    "pytorch_load": _names("load"),
    "request_with_no_cert_validation": _keywords("verify"),
    "request_without_timeout": _names(
        *("get", "options", "head", "post", "put", "patch", "delete"),
        *("request", "stream", "Client", "AsyncClient"),
    ),
    "set_bad_file_permissions": CallGate(part="chmod"),
    "snmp_crypto_check": _names("UsmUserData"),
    "snmp_insecure_version_check": _names("CommunityData"),
    "ssh_no_host_key_verification": _names("set_missing_host_key_policy"),
    "ssl_with_bad_version": _keywords("method", "ssl_version"),
    "ssl_with_no_version": _names("wrap_socket"),
    "tarfile_unsafe_members": CallGate(part="extractall"),
    "use_of_mako_templates": _names("Template"),
    "weak_cryptographic_key": _names("generate", "generate_private_key"),
    "yaml_load": _names("load"),
}
CONFIGURED_CALLS: Mapping[str, tuple[str, ...]] = {
    "linux_commands_wildcard_injection": ("subprocess", "shell"),
    "start_process_with_a_shell": ("shell",),
    "start_process_with_no_shell": ("no_shell",),
    "start_process_with_partial_path": ("subprocess", "shell", "no_shell"),
    "subprocess_popen_with_shell_equals_true": ("subprocess",),
    "subprocess_without_shell_equals_true": ("subprocess",),
}
"""Plugins of calls whose names stand under these keys of the plugin's configuration."""


def password_search() -> Callable[[str], bool]:
    """Bandit's own pattern for the names of passwords."""
    pattern = import_module("bandit.plugins.general_hardcoded_password").RE_CANDIDATES

    def is_password(name: str) -> bool:
        return pattern.search(name) is not None

    return is_password


def _chosen(plugins: Sequence[Plugin], bits: int) -> Sequence[Plugin]:
    return [plugin for at, plugin in enumerate(plugins) if bits >> at & 1] if bits else ()


class Calls:
    """Plugins of calls, by the last part of the called name and the keyword arguments."""

    def __init__(self, plugins: Sequence[Plugin], is_password: Callable[[str], bool]) -> None:
        self._plugins = plugins
        self._is_password = lru_cache(maxsize=4096)(is_password)  # the same keywords come again
        self._always = self._password = 0
        self._names: dict[str, int] = {}
        self._keywords: dict[str | None, int] = {}
        self._parts: list[tuple[str, int]] = []
        for at, plugin in enumerate(plugins):
            self._add(_call_gate(plugin), 1 << at)

    def _add(self, gate: CallGate | None, bit: int) -> None:
        if gate is None:
            self._always |= bit
            return
        for name in gate.names:
            self._names[name] = self._names.get(name, 0) | bit
        for keyword in gate.keywords:
            self._keywords[keyword] = self._keywords.get(keyword, 0) | bit
        if gate.part:
            self._parts.append((gate.part, bit))
        if gate.password_keyword:
            self._password |= bit

    def of(self, call: ast.Call, qualname: str) -> Sequence[Plugin]:
        """Those that may have something to say of a call of `qualname`, in bandit's order."""
        name = qualname.rpartition(".")[2]
        bits = self._always | self._names.get(name, 0)
        if isinstance(call.func, ast.Name):  # `__import__` counts whatever it is an alias of
            bits |= self._names.get(call.func.id, 0)
        for part, bit in self._parts:
            if part in name:
                bits |= bit
        for keyword in call.keywords:
            bits |= self._keywords.get(keyword.arg, 0)
            if isinstance(keyword.value, ast.Constant) and self._is_password(keyword.arg or ""):
                bits |= self._password
        return _chosen(self._plugins, bits)


def _call_gate(plugin: Plugin) -> CallGate | None:
    name = plugin.__name__
    config = getattr(plugin, "_config", None) or {}
    if name == "blacklist":
        checks = [qualname for check in config.get("Call", ()) for qualname in check["qualnames"]]
        return _last_parts([*checks, "__import__", "importlib.import_module"])
    if name == "markupsafe_markup_xss":
        return _last_parts(["markupsafe.Markup", *config.get("extend_markup_names", [])])
    if name in CONFIGURED_CALLS:
        return _last_parts([q for key in CONFIGURED_CALLS[name] for q in config.get(key, [])])
    return CALL_GATES.get(name)


def _last_parts(qualnames: Sequence[str]) -> CallGate:
    return CallGate(names=frozenset(qualname.rpartition(".")[2] for qualname in qualnames))


class Strings:
    """Plugins of string literals, by how the value begins and by what it is a part of."""

    def __init__(self, plugins: Sequence[Plugin], is_password: Callable[[str], bool]) -> None:
        self._plugins = plugins
        self._is_password = is_password
        bits = {plugin.__name__: 1 << at for at, plugin in enumerate(plugins)}
        self._begun = bits.pop("hardcoded_bind_all_interfaces", 0)
        self._begun |= bits.pop("hardcoded_tmp_directory", 0)
        self._password = bits.pop("hardcoded_password_string", 0)
        self._sql = bits.pop("hardcoded_sql_expressions", 0)
        self._always = sum(bits.values())
        self._beginnings = ("0.0.0.0", *_folders(plugins))  # noqa: S104 - looked for, not bound

    def of(self, value: str, node: ast.Constant, parent: ast.AST) -> Sequence[Plugin]:
        """Those that may have something to say of a literal in `parent`, in bandit's order."""
        bits = self._always
        if value.startswith(self._beginnings):
            bits |= self._begun
        if isinstance(parent, ast.Dict | ast.Subscript):
            if self._is_password(value):
                bits |= self._password
        elif isinstance(parent, ast.Assign):
            if any(map(self._named_like_a_password, parent.targets)):
                bits |= self._password
        elif isinstance(parent, ast.Compare):
            if self._named_like_a_password(parent.left):
                bits |= self._password
        elif isinstance(parent, ast.BinOp) or _formats(parent) or _leads(node, parent):
            bits |= self._sql
        return _chosen(self._plugins, bits)

    def _named_like_a_password(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return self._is_password(node.id)
        return isinstance(node, ast.Attribute) and self._is_password(node.attr)


def _folders(plugins: Sequence[Plugin]) -> list[str]:
    found: list[str] = []
    for plugin in plugins:
        if plugin.__name__ == "hardcoded_tmp_directory":
            found += plugin._config.get("tmp_dirs", [""])
    return found


def _formats(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("format", "replace")


def _leads(node: ast.Constant, parent: ast.AST) -> bool:
    """Whether it is the first string of an f-string, the one that stands for all of it."""
    if not isinstance(parent, ast.JoinedStr):
        return False
    return node is next(value for value in parent.values if isinstance(value, ast.Constant))


class Imports:
    """Plugins of imports: the blacklist, by how the imported name begins."""

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        self._plugins = plugins
        self._others = [plugin for plugin in plugins if plugin.__name__ != "blacklist"]
        self._beginnings = tuple(
            name
            for plugin in plugins
            if plugin.__name__ == "blacklist"
            for kind in ("Import", "ImportFrom")
            for check in plugin._config.get(kind, ())
            for name in check["qualnames"]
        )

    def of(self, names: Sequence[str]) -> Sequence[Plugin]:
        """Those that may have something to say of an import of `names`, in bandit's order."""
        listed = any(name.startswith(self._beginnings) for name in names)
        return self._plugins if listed else self._others
