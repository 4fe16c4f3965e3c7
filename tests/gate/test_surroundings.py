"""Why more is edited between two releases than was changed: the same code, other surroundings.

Each pair is the shape of a finding that `benchmarks.matching` lists as edited between Django 5.1.4
and 5.2.4, and beside it what would hide if such a finding were existing.
"""

import pytest

from tidegate.gate.matching import match
from tidegate.records.run import State
from tidegate.tests.scanners.python.newer import found

ROW = 'HOSTS = [\n    (check, "127.0.0.1"),\n    (check, "0.0.0.0"),\n]\n'
DEFAULT = 'def login(self, password="usable"):\n    return password\n'
QUERY = 'def outer(x):\n    return "SELECT * FROM ({})".format(x)\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # tests/validators/tests.py: rows of a table; the first of them may be what is bound to.
        (ROW, ROW.replace("[\n", '[\n    (check, "::1"),\n')),
        (ROW, 'HOSTS = [\n    (check, "0.0.0.0"),\n    (check, "127.0.0.1"),\n]\n'),
        # auth/forms.py: a decorator; it may hand the function to requests.
        (DEFAULT, f"@sensitive_variables()\n{DEFAULT}"),
        (DEFAULT, f"@app.post('/login')\n{DEFAULT}"),
        # sql/compiler.py and auth_tests/test_basic.py: another function; other values reach it.
        (QUERY, QUERY.replace("outer", "_inner").replace("    return", "    y = x\n    return")),
        (QUERY, "def view(request):\n    x = request.GET['q']\n" + QUERY.split("\n")[1] + "\n"),
    ],
)
def test_the_same_code_in_other_surroundings_decides(before: str, after: str) -> None:
    (state,) = match(found(before), found(after), {}).states
    assert state is State.EDITED
