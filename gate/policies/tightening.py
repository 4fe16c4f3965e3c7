"""Which of two values lets more pass, and that nothing from outside a file does."""

from collections.abc import Mapping

from ...config import FILE_NAMES, OPTIONS, Configuration, plain, resolve, shown
from ...errors import UsageError
from ...records.finding import Level
from ...records.run import Mode


def refuse_laxer(found: Configuration, file: Mapping[str, object], file_name: str = "") -> None:
    """Raises UsageError where a flag or a variable lets more pass than the file, or the default."""
    policy = resolve(flags={}, env={}, file=file).settings
    for key, origin in found.origins.items():
        name = key.replace("-", "_")
        value, policed = getattr(found.settings, name), getattr(policy, name)
        if is_laxer(key, value, policed):
            by_policy = f"file {file_name}" if key in file else "default"
            raise UsageError(
                f"{origin}: {key} = {shown(plain(value))} lets more pass than the policy's "
                f"{shown(plain(policed))} ({by_policy}): flags and variables only tighten it",
                f"write it in {file_name.partition(' ')[0] or FILE_NAMES[0]} on the base branch",
            )


def is_laxer(key: str, value: object, than: object) -> bool:
    """Whether a value of a setting lets more pass than another."""
    return (_rank(value) - _rank(than)) * OPTIONS[key].tighter.value < 0


def _rank(value: object) -> float:
    if isinstance(value, Mode):
        return (Mode.OBSERVE, Mode.WARN, Mode.ENFORCE).index(value)
    if isinstance(value, Level):
        return value.rank
    return float(value) if isinstance(value, int | float) else 0.0
