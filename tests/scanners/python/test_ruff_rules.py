"""Ruff's findings bear bandit's ratings and, whoever read the file, the same names."""

import json
import subprocess
import warnings
from collections import defaultdict

import pytest

from tidegate.records.finding import Finding, Level
from tidegate.records.fingerprint import bandit_rule, defect, fingerprints
from tidegate.scanners.python.ruff.rules import RATINGS, Rating, rating_of
from tidegate.scanners.python.ruff.run import ruff_binary
from tidegate.tests.scanners.python.newer import NEWER, T_STRING, UNTOLD, found

SAMPLES = {
    "B101": "def f(x):\n    assert x, 'note'\n",
    "B102": "exec(x)\n",
    "B103": "import os\nos.chmod(p, 0o777)\n",
    "B104": "def f(s):\n    s.bind(('0.0.0.0', 31137))\n",
    "B105": "class A:\n    settings['password'] = 'hunter2'\n",
    "B106": "login(user='me', password='hunter2')\n",
    "B107": "def f(a, password='hunter2'):\n    pass\n",
    "B108": "with open('/tmp/abc', 'w') as f:\n    pass\n",
    "B110": "try:\n    pass\nexcept Exception:\n    pass\n",
    "B112": "for a in b:\n    try:\n        pass\n    except Exception:\n        continue\n",
    "B113": "import requests\nrequests.get('https://a')\n",
    "B201": "from flask import Flask\napp = Flask('a')\napp.run(debug=True)\n",
    "B202": "import tarfile\ntar = tarfile.open(a)\ntar.extractall(path=p)\n",
    "B324": "import hashlib\nhashlib.md5(x)\n",
    "B501": "import requests\nrequests.get('https://a', timeout=3, verify=False)\n",
    "B502": "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv2)\n",
    "B503": "import ssl\ndef f(version=ssl.PROTOCOL_SSLv2):\n    pass\n",
    "B504": "import ssl\nssl.wrap_socket()\n",
    "B505": (
        "from cryptography.hazmat.primitives.asymmetric import rsa\n"
        "rsa.generate_private_key(public_exponent=65537, key_size=512)\n"
    ),
    "B506": "import yaml\nyaml.load(x)\n",
    "B507": (
        "from paramiko import client\nc = client.SSHClient()\n"
        "c.set_missing_host_key_policy(client.AutoAddPolicy)\n"
    ),
    "B508": "from pysnmp.hlapi import CommunityData\na = CommunityData('public', mpModel=0)\n",
    "B509": "from pysnmp.hlapi import UsmUserData\na = UsmUserData('me')\n",
    "B601": "import paramiko\nclient = paramiko.client.SSHClient()\nclient.exec_command(x)\n",
    "B602": "import subprocess\ndef f(x):\n    subprocess.call('ls ' + x,\n        shell=True)\n",
    "B603": "import subprocess\nsubprocess.run(x)\n",
    "B604": "def f(x):\n    run(x, shell=True)\n",
    "B605": "import os\nclass A:\n    def f(self, x):\n        os.system(\n          'ls ' + x)\n",
    "B606": "import os\nos.execl(path, a)\n",
    "B607": "import subprocess\nsubprocess.run(['ls', '-l'])\n",
    "B608": 'def f(cur, x):\n    cur.execute(f"SELECT * FROM {x}")\n',
    "B609": "import os\nos.system('/bin/tar xvzf *')\n",
    "B610": "User.objects.filter(a=1).extra(select={'a': x})\n",
    "B611": "from django.db.models.expressions import RawSQL\nRawSQL(x, [])\n",
    "B612": "import logging.config\nlogging.config.listen(9999)\n",
    "B613": "access = 'user\u202e \u2066# x\u2069 \u2066'\n",
    "B701": "import jinja2\njinja2.Environment(loader=x, autoescape=False)\n",
    "B702": "from mako.template import Template\nTemplate('hern')\n",
    "B704": "from markupsafe import Markup\nMarkup(f'a {x}')\n",
}
"""Code that bandit rates as high as it does its rule, where that varies."""
NOT_BY_RUFF = {"B601": "ruff follows the import and wants paramiko.exec_command"}


