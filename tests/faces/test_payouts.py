"""Paying out on pages: batches, bank files, settings, the report, and what a promoter does."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from kefen.commissions import actions as commissions
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import PolicyFacts, RequestWithdrawal
from kefen.payouts.exports import income_report, income_report_full, tax_year
from kefen.payouts.models import PayoutAccount, PayoutAuthorisation, PayoutBatch
from kefen.payouts.queries import arrangements, by_number
from kefen.payouts.queries import batches as batch_queries
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports.models import Export
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Membership, Role, User
from kefen.ports import registry
from kefen.promoters.queries import by_code
from tests.faces.school import School, token_in
from tests.faces.test_every_page import counted
from tests.payouts.channels import Agreements


@pytest.fixture
def rich(school: School) -> School:
    """Three withdrawals that wait."""
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy(phone="13700000001")
        school.buy(phone="13700000002")
    commissions.mature(clock.now())
    for number in ("w1", "w2", "w3"):
        payouts.request(RequestWithdrawal(number, "yu", 20_00, clock.now()))
    return school


def html(answer: HttpResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def confirm(school: School, client: Client, **chosen: object) -> dict[str, object]:
    """The confirmation's form."""
    page = html(client.post(school.at("payouts/choose", "o"), chosen))
    return {
        **{name: token_in(page, name) for name in ("number", "count", "amount")},
        "withdrawal": [n for n in ("w1", "w2", "w3") if f'value="{n}"' in page],
    }


def to_banks(school: School) -> None:
    payouts.set_policy(PolicyFacts(bank_files=True), actor=SYSTEM)
    card = "6222021234567894"
    payouts.set_account("yu", "bank", account=card, name="于小鱼", bank_name="招商银行")
    for number in ("w1", "w2"):
        payouts.approve_and_send(number)


def test_a_batch_is_confirmed_by_number_and_sum_and_sent_twice_it_is_one(rich: School) -> None:
    owner = rich.as_("owner")
    form = confirm(rich, owner, withdrawal=["w1", "w3"])
    assert (form["count"], form["amount"], form["withdrawal"]) == ("2", "4000", ["w1", "w3"])
    assert by_number("w1").state == "requested"
    for _ in range(2):
        answer = owner.post(rich.at("payouts/begin", "o"), form)
        assert answer["Location"].endswith(f"/payouts/batches/{form['number']}")
    page = html(owner.get(answer["Location"]))
    assert "data-moving" in page
    payouts.run_batch(str(form["number"]))
    assert [by_number(n).state for n in ("w1", "w2", "w3")] == ["approved", "requested", "approved"]
    assert PayoutBatch.objects.count() == 1
    html(owner.get(rich.at("payouts", "o")))


def test_all_that_wait_and_what_changed_meanwhile(rich: School) -> None:
    owner = rich.as_("owner")
    form = confirm(rich, owner, all="1")
    assert form["count"] == "3"
    payouts.cancel("w2")
    page = html(owner.post(rich.at("payouts/begin", "o"), form), 422)
    assert token_in(page, "count") == "2"
    assert PayoutBatch.objects.count() == 0
    assert owner.post(rich.at("payouts/choose", "o"), {}).status_code == 302
    broken = {**form, "amount": "-1"}
    html(owner.post(rich.at("payouts/begin", "o"), broken), 422)


def test_a_batch_is_stopped(rich: School) -> None:
    owner = rich.as_("owner")
    form = confirm(rich, owner, all="1")
    owner.post(rich.at("payouts/begin", "o"), form)
    owner.post(rich.at(f"payouts/batches/{form['number']}/stop", "o"))
    payouts.run_batch(str(form["number"]))
    assert by_number("w1").state == "requested"


def test_the_second_person_sees_who_was_first(rich: School) -> None:
    payouts.set_policy(PolicyFacts(two_persons_from=20_00), actor=SYSTEM)
    address = rich.at("withdrawals/w1/decide", "o")
    owner, finance = rich.as_("owner"), rich.as_("finance")
    owner.post(address, {"decision": "approve"})
    assert by_number("w1").state == "requested"
    html(owner.post(address, {"decision": "approve"}), 422)
    assert "成员 owner" in html(finance.get(rich.at("withdrawals", "o")))
    finance.post(address, {"decision": "approve"})
    assert by_number("w1").state == "approved"


def test_the_second_person_sees_the_account_that_the_first_one_approved(rich: School) -> None:
    to_banks(rich)
    payouts.set_policy(PolicyFacts(two_persons_from=1, bank_files=True), actor=SYSTEM)
    rich.as_("owner").post(rich.at("withdrawals/w3/decide", "o"), {"decision": "approve"})
    other = {"account": "4111111111111111", "name": "于小鱼", "bank_name": "工商银行"}
    payouts.set_account("yu", "bank", **other)
    page = html(rich.as_("finance").get(rich.at("withdrawals?state=requested", "o")))
    assert "7894" in page
    assert "1111" not in page
    account = PayoutAccount.objects.get()
    account.kind = "sandbox"
    account.save(update_fields=["kind"])
    batch = html(rich.as_("finance").post(rich.at("payouts/choose", "o"), {"withdrawal": ["w3"]}))
    assert "银行转账" in batch


