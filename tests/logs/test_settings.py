"""What the product's own settings let out: loggers, error reports, addresses with tokens."""

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core import mail, signing
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from tests.logs.scan import leaks, told_by

KEPT = "6222021234567890128"


class Ear(logging.Handler):
    """Keeps all that reaches the root."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(told_by(record))


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    ear, root = Ear(), logging.getLogger()
    monkeypatch.setattr(root, "handlers", [ear])
    return ear


def breaks(request: HttpRequest) -> HttpResponse:
    """Fails beside a card number, in a variable and in the form."""
    account = request.POST["account"]
    raise RuntimeError(f"no way for {len(account)} digits")


urlpatterns = [path("breaks", breaks)]


def test_one_handler_serves_all() -> None:
    """Nothing goes by mail, whoever is named in ADMINS."""
    for name in ("django", "django.request", "django.security.DisallowedHost", "kefen.payouts"):
        assert not logging.getLogger(name).handlers
    assert settings.ADMINS == []


@override_settings(
    ROOT_URLCONF="tests.logs.test_settings",
    ADMINS=[("Admin", "admin@example.org")],
    MIDDLEWARE=[],
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
)
def test_an_error_says_where_and_not_what(ear: Ear) -> None:
    mail.outbox = []
    client = Client(raise_request_exception=False)
    answer = client.post("/breaks", {"account": KEPT})
    assert answer.status_code == 500
    assert KEPT not in answer.content.decode()
    assert mail.outbox == []
    (told,) = (one for one in ear.heard if one.startswith("django.request"))
    assert "no way for 19 digits" in told
    assert leaks(told) == []


@pytest.mark.parametrize("behind", ["/", ")", "/x"])
def test_no_link_that_signs_in_is_logged(ear: Ear, behind: str) -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    token = signing.dumps({"user": "somebody"}, salt="sign-in")
    answer = Client(HTTP_HOST="127.0.0.1").get(f"/sign-in/{token}{behind}")
    assert answer.status_code in {400, 403, 404, 410}
    assert [one for one in ear.heard if token in one] == []
    assert any("/sign-in/***" in one for one in ear.heard)


@pytest.mark.parametrize("name", ["httpx", "httpcore"])
def test_addresses_that_are_asked_are_not_logged(name: str) -> None:
    """WeChat wants openids and the secret of its app in them."""
    assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING


def test_urllib3_logs_neither_queries_nor_persons(ear: Ear) -> None:
    """By its own words for a request and for one that it tries again."""
    pool = logging.getLogger("urllib3.connectionpool")
    path = "/v3/billdownload/file?token=0123456789abcdef&tar_type=gzip"
    pool.debug('%s://%s:%s "%s %s %s" %s %s', "http", "host", 80, "GET", path, "HTTP/1.1", 200, 9)
    pool.warning("Retrying (%r) after connection broken by '%r': %s", 1, TimeoutError(), path)
    assert len(ear.heard) == 2
    assert all("/v3/billdownload/file?***" in one for one in ear.heard)
    path = "/v1/accounts/acct_1OnlyTest000000001"
    pool.debug('%s://%s:%s "%s %s %s" %s %s', "http", "host", 80, "GET", path, "HTTP/1.1", 200, 9)
    assert "/v1/accounts/acct_***" in ear.heard[-1]
    assert [found for one in ear.heard for found in leaks(one)] == []
