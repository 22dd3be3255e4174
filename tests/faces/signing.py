"""How people sign in, in tests of views: the job runs, the message is read."""

import re

from django.http import HttpResponse
from django.test import Client

from kefen.adapters.messengers.outbox.models import SentMessage
from kefen.platform.identity.models import OneTimeCode
from kefen.platform.identity.tasks import send_code
from tests.faces.school import School

PHONE = "13800000001"


def read_code() -> str:
    """The digits of the newest code, delivered."""
    newest = OneTimeCode.objects.order_by("-id").first()
    assert newest is not None
    send_code(str(newest.id))
    message = SentMessage.objects.order_by("-id").first()
    assert message is not None
    found = re.search(r"\d{6}", message.text)
    assert found is not None
    return found[0]


def ask_code(school: School, browser: Client, phone: str = PHONE, **form: str) -> HttpResponse:
    """Ask for a code; answers the form's answer."""
    values = {"phone": phone, **form}
    return browser.post(school.at("sign-in"), values)  # type: ignore[return-value]


def type_code(school: School, browser: Client, code: str) -> HttpResponse:
    """Type a code; answers the form's answer."""
    return browser.post(school.at("sign-in/code"), {"code": code})  # type: ignore[return-value]


def sign_in_by_phone(
    school: School, browser: Client, phone: str = PHONE, **form: str
) -> HttpResponse:
    """The whole way; answers where it led."""
    assert ask_code(school, browser, phone, **form).status_code == 302
    answer = type_code(school, browser, read_code())
    assert answer.status_code == 302, answer.content.decode()
    return answer


def signed_in(browser: Client) -> bool:
    """Is anybody signed in on this browser?"""
    return "_auth_user_id" in browser.session
