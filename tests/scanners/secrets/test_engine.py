from collections.abc import Iterator

import pytest

from tidegate.records.finding import Level
from tidegate.scanners.secrets import engine
from tidegate.scanners.secrets.engine import ScanFailed, Secret, secrets_of
from tidegate.scanners.secrets.pieces import Piece, pieces
from tidegate.scanners.secrets.rules import BY_ID, RULES
from tidegate.scanners.secrets.text import Text, as_utf8, kind_of_text
from tidegate.tests.scanners.secrets.samples import CRYPT, KEY_BODY, PEM, SAMPLES, noise


def found(path: str, text: str | bytes) -> list[Secret]:
    data = text.encode() if isinstance(text, str) else text
    return secrets_of(path, kind_of_text(path, as_utf8(data)), pieces(path, data))


def test_there_is_a_sample_for_each_rule() -> None:
    assert set(SAMPLES) == set(BY_ID)


@pytest.mark.parametrize("rule", SAMPLES)
def test_each_rule_finds_its_sample(rule: str) -> None:
    path, text, part = SAMPLES[rule]
    (secret,) = found(path, f"first line\n\n{text}\nlast\n")
    assert (secret.rule, secret.line) == (rule, 3)
    assert part.encode() in secret.value
    assert (secret.severity, secret.confidence) == (BY_ID[rule].severity, BY_ID[rule].confidence)


@pytest.mark.parametrize("rule", SAMPLES)
def test_nothing_that_is_shown_tells_the_value(rule: str) -> None:
    path, text, _ = SAMPLES[rule]
    (secret,) = found(path, text)
    value = secret.value.decode()
    shown = repr(secret).replace(rule, "")
    assert not any(value[i : i + 6] in shown for i in range(len(value) - 5))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f'DB_PASSWORD = "{noise(14)}"', "DB_PASSWORD"),
        (f"config['db_password'] = '{noise(14)}'", "db_password"),
        (f'    "apiKey": "{noise(14)}",', "apiKey"),
        (f'{noise(14)}_password = "{noise(14)}"', ""),
        (f'secret: "{noise(14)}"', "secret"),
        (f"ada:{noise(14, seed=1)}:{CRYPT}", ""),
    ],
)
def test_a_name_is_a_key_and_never_another_field(line: str, name: str) -> None:
    assert [secret.name for secret in found("a.yml", line)] == [name]


def test_one_value_is_one_secret_of_the_gravest_rule() -> None:
    token = "gh" + f"p_{noise(36)}"
    assert [s.rule for s in found("a.py", f'api_key = "{token}"')] == ["github-token"]


def test_two_values_of_a_line_are_two_secrets() -> None:
    stripe, twilio = SAMPLES["stripe-key"][1], SAMPLES["twilio-key"][1]
    assert {s.rule for s in found("a.md", f"{stripe} {twilio}")} == {"stripe-key", "twilio-key"}


def test_a_pragma_is_told_and_hides_nothing() -> None:
    line = f'password = "{noise(14)}"  # pragma: allowlist ' + "secret"
    (secret,) = found("a.py", line)
    assert secret.suppressed
    assert secret.confidence is Level.MEDIUM


@pytest.mark.parametrize(
    "line",
    [
        "password = get_password('a')",
        "password: ${DB_PASSWORD}",
        "password: {{ vault_password }}",
        "password = '****'",
        "session_id = '" + noise(40, "0123456789abcdef") + "'",
        "rev = '" + noise(40, "0123456789abcdef") + "'",
        "if 'BEGIN PRIVATE " + "KEY' in text:",
        "0123456789abcdef0123",
    ],
)
def test_what_is_no_secret(line: str) -> None:
    assert found("a.yml", line) == []
    assert found("a.py", line) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", 'password = "changeme"'),
        ("a.py", 'password = "your-password-1"'),
        ("a.py", 'PASSWORD_LABEL = "Enter your password"'),
        ("a.py", 'PASSWORD_RESET = "password_reset_done"'),
        ("tests/test_a.py", f'password = "{noise(14)}"'),
        ("docs/a.cfg", f"password = {noise(14)}"),
        ("README.md", f'password = "{noise(14)}"'),
        ("a.py", "AK" + "IA" + "IOSFODNN7EXAMPLE"),
    ],
)
def test_what_is_doubtful_is_told_with_low_confidence(path: str, line: str) -> None:
    assert {secret.confidence for secret in found(path, line)} == {Level.LOW}


def test_two_private_keys_are_two_values_and_one_moved_is_the_same() -> None:
    other = PEM.replace(KEY_BODY, KEY_BODY[::-1].strip())
    (one,), (moved,), (two,) = (found("k", text) for text in (PEM, "\n\n" + PEM, other))
    assert one.value == moved.value != two.value


def test_a_private_key_on_one_line_is_found() -> None:
    line = '{"private_key": ' + repr(PEM).replace("'", '"') + "}"
    assert found("account.json", line)[0].rule == "private-key"


@pytest.mark.parametrize("name", ["poetry.lock", "package-lock.json", "sbom.json", "a.svg"])
def test_hashes_of_lock_files_are_no_secrets_and_tokens_in_them_are(name: str) -> None:
    line = f'"sha512": "{noise(64)}"\n'
    assert found(name, line) == []
    assert found(name, line + "gh" + f"p_{noise(36)}")[0].rule == "github-token"


def test_in_a_binary_file_shapes_are_found_and_names_are_not() -> None:
    data = b"\0\1\n" + f'password = "{noise(14)}"\n'.encode() + b"gh" + f"p_{noise(36)}\0".encode()
    assert [secret.rule for secret in found("a.db", data)] == ["github-token"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "cp1252"])
def test_text_in_other_encodings_is_read(encoding: str) -> None:
    data = f'naïve = 1\r\npassword = "{noise(14)}"\r\n'.encode(encoding)
    (secret,) = found("settings.ini", data)
    assert (secret.line, secret.value) == (2, noise(14).encode())


def test_a_line_without_an_end_and_a_carriage_return_are_no_part_of_a_value() -> None:
    for text in (f"db_pass={noise(14)}", f"db_pass={noise(14)}\r\n"):
        assert [secret.value for secret in found(".env", text)] == [noise(14).encode()]


def test_a_failure_says_nothing_of_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> Iterator[object]:
        raise ValueError(noise(14))

    monkeypatch.setattr(engine, "_rated", broken)
    with pytest.raises(ScanFailed) as caught:
        secrets_of("a.py", Text.CODE, [Piece(1, b"x", frozenset({RULES[0].id}))])
    assert noise(14) not in str(caught.value)
    assert caught.value.__suppress_context__
