"""One-time codes: what they open, how often, how long, and what the table tells a thief."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from kefen.core.errors import CodeRefused, NotOffered, TooOften
from kefen.platform import clock
from kefen.platform.identity import codes
from kefen.platform.identity.models import OneTimeCode
from kefen.platform.identity.personal import PLATFORM
from kefen.platform.identity.tasks import send_code
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.messengers import Medium, Message

PHONE = "13800000001"
NOW = clock.now()


class Recorder:
    """A messenger that remembers."""

    name, mailbox = "recorder", ""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


@pytest.fixture(autouse=True)
def messenger(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    one = Recorder()
    for medium in Medium:
        monkeypatch.setitem(registry._messengers, medium, one)
    return one


def request(place: UUID, **other: object) -> codes.CodeRequest:
    wanted = {
        "place": place,
        "medium": Medium.PHONE,
        "recipient": PHONE,
        "origin": "192.0.2.1",
        "sender": "知{行}学堂\n",
        "subject": "code",
        "words": "{知行}: {code}",
    }
    return codes.CodeRequest(**(wanted | other))  # type: ignore[arg-type]


def digits(messenger: Recorder) -> str:
    found = re.search(r"\d{6}", messenger.sent[-1].text)
    assert found is not None
    return found[0]


def asked(place: UUID, messenger: Recorder, **other: object) -> tuple[UUID, str]:
    code_id = codes.ask(request(place, **other))
    send_code(str(code_id))
    return code_id, digits(messenger)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_proves_the_number_once(institution: InstitutionFacts, messenger: Recorder) -> None:
    code_id, code = asked(institution.id, messenger)
    assert messenger.sent[0].to == PHONE
    assert messenger.sent[0].text.startswith("{知行}: ")
    assert codes.use(code_id, code) == PHONE
    with pytest.raises(CodeRefused):
        codes.use(code_id, code)


def test_five_wrong_ones_and_the_right_one_is_refused_too(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    code_id, code = asked(institution.id, messenger)
    for _ in range(codes.ATTEMPTS):
        with pytest.raises(CodeRefused):
            codes.use(code_id, wrong(code))
    with pytest.raises(CodeRefused):
        codes.use(code_id, code)
    assert OneTimeCode.objects.get().attempts == codes.ATTEMPTS


def test_the_fifth_attempt_may_still_be_right(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    code_id, code = asked(institution.id, messenger)
    for _ in range(codes.ATTEMPTS - 1):
        with pytest.raises(CodeRefused):
            codes.use(code_id, wrong(code))
    assert codes.use(code_id, code) == PHONE


@pytest.mark.parametrize(("after", "opens"), [(599, True), (600, False)])
def test_ten_minutes_to_the_second(
    institution: InstitutionFacts, messenger: Recorder, after: int, opens: bool
) -> None:
    with clock.at(NOW):
        code_id, code = asked(institution.id, messenger)
    with clock.at(NOW + timedelta(seconds=after)):
        if opens:
            assert codes.use(code_id, code) == PHONE
        else:
            with pytest.raises(CodeRefused):
                codes.use(code_id, code)


@pytest.mark.parametrize("typed", ["", "0", "٠٠٠٠٠٠", "0000000", "'; --", "x" * 500])
def test_what_is_no_code_opens_nothing(
    institution: InstitutionFacts, messenger: Recorder, typed: str
) -> None:
    code_id, _ = asked(institution.id, messenger)
    with pytest.raises(CodeRefused):
        codes.use(code_id, typed)
    with pytest.raises(CodeRefused):
        codes.use(uuid4(), typed)


def test_another_code_s_digits_open_nothing(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    first, code = asked(institution.id, messenger)
    second, other = asked(institution.id, messenger, recipient="13800000002")
    if code != other:
        with pytest.raises(CodeRefused):
            codes.use(second, code)
    assert codes.use(first, code) == PHONE


def test_the_table_holds_neither_number_nor_code(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    code_id = codes.ask(request(institution.id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM identity_onetimecode c")
        ((row,),) = cursor.fetchall()
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        ((job,),) = cursor.fetchall()
    send_code(str(code_id))
    code = digits(messenger)
    for text in (PHONE, code):
        assert text not in bytes.fromhex("".join(re.findall(r"\\\\x([0-9a-f]*)", row))).decode(
            "latin-1"
        )
        assert text not in job
    stored = OneTimeCode.objects.get()
    assert bytes(stored.letter) == b""
    codes.use(code_id, code)
    stored.refresh_from_db()
    assert bytes(stored.recipient) == b""


def test_it_is_sent_once_however_often_the_job_runs(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    code_id, _ = asked(institution.id, messenger)
    send_code(str(code_id))
    assert len(messenger.sent) == 1


def test_what_is_too_old_is_not_sent(institution: InstitutionFacts, messenger: Recorder) -> None:
    with clock.at(NOW - codes.GOOD_FOR):
        code_id = codes.ask(request(institution.id))
    with clock.at(NOW):
        send_code(str(code_id))
    assert messenger.sent == []


def test_nobody_known_gets_nothing_and_the_answer_is_the_same(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    code_id = codes.ask(request(PLATFORM, medium=Medium.EMAIL, recipient="a@b.cn", known=False))
    send_code(str(code_id))
    assert messenger.sent == []
    with pytest.raises(TooOften):
        codes.ask(request(PLATFORM, medium=Medium.EMAIL, recipient="a@b.cn", known=False))


def ask_at(place: UUID, seconds: float, **other: object) -> None:
    with clock.at(NOW + timedelta(seconds=seconds)):
        codes.ask(request(place, **other))


def test_one_receiver_a_minute_five_an_hour_ten_a_day(institution: InstitutionFacts) -> None:
    place = institution.id
    ask_at(place, 0)
    with pytest.raises(TooOften) as refused:
        ask_at(place, 59)
    assert refused.value.params == {"minutes": 1}
    for number in range(1, 5):
        ask_at(place, 60 * number, origin=f"192.0.2.{number}")
    with pytest.raises(TooOften) as refused:
        ask_at(place, 300)
    assert refused.value.params == {"minutes": 55}
    for number in range(5):
        ask_at(place, 3700 + 60 * number)
    with pytest.raises(TooOften):
        ask_at(place, 80_000)
    ask_at(place, 86_400)
    assert OneTimeCode.objects.count() == 11


def test_one_origin_cannot_try_all_numbers(institution: InstitutionFacts) -> None:
    most = codes.FROM_ONE_ORIGIN[0].number
    for number in range(most):
        ask_at(institution.id, 0, recipient=f"1380000{number:04}")
    with pytest.raises(TooOften):
        ask_at(institution.id, 1, recipient="13900000000")
    ask_at(institution.id, 1, recipient="13900000000", origin="192.0.2.2")
    assert OneTimeCode.objects.count() == most + 1


def test_one_number_at_two_institutions_is_two(
    institution: InstitutionFacts, messenger: Recorder
) -> None:
    other = found_institution(slug="other", name="Other")
    code_id, code = asked(institution.id, messenger)
    asked(other.id, messenger)  # not too often: nobody there knows of the first
    first, second = OneTimeCode.objects.order_by("id")
    assert bytes(first.target) != bytes(second.target)
    assert bytes(first.asked_from) != bytes(second.asked_from)
    with scope.institution(other.id):
        assert codes.use(code_id, code) == PHONE


def test_without_a_messenger_it_is_not_offered(
    institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(registry._messengers, Medium.PHONE)
    with pytest.raises(NotOffered):
        codes.ask(request(institution.id))
    assert not OneTimeCode.objects.exists()


def test_old_ones_are_forgotten(institution: InstitutionFacts) -> None:
    ask_at(institution.id, -codes.KEPT.total_seconds() - 1)
    ask_at(institution.id, 0)
    with clock.at(NOW):
        assert codes.tidy() == 1
    assert OneTimeCode.objects.count() == 1
