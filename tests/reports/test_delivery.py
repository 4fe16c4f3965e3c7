"""Messages to a receiver of this machine that fails, hangs, redirects and is too busy."""

import hashlib
import hmac
import socket
from email.utils import formatdate

import pytest

from tidegate.errors import ExitCode, UsageError
from tidegate.reports.delivery import (
    Message,
    NotDelivered,
    Patience,
    Receiver,
    Target,
    receiver,
    send,
)
from tidegate.tests.reports.receiving import Receiving, Says, receiving

KEY = b"0123456789abcdef0123456789abcdef"
MESSAGE = Message(Target.WEBHOOK, b'{"verdict": "BLOCK"}')
QUICK = Patience(timeout=0.3)
NOW = 1_800_000_000
NAMES = ("URL_NAME", "KEY_NAME")


def sent(
    place: Receiving,
    patience: Patience = QUICK,
    drawn: float = 1.0,
    waits: list[float] | None = None,
) -> list[float]:
    """Send the message; the seconds that were waited between attempts."""
    waits = [] if waits is None else waits
    to = Receiver(place.url, KEY)
    send(MESSAGE, to, patience, sleep=waits.append, draw=lambda: drawn, now=lambda: NOW)
    return waits


def refused(
    place: Receiving,
    patience: Patience = QUICK,
    drawn: float = 1.0,
    waits: list[float] | None = None,
) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        sent(place, patience, drawn, waits)
    assert caught.value.exit_code == ExitCode.INCOMPLETE
    assert "T0KEN" not in str(caught.value)
    return caught.value


def test_a_message_comes_whole_and_signed() -> None:
    with receiving() as place:
        assert sent(place) == []
    (headers,) = place.headers
    assert place.bodies == [MESSAGE.body]
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Tidegate-Delivery"] == MESSAGE.id
    stamp = headers["Tidegate-Timestamp"]
    assert stamp == str(NOW)
    expected = hmac.new(KEY, f"{stamp}.".encode() + MESSAGE.body, hashlib.sha256).hexdigest()
    assert headers["Tidegate-Signature"] == f"sha256={expected}"


def test_without_a_key_nothing_is_signed() -> None:
    with receiving() as place:
        send(Message(Target.SLACK, b"{}"), Receiver(place.url))
    assert "Tidegate-Signature" not in place.headers[0]


@pytest.mark.parametrize("code", [0, 408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_with_the_same_id(code: int) -> None:
    with receiving(Says(code), Says(code), Says(204)) as place:
        assert sent(place) == [1.0, 2.0]
    assert place.bodies == [MESSAGE.body] * 3
    assert {headers["Tidegate-Delivery"] for headers in place.headers} == {MESSAGE.id}


def test_attempts_are_bounded() -> None:
    with receiving(Says(503)) as place:
        failure = refused(place)
    assert len(place.bodies) == 4
    assert "HTTP 503 Service Unavailable, after 4 attempts" in str(failure)
    assert not failure.refused


@pytest.mark.parametrize(("drawn", "expected"), [(0.0, [0.5, 1.0, 2.0]), (0.5, [0.75, 1.5, 3.0])])
def test_waits_grow_and_part_of_each_is_drawn(drawn: float, expected: list[float]) -> None:
    waits: list[float] = []
    with receiving(Says(500)) as place:
        refused(place, QUICK, drawn, waits)
    assert waits == expected


def test_no_wait_is_longer_than_the_longest() -> None:
    waits: list[float] = []
    patience = Patience(attempts=9, first_wait=8.0, longest_wait=20.0)
    with receiving(Says(500)) as place:
        refused(place, patience, waits=waits)
    assert waits == [8.0, 16.0, *[20.0] * 6]


@pytest.mark.parametrize(
    ("retry_after", "waited"),
    [
        ("7", [7.0]),
        ("0", [1.0]),
        (formatdate(NOW + 30, usegmt=True), [30.0]),
        (formatdate(NOW - 30, usegmt=True), [1.0]),
        ("soon", [1.0]),
        ("-5", [1.0]),
        ("²", [1.0]),
    ],
)
def test_retry_after_is_respected(retry_after: str, waited: list[float]) -> None:
    with receiving(Says(429, {"Retry-After": retry_after}), Says()) as place:
        assert sent(place) == waited


@pytest.mark.parametrize("retry_after", ["61", "9" * 4000, formatdate(NOW + 90, usegmt=True)])
def test_who_wants_more_time_than_there_is_is_left_for_later(retry_after: str) -> None:
    with receiving(Says(429, {"Retry-After": retry_after})) as place:
        assert not refused(place).refused
    assert len(place.bodies) == 1


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 413])
def test_a_refusal_is_final(code: int) -> None:
    with receiving(Says(code)) as place:
        assert refused(place).refused
    assert len(place.bodies) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(code: int) -> None:
    with receiving() as other, receiving(Says(code, {"Location": other.url})) as place:
        failure = refused(place)
    assert "redirects are not followed" in str(failure)
    assert (len(place.bodies), other.bodies) == (1, [])


def test_a_receiver_that_hangs_is_given_up() -> None:
    with receiving(Says(after=2.0)) as place:
        failure = refused(place, Patience(attempts=2, timeout=0.2))
    assert "no answer (TimeoutError), after 2 attempts" in str(failure)


def test_nobody_there_is_told_without_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = Receiving(f"http://127.0.0.1:{free.getsockname()[1]}/hook/T0KEN", [])
        assert "127.0.0.1: no answer (ConnectionRefusedError)" in str(refused(place))


def test_what_a_receiver_says_cannot_steer_a_terminal() -> None:
    with receiving(Says(400, reason="\x1b[2J::error::planted " + "m" * 9000)) as place:
        text = str(refused(place))
    assert text.isprintable()
    assert len(text) < 500


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://hooks.example/T0KEN",
        "http://127.0.0.1.example/T0KEN",
        "ftp://127.0.0.1/T0KEN",
        "file:///etc/passwd",
        "https://user:T0KEN@hooks.example/",
        "https:///T0KEN",
        "https://hooks.example/T0KEN\r\nX: y",
        "https://hooks.example/T0 KEN",
        "https://hooks.example:port/T0KEN",
        "https://[T0KEN/",
    ],
)
def test_an_address_that_is_not_safe_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        receiver(url, KEY.decode(), Target.WEBHOOK, variables=NAMES)
    assert "URL_NAME" in str(caught.value)
    assert "T0KEN" not in str(caught.value)


@pytest.mark.parametrize("key", ["", "short-T0KEN"])
def test_a_webhook_needs_a_key_and_slack_none(key: str) -> None:
    with pytest.raises(UsageError, match="KEY_NAME") as caught:
        receiver("https://hooks.example/", key, Target.WEBHOOK, variables=NAMES)
    assert "T0KEN" not in str(caught.value)
    assert receiver("https://hooks.example/", "", Target.SLACK, variables=NAMES).key == b""


def test_neither_address_nor_key_is_in_what_a_record_prints() -> None:
    shown = repr(Receiver("https://hooks.example/T0KEN", KEY))
    assert "T0KEN" not in shown
    assert KEY.decode() not in shown


def test_the_same_message_has_one_id_and_another_another() -> None:
    assert Message(Target.WEBHOOK, MESSAGE.body).id == MESSAGE.id
    assert Message(Target.SLACK, MESSAGE.body).id != MESSAGE.id
    assert Message(Target.WEBHOOK, b"{}").id != MESSAGE.id