def test_a_looser_threshold_waits_for_somebody_else(rich: School) -> None:
    owner, operator = rich.as_("owner"), rich.as_("operator")
    address = rich.at("payouts/settings", "o")
    policy = {
        "part": "policy",
        "two_persons_from": "20",
        "bank_encoding": "gb18030",
        "column": ["number", "account", "amount"],
    }
    operator.post(address, policy)
    operator.post(address, {**policy, "two_persons_from": "9000"})
    assert arrangements.policy().two_persons_from == 20_00
    mine, theirs = html(operator.get(address)), html(owner.get(address))
    assert "成员 operator" in mine
    assert 'value="confirm"' not in mine
    assert 'value="confirm"' in theirs
    yes = {"part": "loosening", "decision": "confirm", "amount": "900000"}
    html(operator.post(address, yes), 422)
    assert rich.as_("finance").post(address, yes).status_code == 403
    html(owner.post(address, {**yes, "amount": "1"}), 409)
    html(owner.post(address, {**yes, "decision": "perhaps"}), 422)
    assert arrangements.policy().two_persons_from == 20_00
    assert owner.post(address, yes).status_code == 302
    assert arrangements.policy().two_persons_from == 900_000
    owner.post(address, {**policy, "two_persons_from": ""})
    assert owner.post(address, {"part": "loosening", "decision": "withdraw"}).status_code == 302
    assert "待第二人确认" not in html(owner.get(address))


def test_whoever_is_alone_reads_how_a_second_person_comes_in(
    rich: School,
) -> None:
    owner, address = rich.as_("owner"), rich.at("payouts/settings", "o")
    policy = {
        "part": "policy",
        "two_persons_from": "20",
        "bank_encoding": "gb18030",
        "column": ["number", "account", "amount"],
    }
    owner.post(address, policy)
    Membership.objects.filter(user_id=rich.users["operator"].id).update(role=Role.FINANCE.value)
    owner.post(address, {**policy, "two_persons_from": "9000"})
    assert "目前没有其他人可以确认" in owner.session["notice"]["text"]
    assert arrangements.policy().two_persons_from == 20_00
    page = html(owner.get(address))
    assert 'id="second-person"' in page
    assert rich.at("team", "o") in page
    assert 'value="confirm"' not in page
    # The rule stays what it is: whoever proposed it does not confirm it.
    html(owner.post(address, {"part": "loosening", "decision": "confirm", "amount": "900000"}), 422)
    assert arrangements.policy().two_persons_from == 20_00
    # Somebody is let in as the page says, and confirms.
    out = io.StringIO()
    call_command("member", rich.facts.slug, "second", "operator", "--name", "何一鸣", stdout=out)
    assert f"next=/o/{rich.facts.slug}/" in out.getvalue()
    page = html(owner.get(address))
    assert 'id="second-person"' not in page
    rich.users["second"] = User.objects.get(handle="second")
    second = rich.as_("second")
    yes = {"part": "loosening", "decision": "confirm", "amount": "900000"}
    assert second.post(address, yes).status_code == 302
    assert arrangements.policy().two_persons_from == 900_000
    assert Record.objects.filter(verb="member.let_in").count() == 1


def test_a_bank_file_on_pages(rich: School) -> None:
    to_banks(rich)
    owner = rich.as_("owner")
    page = html(owner.get(rich.at("payouts", "o")))
    number = token_in(page, "number")
    owner.post(rich.at("payouts/files", "o"), {"number": number})
    payouts.fill_bank_file(number)
    file = rich.at(f"payouts/files/{number}", "o")
    assert "6222021234567894" not in html(owner.get(file))
    answer = owner.post(f"{file}/download")
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[5] for row in rows[1:]] == ["w1", "w2"]
    assert owner.post(f"{file}/download").status_code == 302
    owner.post(f"{file}/again")
    assert owner.post(f"{file}/download").content == answer.content
    html(owner.post(f"{file}/rows/w1", {"decision": "returned"}), 422)
    sent = SimpleUploadedFile("r.csv", "商户流水号,结果\nw1,成功\n".encode())
    assert owner.post(f"{file}/results", {"results": sent}).status_code == 302
    payouts.settle_bank_file(number)
    owner.post(f"{file}/rows/w2", {"decision": "returned", "reason": "销户"})
    assert (by_number("w1").state, by_number("w2").state) == ("succeeded", "failed")
    html(owner.post(f"{file}/results", {}), 422)
    nonsense = SimpleUploadedFile("r.csv", b"\x00\x01")
    html(owner.post(f"{file}/results", {"results": nonsense}), 422)


