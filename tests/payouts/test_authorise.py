"""Agreeing once: payouts carry the word, and when it is taken back the receiver confirms again."""

import pytest

from kefen.core.errors import NotOffered
from kefen.payouts import actions
from kefen.payouts.models import PayoutAuthorisation
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM, Actor, ActorKind
from kefen.ports import registry
from kefen.ports.payouts import Authorisation
from tests.merchants.channels import has_account
from tests.orders.school import ask, come_by, mature, open_school, sell, unchanged
from tests.payouts.channels import Agreements, Recorder

ME = Actor(ActorKind.PROMOTER)


@pytest.fixture(autouse=True)
def alipay(institution: object, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    channel = Recorder("alipay")
    monkeypatch.setattr(registry, "_payouts", {"alipay": channel})
    has_account("alipay")
    actions.set_account("yu", "alipay", account="yu@example.org", name="于小鱼")
    return channel


@pytest.fixture
def agreements(monkeypatch: pytest.MonkeyPatch) -> Agreements:
    found = Agreements("alipay")
    monkeypatch.setattr(registry, "_authorised", {"alipay": found})
    return found


def pay(number: str) -> None:
    ask(number, 10_000)
    actions.approve(number)
    actions.send(number)


def agree(agreements: Agreements) -> PayoutAuthorisation:
    assert actions.ask_authorisation("yu", actor=ME) == "https://channel.example/agree"
    row = PayoutAuthorisation.objects.exclude(state="ended").get()
    agreements.answers[row.number] = Authorisation(active=True, number="auth-1")
    actions.refresh_authorisations()
    row.refresh_from_db()
    return row


def test_where_the_channel_has_none_it_is_not_offered() -> None:
    with unchanged(), pytest.raises(NotOffered):
        actions.ask_authorisation("yu", actor=ME)


def test_it_is_asked_once_and_counts_when_the_channel_says_so(
    alipay: Recorder, agreements: Agreements
) -> None:
    actions.ask_authorisation("yu", actor=ME)
    actions.ask_authorisation("yu", actor=ME)
    assert len(agreements.asked) == 1
    pay("W1")
    row = agree(agreements)
    assert (row.state, row.channel_number, row.url) == ("active", "auth-1", "")
    assert actions.ask_authorisation("yu", actor=ME) == ""
    pay("W2")
    assert [(one.withdrawal, one.authorisation) for one in alipay.asked] == [
        ("W1", ""),
        ("W2", "auth-1"),
    ]
    actions.end_authorisation(row.promoter_id, "alipay", actor=ME)
    pay("W3")
    assert alipay.asked[-1].authorisation == ""
    verbs = Record.objects.filter(verb__startswith="payout_authorisation").order_by("id")
    assert [verb.rsplit(".")[1] for verb in verbs.values_list("verb", flat=True)] == [
        *("asked", "active", "ended")
    ]


def test_taken_back_at_the_channel_the_same_number_is_confirmed_as_before(
    alipay: Recorder, agreements: Agreements
) -> None:
    row = agree(agreements)
    alipay.refuses_authorisations = True
    agreements.answers[row.number] = Authorisation(active=False)
    pay("W1")
    assert [(one.withdrawal, one.authorisation) for one in alipay.asked] == [("W1", "")]
    row.refresh_from_db()
    assert row.state == "ended"


def test_a_word_for_one_account_is_none_for_another(
    alipay: Recorder, agreements: Agreements
) -> None:
    agree(agreements)
    actions.set_account("yu", "alipay", account="other@example.org", name="于小鱼")
    pay("W1")
    assert alipay.asked[-1].authorisation == ""
    assert actions.ask_authorisation("yu", actor=ME)
    states = PayoutAuthorisation.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["ended", "asked"]


def test_what_was_never_accepted_in_time_ends(agreements: Agreements) -> None:
    actions.ask_authorisation("yu", actor=ME)
    agreements.asked.clear()
    actions.refresh_authorisations(actor=SYSTEM)
    assert PayoutAuthorisation.objects.get().state == "ended"
