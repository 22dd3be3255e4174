"""The sandbox channel is on in these tests, whatever the environment says."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

from kefen.adapters.payments.sandbox.channel import Sandbox
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from tests.webhooks.shop import SLUG, open_shop


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The channel, registered for both ports."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    channel = Sandbox()
    monkeypatch.setitem(registry._payments, "sandbox", channel)
    monkeypatch.setitem(registry._payouts, "sandbox", channel)
    with override_settings(SANDBOX=True, ALLOWED_HOSTS=["*"]):
        yield channel


@pytest.fixture
def shop(institution: InstitutionFacts) -> InstitutionFacts:
    """An open shop; everything is rolled back."""
    open_shop()
    return institution


@pytest.fixture
def own_shop(own_database: str) -> Iterator[InstitutionFacts]:
    """An open shop in a database of its own, where commits are commits. In scope."""
    founded = found_institution(slug=SLUG, name="知行学堂")
    with scope.institution(founded.id):
        open_shop()
        yield founded
