"""Messengers: what is accepted, what is tried again, what never arrives."""

import json
import smtplib
from typing import Any

import httpx
import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import override_settings

from kefen.adapters.messengers.mail import Mail
from kefen.adapters.messengers.relay import Relay
from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.ports.messengers import Medium, Message

TEXT = Message(Medium.PHONE, "13800000001", "知行学堂", "code", "验证码 204816")
LETTER = Message(Medium.EMAIL, "lan@example.org", "Kefen", "Sign-in code", "204816")
IN_MEMORY = "django.core.mail.backends.locmem.EmailBackend"


def relay(answer: Any) -> tuple[Relay, list[httpx.Request]]:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    return Relay("https://relay.example/sms", "t0ken", httpx.MockTransport(handle)), asked


def test_the_relay_gets_the_text_and_the_token() -> None:
    one, asked = relay(202)
    one.send(TEXT)
    assert json.loads(asked[0].content) == {
        "to": "13800000001",
        "sender": "知行学堂",
        "text": "验证码 204816",
    }
    assert asked[0].headers["Authorization"] == "Bearer t0ken"


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_what_the_relay_refuses_never_arrives(status: int) -> None:
    with pytest.raises(ChannelRejected):
        relay(status)[0].send(TEXT)


@pytest.mark.parametrize("answer", [302, 408, 429, 500, 503, httpx.ReadTimeout("slow")])
def test_a_relay_that_is_away_is_asked_again(answer: Any) -> None:
    with pytest.raises(ChannelUnavailable):
        relay(answer)[0].send(TEXT)


def test_a_letter_goes_to_its_address() -> None:
    with override_settings(EMAIL_BACKEND=IN_MEMORY, DEFAULT_FROM_EMAIL="kefen@example.org"):
        mail.outbox = []
        Mail().send(LETTER)
    (sent,) = mail.outbox
    assert (sent.to, sent.from_email) == (["lan@example.org"], "kefen@example.org")
    assert (sent.subject, sent.body) == ("Sign-in code", "204816")


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (smtplib.SMTPRecipientsRefused({}), ChannelRejected),
        (smtplib.SMTPServerDisconnected(), ChannelUnavailable),
        (ConnectionRefusedError(), ChannelUnavailable),
    ],
)
def test_a_server_that_is_away_is_told_from_an_address_that_is_none(
    monkeypatch: pytest.MonkeyPatch, error: Exception, wanted: type[Exception]
) -> None:
    def fail(_: EmailMessage) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", fail)
    with pytest.raises(wanted):
        Mail().send(LETTER)
