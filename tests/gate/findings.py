"""A finding as bandit tells it."""

from dataclasses import replace

from tidegate.records.finding import Finding, Level


def finding(**changes: object) -> Finding:
    plain = Finding(
        tool="bandit",
        rule="B307",
        message="Use of possibly insecure function",
        path="app/a.py",
        line=1,
        end_line=1,
        severity=Level.MEDIUM,
        confidence=Level.HIGH,
        remedy="use ast.literal_eval",
        scope="f",
        snippet="eval(x)",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests' own keywords
