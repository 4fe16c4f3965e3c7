"""Policy lines and waivers that a change touches are told old and new, and hide nothing."""

from tidegate.gate.judge_files.kinds import Group, kinds_of

SETTINGS, WAIVERS = kinds_of("tidegate.toml")[0], kinds_of("tidegate.waivers.toml")[0]


def test_waivers_and_policy_lines_are_told_one_by_one() -> None:
    old = b'[[waiver]]\nfingerprint = "00112233445566778899aabbccddeeff"\nuntil = 2026-12-31\n'
    new = b'[[waiver]]\nmatch = {rule = "B101", path = "a.py"}\nowner = "ada"\nreason = "why"\n'
    assert WAIVERS.words(old, new) == [
        (
            'waiver 1: fingerprint "00112233445566778899aabbccddeeff", until 2026-12-31 → '
            'rule "B101", path "a.py", owner "ada", reason "why"'
        )
    ]
    assert WAIVERS.words(old, old.replace(b"2026", b"2027")) == [
        (
            'waiver 1: fingerprint "00112233445566778899aabbccddeeff", until 2026-12-31 → '
            'fingerprint "00112233445566778899aabbccddeeff", until 2027-12-31'
        )
    ]
    first = b'[[policy]]\nmatch = {rule = "B101"}\naction = "ignore"\n'
    second = b'[[policy]]\nmatch = {rule = "B102"}\naction = "warn"\n'
    third = b'[[policy]]\nmatch = {rule = "B103"}\naction = "block"\n'
    words = SETTINGS.words(first + second, second + first)
    assert words == ["policy lines in another order"]
    added = 'action "block", rule "B103"'
    words = SETTINGS.words(first + second, second + third + first)
    assert words == [f"policy line 2 added: {added}", "policy lines in another order"]
    assert SETTINGS.words(first + third, first) == [f"policy line 2 removed: {added}"]


def test_a_widened_line_is_told_in_full() -> None:
    line = (
        '[[policy]]\nmatch = {{tool = {}, path = {}}}\naction = "ignore"\nreason = "no product"\n'
    )
    old = line.format('"*"', '["tests/**", "vendor/**"]').encode()
    new = line.format('"*"', '["**"]').encode()
    other = line.format('"ruff"', '["a.py"]').encode()
    assert SETTINGS.words(old + other, other + new) == [
        (
            'policy line 2: action "ignore", tool "*", path ["tests/**", "vendor/**"], '
            'reason "no product" → action "ignore", tool "*", path ["**"], reason "no product"'
        )
    ]


def test_no_length_of_a_line_hides_what_is_new_in_it() -> None:
    globs = ", ".join(f'"folder{number}/**"' for number in range(200))
    line = (
        '[[policy]]\nmatch = {{tool = "*", path = [{}]}}\n'
        'action = "ignore"\nreason = "no product"\n'
    )
    old, new = (line.format(text).encode() for text in (globs, f'{globs}, "**"'))
    assert SETTINGS.words(old, new) == [
        'policy line 1: action "ignore", as before but for path with ["**"]'
    ]
    assert SETTINGS.words(new, old.replace(b"product", b"secret")) == [
        (
            'policy line 1: action "ignore", as before but for path without ["**"], '
            'reason "no product" → "no secret"'
        )
    ]


def test_a_text_of_a_line_cannot_pass_for_another_part_of_it() -> None:
    reason = 'because\\n\\" → action \\"block'
    line = f'[[policy]]\nmatch = {{rule = "B101"}}\naction = "ignore"\nreason = "{reason}"\n'
    [word] = SETTINGS.words(b"", line.encode())
    assert word.endswith(f'reason "{reason}"')
    [word] = SETTINGS.words(b"", line.replace("because", "why" * 500).encode())
    assert len(word) < 200
    assert "characters)" in word


def test_names_of_bandits_keys_are_told_and_its_texts_are_not() -> None:
    bandit = next(kind for kind in kinds_of("pyproject.toml") if kind.group is Group.FOREIGN)
    new = b'[tool.bandit]\nskips = ["B101", "B301"]\nexclude_dirs = ["hunter2"]\nhunter2 = 1\n'
    assert bandit.words(b"", new) == [
        "exclude_dirs from its default to 1 text",
        "a key from its default to 1",
        'skips from its default to ["B101", "B301"]',
    ]
