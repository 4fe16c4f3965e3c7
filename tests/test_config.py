import os
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate import config
from tidegate.cli.init import starting_file
from tidegate.errors import ConfigError, UsageError
from tidegate.gate.policies.lines import read_file
from tidegate.gate.policies.tightening import refuse_laxer
from tidegate.gate.policy_file import settings_in
from tidegate.records.finding import Level
from tidegate.records.run import Mode


def test_the_default_is_to_enforce_from_medium_on() -> None:
    found = config.resolve(flags={}, env={}, file={})
    assert found.settings == config.Settings()
    assert found.settings.mode is Mode.ENFORCE
    assert found.settings.block_severity is Level.MEDIUM
    assert set(found.origins.values()) == {"default"}


def test_a_flag_beats_the_environment_which_beats_the_file() -> None:
    file = config.read_file("tidegate.toml", b'mode = "observe"\nworkers = 3\nfile-timeout = 9')
    found = config.resolve(
        flags={"mode": "warn", "workers": None},
        env={"TIDEGATE_MODE": "enforce", "TIDEGATE_WORKERS": "4", "PATH": "/bin"},
        file=file,
        file_name="tidegate.toml",
    )
    assert found.settings.mode is Mode.WARN
    assert found.settings.workers == 4
    assert found.settings.file_timeout == 9.0
    assert found.origins["mode"] == "flag --mode"
    assert found.origins["workers"] == "environment TIDEGATE_WORKERS"
    assert found.origins["file-timeout"] == "file tidegate.toml"
    assert found.origins["database"] == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("blok-severity = 'LOW'", "did you mean 'block-severity'"),
        ("zzz = 1", "known keys: mode"),
        ("mode = 'lax'", "it takes"),
        ("mode = 3", "it takes"),
        ("block-severity = 'UNKNOWN'", "it takes"),
        ("block-advisories = 'maybe'", "it takes"),
        ("workers = 2.5", "it takes"),
        ("workers = true", "it takes"),
        ("workers = '3'", "it takes"),
        ("block-advisories = 0", "it takes"),
        ("workers = []", "it takes"),
        ("file-timeout = nan", "it takes"),
        ("max-file-bytes = " + "9" * 400, "it takes"),
        ("max-file-bytes = " + "9" * 5000, "not valid TOML"),
        ("file-timeout = 1e999", "it takes"),
        ("a = " + "[" * 5000, "not valid TOML"),
        ("mode = ", "not valid TOML"),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_the_remedy(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"tidegate\.toml") as caught:
        config.read_file("tidegate.toml", text.encode())
    assert message in str(caught.value)
    assert len(str(caught.value)) < 500


def test_latin_1_is_not_toml() -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        config.read_file("tidegate.toml", "mode = 'é'".encode("latin-1"))


