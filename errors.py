"""One error tree and one table of exit codes.

TidegateError            an expected failure: says what is wrong and what to do
├── UsageError           the call or the configuration is wrong            exit 2
│   ├── ConfigError      a key or a value of the configuration is wrong
│   └── MissingExtra     a verb whose extra is not installed
└── IncompleteError      what had to be looked at could not be looked at   exit 3
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a process returns; a crash, a gap and a 'no' never share a code."""

    YES = 0
    NO = 1
    USAGE = 2
    INCOMPLETE = 3
    INTERNAL = 4
    INTERRUPTED = 130


EXIT_CODE_MEANINGS: dict[ExitCode, str] = {
    ExitCode.YES: "the answer is yes (PASS), or nothing was asked",
    ExitCode.NO: "the answer is no (BLOCK, or findings under --fail-on)",
    ExitCode.USAGE: "wrong usage or configuration",
    ExitCode.INCOMPLETE: "incomplete: something that had to be looked at was not",
    ExitCode.INTERNAL: "internal error; a report file was written",
    ExitCode.INTERRUPTED: "interrupted",
}


class TidegateError(Exception):
    """An expected failure, with the remedy that its reader can apply."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


class UsageError(TidegateError):
    """The call cannot be carried out as it was given."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """The configuration holds an unknown key or a value that does not fit."""


class MissingExtra(UsageError):
    """The call needs packages that an extra of Tidegate brings, and they are not installed."""


class IncompleteError(TidegateError):
    """Something that had to be looked at could not be: never a yes, never a no."""

    exit_code = ExitCode.INCOMPLETE