def test_settings_are_saved_part_by_part_or_refused_beside_the_field(rich: School) -> None:
    owner, address = rich.as_("owner"), rich.at("payouts/settings", "o")
    policy = {
        "part": "policy",
        "two_persons_from": "5000",
        "bank_encoding": "gb18030",
        "column": ["number", "account", "amount"],
    }
    owner.post(address, policy)
    assert arrangements.policy() == PolicyFacts(
        500_000, bank_encoding="gb18030", bank_columns=("number", "account", "amount")
    )
    limits = {"part": "limits", "channel": "wechat_pay", "least": "0.10", "most": "300"}
    owner.post(address, limits)
    assert arrangements.channel_limits("wechat_pay").most == 300_00
    today = clock.now().astimezone(rich.facts.zone).date()
    owner.post(address, {"part": "tax", "rule": "none", "effective_on": today.isoformat()})
    assert arrangements.tax_rule_now().value == "none"
    yesterday = (today - timedelta(days=1)).isoformat()
    for wrong in (
        {**policy, "two_persons_from": "many"},
        {**policy, "column": ["serial"]},
        {**limits, "most": "0.01"},
        {"part": "tax", "rule": "none", "effective_on": yesterday},
        {"part": "tax", "rule": "none", "effective_on": "soon"},
        {"part": "other"},
    ):
        html(owner.post(address, wrong), 422)
    assert rich.as_("finance").post(address, policy).status_code == 403
    html(rich.as_("read_only").get(address))


def test_the_report_is_full_only_for_who_may(rich: School) -> None:
    payouts.approve("w1")
    payouts.approve("w2")
    payouts.cancel("w2")
    now = clock.now().astimezone(rich.facts.zone)
    quarter = f"{now.year}-Q{(now.month + 2) // 3}"
    address = rich.at("payouts/report", "o")
    assert rich.as_("operator").post(address, {"quarter": quarter}).status_code == 302
    full = {"quarter": quarter, "full": "1"}
    assert rich.as_("operator").post(address, full).status_code == 403
    assert rich.as_("finance").post(address, full).status_code == 302
    assert rich.as_("finance").post(address, {"quarter": "now"}).status_code == 422
    kinds = Export.objects.order_by("asked_at").values_list("kind", flat=True)
    assert list(kinds) == ["income_report", "income_report_full"]
    (row,) = income_report_full({"quarter": quarter}).rows
    tail = (20_00, 0, 0, 20_00, 1)
    assert row == (quarter, "yu", "于小鱼", "11010519491231002X", *tail)
    (row,) = income_report({"quarter": quarter}).rows
    assert row == (quarter, "yu", "于**", "1****************X", *tail)
    assert list(income_report({"quarter": "2001-Q1"}).rows) == []


def test_a_promoter_s_year_is_his_own(rich: School) -> None:
    payouts.approve("w1")
    me = rich.as_("promoter")
    assert me.post(rich.at("tax/file", "p"), {"format": "xlsx"}).status_code == 302
    asked = Export.objects.get()
    assert (asked.party, asked.kind, asked.format) == ("promoter:yu", "tax_year", "xlsx")
    ((_, number, gross, tax, net, _),) = tax_year(asked.parameters).rows
    assert (number, gross, tax, net) == ("w1", 20_00, 0, 20_00)


def test_a_promoter_agrees_once_or_not(rich: School, monkeypatch: pytest.MonkeyPatch) -> None:
    me, address = rich.as_("promoter"), rich.at("payout-wishes", "p")
    assert "一次授权" not in html(me.get(address))
    html(me.post(f"{address}/agree"), 422)
    agreements = Agreements("sandbox")
    monkeypatch.setattr(registry, "_authorised", {"sandbox": agreements})
    assert "一次授权" in html(me.get(address))
    assert me.post(f"{address}/agree")["Location"] == "https://channel.example/agree"
    me.post(f"{address}/end")
    assert PayoutAuthorisation.objects.get().state == "ended"
    me.post(address, {"language": "en"})
    assert arrangements.telling_of(by_code("yu").id).language == "en"
    assert not arrangements.telling_of(by_code("yu").id).by_phone


def test_only_the_own_withdrawal_that_waits_is_taken_back(rich: School) -> None:
    me = rich.as_("promoter")
    assert me.post(rich.at("withdraw/w1/take-back", "p")).status_code == 409
    assert me.post(rich.at("withdraw/nobody/take-back", "p")).status_code == 404
    owner = rich.as_("owner")
    assert owner.post(rich.at("withdrawals/w1/take-back", "o")).status_code == 409


def test_pages_ask_as_much_for_many_rows_as_for_few(rich: School) -> None:
    owner = rich.as_("owner")
    to_banks(rich)
    payouts.begin_bank_file("f", actor=SYSTEM)
    payouts.fill_bank_file("f")
    form = confirm(rich, owner, all="1")
    owner.post(rich.at("payouts/begin", "o"), form)
    pages = ("payouts", "payouts/files/f", f"payouts/batches/{form['number']}", "payouts/settings")
    few = [counted(owner, rich.at(page, "o")) for page in pages]
    for number in range(12):
        payouts.request(RequestWithdrawal(f"x{number}", "yu", 1_00 * 10, clock.now()))
        payouts.cancel(f"x{number}")
    assert [counted(owner, rich.at(page, "o")) for page in pages] == few
    assert max(few) <= 24, few
    assert batch_queries.batch(str(form["number"])).total == 1
