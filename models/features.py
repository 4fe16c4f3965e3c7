"""The fourteen change metrics of Kamei et al. (TSE 2013), and what is computed from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..errors import UsageError

LARGEST = 1e12
"""No metric of a real change comes near it; float32, in which forests compare, holds it."""


class Group(StrEnum):
    """What a metric tells about; metrics of one group move together and are explained together."""

    SIZE = "size"
    SPREAD = "spread"
    FILES = "files"
    EXPERIENCE = "experience"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Metric:
    """One number known when a change is made."""

    name: str
    group: Group
    meaning: str
    """With its unit."""


METRICS = (
    Metric("ns", Group.SPREAD, "subsystems (first folders) touched"),
    Metric("nd", Group.SPREAD, "folders touched"),
    Metric("nf", Group.SPREAD, "files touched"),
    Metric("entropy", Group.SPREAD, "bits: how evenly the changed lines lie over the files"),
    Metric("la", Group.SIZE, "lines added"),
    Metric("ld", Group.SIZE, "lines deleted"),
    Metric("lt", Group.FILES, "lines of the touched files before the change"),
    Metric("fix", Group.PURPOSE, "1 where the message tells of a fix, else 0"),
    Metric("ndev", Group.FILES, "people who changed these files before"),
    Metric("age", Group.FILES, "days since these files were last changed, on average"),
    Metric("nuc", Group.FILES, "earlier changes of these files"),
    Metric("exp", Group.EXPERIENCE, "earlier file changes by the author"),
    Metric("rexp", Group.EXPERIENCE, "the same, weighted by how recent they are"),
    Metric("sexp", Group.EXPERIENCE, "the same, in the touched subsystems only"),
)
NAMES = tuple(metric.name for metric in METRICS)
ENGINEERED = (
    *(name if name in ("entropy", "fix") else f"log_{name}" for name in NAMES),
    "log_churn",
    "log_la_per_file",
    "added_share",
    "log_churn_per_lt",
    "log_sexp_share",
    "log_rexp_share",
    "log_nuc_per_file",
    "log_ndev_per_file",
    "log_lt_per_file",
    "evenness",
    "log_nuc_per_dev",
    "log_nuc_per_day",
    "adds_only",
    "deletes_only",
    "log_growth",
)
"""What the models see, in the order of `engineered`."""
RISING = ("log_ns", "log_nd", "log_nf", "entropy", "log_la", "log_churn")
"""What must never lower the risk as it grows: size and spread."""


def checked(row: Sequence[float]) -> tuple[float, ...]:
    """The metrics of one change, in the order of `NAMES`.

    Raises UsageError where one is missing, negative, not finite or beyond `LARGEST`.
    """
    if len(row) != len(NAMES):
        raise UsageError(f"{len(row)} metrics", f"give {len(NAMES)}: {', '.join(NAMES)}")
    for name, value in zip(NAMES, row, strict=True):
        if not 0 <= value <= LARGEST:
            raise UsageError(f"the metric {name} is {value}", "give a number from 0 to 1e12")
    return tuple(map(float, row))


def engineered(row: Sequence[float]) -> tuple[float, ...]:
    """Logarithms, ratios and shares of the metrics of one change, in the order of `ENGINEERED`.

    Training and scoring both come through here, so that they agree to the last bit.
    """
    log = math.log1p
    ns, nd, nf, entropy, la, ld, lt, fix, ndev, age, nuc, exp, rexp, sexp = checked(row)
    files, people = max(nf, 1.0), max(ndev, 1.0)
    plain = (log(ns), log(nd), log(nf), entropy, log(la), log(ld), log(lt), fix)
    history = (log(ndev), log(age), log(nuc), log(exp), log(rexp), log(sexp))
    return (
        *plain,
        *history,
        log(la + ld),
        log(la / files),
        (la + 1) / (la + ld + 2),
        log((la + ld) / (lt + 1)),
        log(sexp / (exp + 1)),
        log(rexp / (exp + 1)),
        log(nuc / files),
        log(ndev / files),
        log(lt / files),
        entropy / math.log2(files) if files > 1 else 0.0,
        log(nuc / people),
        log(nuc / (age + 1)),
        float(ld == 0),
        float(la == 0),
        log(max(0.0, la - ld)),
    )