def of_rule(findings: list[Finding], rule: str) -> list[Finding]:
    return [item for item in findings if defect(item) == ("bandit", rule)]


@pytest.mark.parametrize("rule", sorted(SAMPLES))
def test_a_plugin_s_finding_is_rated_as_bandit_rates_it(rule: str) -> None:
    (theirs,) = of_rule(found(SAMPLES[rule]), rule)
    rating = Rating(theirs.severity, theirs.confidence, theirs.cwe)
    assert RATINGS[rule] == rating


def test_imports_and_calls_are_rated_as_bandit_rates_them() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from bandit.core.extension_loader import MANAGER

    theirs: dict[str, set[Rating]] = defaultdict(set)
    for items in MANAGER.blacklist.values():
        for item in items:
            theirs[item["id"]].add(Rating(Level(item["level"]), Level.HIGH, item["cwe"]))
    ours = {rule: {rating} for rule, rating in RATINGS.items() if rule[1] in "34"}
    assert ours.pop("B324")
    assert ours == theirs
    assert set(RATINGS) == set(theirs) | set(SAMPLES)


def test_every_rule_of_ruff_is_rated() -> None:
    command = [str(ruff_binary()), "rule", "--all", "--output-format", "json"]
    out = subprocess.run(command, capture_output=True, check=True).stdout
    rules = [rule for rule in json.loads(out) if rule["linter"] == "flake8-bandit"]
    codes = {rule["code"] for rule in rules if "Removed" not in rule["status"]}
    assert len(codes) > 60
    assert {bandit_rule(code) for code in codes} <= set(RATINGS)


def test_a_rule_that_is_not_known_is_never_low() -> None:
    rating = rating_of("S999", "seems safe")
    assert (rating.severity, rating.confidence, rating.cwe) == (Level.UNKNOWN, Level.UNKNOWN, None)


def test_a_command_that_is_one_literal_is_low_for_both() -> None:
    source = "import os\nos.system('ls')\n"
    for tool in ("bandit", "ruff"):
        (finding,) = of_rule(found(source, tool), "B605")
        assert finding.severity is Level.LOW


@pytest.mark.parametrize("rule", sorted(SAMPLES.keys() - NOT_BY_RUFF.keys()))
def test_a_finding_has_one_name_whoever_read_the_file(rule: str) -> None:
    source = SAMPLES[rule]
    theirs = of_rule(found(source), rule)
    names = fingerprints(theirs)
    assert names
    for text in (source, source + NEWER, NEWER + source, f"z = {UNTOLD}\n{source}"):
        ours = found(text, "ruff")
        assert {item.tool for item in ours} == {"ruff"}
        assert fingerprints(of_rule(ours, rule)) == names


@pytest.mark.parametrize("rule", sorted(SAMPLES))
@pytest.mark.parametrize("new", [NEWER, T_STRING, f"z = {UNTOLD}\n"])
def test_newer_syntax_elsewhere_changes_no_finding_and_no_name(rule: str, new: str) -> None:
    source = SAMPLES[rule]
    theirs = found(source)
    for text in (source + new, new + source):
        ours = found(text)
        assert [item.rule for item in ours] == [item.rule for item in theirs]
        assert fingerprints(ours) == fingerprints(theirs)
        assert {item.tool for item in ours} == {"bandit"}


def test_a_finding_of_ruff_leads_to_ruff_s_page_and_bandit_s_remedy() -> None:
    (theirs,) = of_rule(found(SAMPLES["B605"]), "B605")
    (ours,) = of_rule(found(SAMPLES["B605"], "ruff"), "B605")
    assert (ours.tool, ours.rule) == ("ruff", "S605")
    assert ours.url.startswith("https://docs.astral.sh/ruff/rules/")
    assert (ours.remedy, ours.line, ours.end_line) == (theirs.remedy, theirs.line, theirs.end_line)
