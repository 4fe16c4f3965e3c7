"""What DefectDojo makes of our reports for GitLab: a second public implementation of the forms.

    git clone https://github.com/DefectDojo/django-DefectDojo /elsewhere/dojo
    python -m benchmarks.gitlab_readers --defectdojo /elsewhere/dojo sast.json dependencies.json

Its two parsers run as they are; what they import of Django and of DefectDojo itself is stood in
for, as neither reads the report. That code is trusted: it is executed here.
"""

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import IO, Any, Protocol

PARSERS = {
    "sast": ("gitlab_sast", "GitlabSastParser"),
    "dependency_scanning": ("gitlab_dep_scan", "GitlabDepScanParser"),
}
"""By the type of a report: folder and class."""


class Parser(Protocol):
    """What DefectDojo's parsers are asked."""

    def get_findings(self, file: IO[bytes], test: object) -> Iterable[SimpleNamespace]:
        """Every finding of a report."""


def parser(dojo: Path, kind: str) -> Parser:
    """The parser of one kind of report, with stand-ins for what it imports."""
    stand_ins: Mapping[str, Mapping[str, object]] = {
        "django": {},
        "django.conf": {"settings": SimpleNamespace(V3_FEATURE_LOCATIONS=False)},
        "dojo": {},
        "dojo.models": {"Finding": SimpleNamespace},
        "dojo.tools": {},
        "dojo.tools.locations": {"LocationData": SimpleNamespace},
        "dojo.tools.parser_test": {"ParserTest": SimpleNamespace},
    }
    for name, held in stand_ins.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(held)
    folder, class_ = PARSERS[kind]
    file = dojo / "dojo" / "tools" / folder / "parser.py"
    spec = importlib.util.spec_from_file_location(f"read_{folder}", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Parser = getattr(module, class_)()
    return made


def differences(report: Mapping[str, Any], read: Mapping[str, SimpleNamespace]) -> Iterator[str]:
    """Where what was read, by its id, is not what the report says."""
    told = {each["id"]: each for each in report["vulnerabilities"]}
    if len(told) != len(report["vulnerabilities"]):
        yield "ids: two vulnerabilities have the same"
    if told.keys() != read.keys():
        yield f"ids: {len(told)} told, {len(read)} read"
    for id_ in told.keys() & read.keys():
        for field, (ours, theirs) in _fields(told[id_], read[id_]).items():
            if ours != theirs:
                yield f"{field} of {id_}: {ours!r} told, {theirs!r} read"


def _fields(told: Mapping[str, Any], read: SimpleNamespace) -> dict[str, tuple[object, object]]:
    place = told["location"]
    # DefectDojo has no severity for what is not known.
    severity = "Info" if told["severity"] == "Unknown" else told["severity"]
    weaknesses = [int(each["value"]) for each in told["identifiers"] if each["type"] == "cwe"]
    fields: dict[str, tuple[object, object]] = {
        "file": (place["file"], read.file_path),
        "severity": (severity, read.severity),
        "remedy": (told.get("solution", ""), read.mitigation),
        "weakness": (weaknesses[:1], [int(read.cwe)] if read.cwe else []),
    }
    if dependency := place.get("dependency"):
        fields["package"] = (dependency["package"]["name"], read.component_name)
        fields["version"] = (dependency["version"], read.component_version)
    else:
        fields["line"] = (place["end_line"], read.line)
    return fields


def main() -> int:
    """Print what each report holds and what is read of it otherwise; 1 if anything is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--defectdojo", type=Path, required=True, metavar="FOLDER")
    options.add_argument("reports", type=Path, nargs="+", metavar="REPORT")
    given = options.parse_args()
    wrong = 0
    for path in given.reports:
        data = path.read_bytes()
        report = json.loads(data)
        kind = report["scan"]["type"]
        found = list(parser(given.defectdojo, kind).get_findings(BytesIO(data), None))
        told = list(differences(report, {each.unique_id_from_tool: each for each in found}))
        wrong += len(told)
        print(f"{path.name}: {kind}, {len(found)} findings read, {len(told)} differences")
        for each in told[:10]:
            print(f"  {each}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
