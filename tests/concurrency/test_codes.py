"""Guessing and asking many times at one instant: neither gets further than one after the other."""

from kefen.core.errors import CodeRefused
from kefen.platform import clock
from kefen.platform.identity import codes, proofs
from kefen.platform.identity.actions import account_with_phone
from kefen.platform.identity.models import Account, OneTimeCode, User
from kefen.ports import registry
from kefen.ports.messengers import Medium
from tests.concurrency.racing import codes as refusals
from tests.concurrency.racing import race
from tests.identity.test_codes import PHONE, Recorder, asked, request, wrong


def test_guessing_at_once_is_counted_one_by_one(committed_institution, monkeypatch):
    recorder = Recorder()
    monkeypatch.setitem(registry._messengers, Medium.PHONE, recorder)
    code_id, code = asked(committed_institution.id, recorder)

    answers = race([lambda: codes.use(code_id, wrong(code))] * 40)

    assert all(isinstance(answer, CodeRefused) for answer in answers)
    assert OneTimeCode.objects.get().attempts == codes.ATTEMPTS


def test_a_code_typed_many_times_at_once_opens_once(committed_institution, monkeypatch):
    recorder = Recorder()
    monkeypatch.setitem(registry._messengers, Medium.PHONE, recorder)
    code_id, code = asked(committed_institution.id, recorder)

    answers = race([lambda: codes.use(code_id, code)] * 20)

    assert answers.count(PHONE) == 1
    assert refusals(answers) == ["code_refused"] * 19


def test_asking_many_times_at_once_sends_one(committed_institution, monkeypatch):
    monkeypatch.setitem(registry._messengers, Medium.PHONE, Recorder())

    answers = race([lambda: codes.ask(request(committed_institution.id))] * 20)

    assert refusals(answers) == ["too_often"] * 19
    assert OneTimeCode.objects.count() == 1


def test_one_origin_asking_for_many_at_once_stays_within_its_limit(
    committed_institution, monkeypatch
):
    monkeypatch.setitem(registry._messengers, Medium.PHONE, Recorder())
    most = codes.FROM_ONE_ORIGIN[0].number
    place = committed_institution.id

    answers = race(
        [lambda n=n: codes.ask(request(place, recipient=f"1370000{n:04}")) for n in range(most + 9)]
    )

    assert refusals(answers) == ["too_often"] * 9
    assert OneTimeCode.objects.filter(created_at__lte=clock.now()).count() == most


def test_signing_in_twice_at_once_makes_one_user(committed_institution):
    account = account_with_phone(PHONE)

    users = race([lambda: proofs.user_of(account.id).pk] * 12)

    assert len(set(users)) == 1
    assert User.objects.filter(handle__startswith="student-").count() == 1


def test_one_openid_at_once_is_one_account(committed_institution):
    answers = race([lambda: proofs.account_with_openid("wx1", "o1").id] * 12)

    assert len(set(answers)) == 1
    assert Account.objects.count() == 1