def test_an_unknown_variable_is_an_error_too() -> None:
    with pytest.raises(ConfigError, match=r"^TIDEGATE_MOD holds no setting, .* TIDEGATE_ are kept"):
        config.resolve(flags={}, env={"TIDEGATE_MOD": "warn"}, file={})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MOD", "MODE"),
        ("SEVERITY", "BLOCK_SEVERITY"),
        ("TIMEOUT", "FILE_TIMEOUT"),
        ("CACHE_DIR", "CACHE"),
        ("VERSION", ""),
        ("TOKEN", ""),
        ("IMAGE", ""),
        ("HOME", ""),
        ("DB_URL", ""),
    ],
)
def test_only_a_key_that_is_near_is_guessed(name: str, meant: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.resolve(flags={}, env={f"TIDEGATE_{name}": "x"}, file={})
    said = f"did you mean TIDEGATE_{meant}?" if meant else "known keys: mode, "
    assert caught.value.remedy.endswith(said) if meant else said in caught.value.remedy
    assert ("did you mean" in caught.value.remedy) is bool(meant)


def test_two_configurations_are_one_too_many() -> None:
    both = {"tidegate.toml": b"workers = 1", "pyproject.toml": b"[tool.tidegate]\nworkers = 2"}
    with pytest.raises(ConfigError, match="keep one of the two"):
        config.choose_file(both)
    assert config.choose_file(both | {"pyproject.toml": b"[tool.ruff]"})[1] == {"workers": 1}


def test_pyproject_is_read_below_tool_tidegate_only() -> None:
    text = b"[project]\nname = 'x'\n[tool.tidegate]\nblock-severity = 'high'\n"
    assert config.choose_file({"pyproject.toml": text}) == (
        "pyproject.toml",
        {"block-severity": Level.HIGH},
    )
    with pytest.raises(ConfigError, match="not a table"):
        config.read_file("pyproject.toml", b"[tool]\ntidegate = 3")


def test_no_file_is_no_configuration(tmp_path: Path) -> None:
    assert settings_in(tmp_path) == ("", {})


@pytest.mark.parametrize("name", config.FILE_NAMES)
@pytest.mark.parametrize("kind", ["link", "loop", "dangling", "folder", "fifo", "large"])
def test_what_stands_in_the_place_of_the_file_is_no_silent_default(
    tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / "strict").write_text("block-severity = 'LOW'\n")
    place = tmp_path / name
    links = {"link": "strict", "loop": name, "dangling": "nowhere"}
    if kind in links:
        place.symlink_to(links[kind])
    elif kind == "folder":
        place.mkdir()
    elif kind == "fifo":
        os.mkfifo(place)
    else:
        with place.open("wb") as file:
            file.truncate(config.MAX_BYTES + 1)
    with pytest.raises(ConfigError, match=f"{name} cannot be read: .*; put a regular file"):
        settings_in(tmp_path)


def test_what_init_writes_is_the_default_once_uncommented() -> None:
    written = [
        line.removeprefix("# ")
        for line in starting_file().splitlines()
        if line.removeprefix("# ").partition(" = ")[0] in config.OPTIONS
    ]
    table = config.read_file("tidegate.toml", "\n".join(written).encode())
    assert set(table) == set(config.OPTIONS) - {"cache"}, "no file may name it"
    assert config.resolve(flags={}, env={}, file=table).settings == config.Settings()
    assert tomllib.loads(starting_file()) == {}
    _, example = starting_file().split("# [[policy]]\n")
    lines = "[[policy]]\n" + example.replace("# ", "")
    (line,) = read_file("tidegate.toml", lines.encode()).lines
    assert (line.action, [each.key for each in line.conditions]) == (
        "ignore",
        ["rule", "path-class"],
    )


VALUES = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(max_size=9), st.lists(st.none(), max_size=2)
)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_a_clear_error(data: bytes) -> None:
    with suppress(ConfigError):
        config.resolve(flags={}, env={}, file=config.read_file("tidegate.toml", data))


@pytest.mark.parametrize("key", config.OPTIONS)
@settings(max_examples=30, deadline=None)
@given(VALUES)
def test_any_value_is_taken_or_refused_never_misread(key: str, value: object) -> None:
    try:
        taken = config.resolve(flags={key: value}, env={}, file={}).settings
    except ConfigError:
        return
    shown = config.as_table(taken)[key]
    assert str(shown).casefold() == str(value).casefold() or float(str(shown)) == float(str(value))


TIGHTER_FIRST = {
    "mode": ["enforce", "warn", "observe"],
    "block-severity": ["LOW", "MEDIUM", "HIGH", "CRITICAL"],
    "block-confidence": ["LOW", "MEDIUM", "HIGH", "CRITICAL"],
    "block-advisories": ["true", "false"],
    "file-timeout": ["60", "1"],
    "max-file-bytes": ["4194304", "1024"],
    "advisories-max-days": ["1", "30", "60"],
}
"""Values of each setting from the tightest on; the others let nothing more pass."""


@pytest.mark.parametrize("key", config.OPTIONS)
def test_flags_and_variables_tighten_and_never_loosen(key: str) -> None:
    option = config.OPTIONS[key]
    if option.tighter is config.Tighter.NEITHER:
        assert key not in TIGHTER_FIRST
        return
    values = TIGHTER_FIRST.get(key, [])
    assert values or key not in {"mode", "block-severity"}
    for at, policed in enumerate(values):
        file = {key: option.read(policed)}
        for other, value in enumerate(values):
            for flags, env in (
                ({key: value}, {}),
                ({}, {f"TIDEGATE_{key.upper().replace('-', '_')}": value}),
            ):
                found = config.resolve(flags=flags, env=env, file=file)
                if other <= at:
                    refuse_laxer(found, file, "tidegate.toml at 1a2b3c")
                    continue
                with pytest.raises(UsageError, match="lets more pass") as caught:
                    refuse_laxer(found, file, "tidegate.toml at 1a2b3c")
                assert caught.value.remedy == "write it in tidegate.toml on the base branch"


def test_without_a_file_the_default_is_the_policy() -> None:
    found = config.resolve(flags={"mode": "observe"}, env={}, file={})
    with pytest.raises(UsageError, match=r"flag --mode: mode = 'observe' .* 'enforce' \(default\)"):
        refuse_laxer(found, {})
