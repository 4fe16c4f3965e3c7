"""What one types: a few lines for the end of each verb's help, which the tests parse."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "gate": (
        "tidegate gate --base origin/main",
        "tidegate gate --staged --quick",
        "tidegate gate --format github --output sarif=tidegate.sarif",
    ),
    "scan": (
        "tidegate scan src tests",
        "tidegate scan --fail-on HIGH --format json",
        "tidegate scan --environment .venv",
    ),
    "waive": (
        "tidegate waive src/run.py:40 --reason 'built from constants' --until 2026-12-31",
        "tidegate waive --skipped vendor/fast.so --reason 'we built it' --until 2026-12-31",
        "tidegate waive --check",
    ),
    "init": (
        "tidegate init",
        "tidegate init --adopt --dry-run",
        "tidegate init --adopt --changes 50",
    ),
    "doctor": ("tidegate doctor", "tidegate doctor --repo ../service"),
    "deliver": (
        "tidegate deliver tidegate.json --slack",
        "tidegate deliver tidegate.json --webhook --send --spool ../undelivered",
        "tidegate deliver --spool ../undelivered --send",
    ),
    "config show": (
        "tidegate config show --origin",
        "tidegate config show --at origin/main --json",
    ),
    "policy explain": (
        "tidegate policy explain 0f3c9a5d",
        "tidegate policy explain 0f3c9a5d --base origin/main --json",
    ),
    "policy check": ("tidegate policy check", "tidegate policy check --json"),
    "advisories import": (
        "tidegate advisories import all.zip",
        "tidegate advisories import kev.json epss.csv.gz",
    ),
    "advisories update": (
        "tidegate advisories update",
        "tidegate advisories update https://mirror.example.com/all.zip",
    ),
    "advisories status": (
        "tidegate advisories status",
        "tidegate advisories status --format json",
    ),
    "baseline create": (
        "tidegate baseline create",
        "tidegate baseline create --import-sarif ../semgrep.sarif",
    ),
    "baseline update": ("tidegate baseline update", "tidegate baseline update --repo ../service"),
    "baseline prune": ("tidegate baseline prune", "tidegate baseline prune --repo ../service"),
    "history build": (
        "tidegate history build",
        "tidegate history build --since 2026-01-01 --out changes.jsonl",
        "tidegate history build --repo ../service --out service.parquet",
    ),
    "history show": ("tidegate history show", "tidegate history show HEAD~3 --json"),
    "baseline diff": ("tidegate baseline diff", "tidegate baseline diff --json"),
}


def of(verb: str) -> str:
    """The examples of a verb as the end of its help, a line each, however long."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in EXAMPLES[verb])])
