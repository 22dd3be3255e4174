"""Sample screens of a promoter's withdrawals, tax, links, identity and profile."""

from dataclasses import replace
from datetime import date, timedelta

from kefen.faces.web.promoter import payout_screens, screens
from kefen.faces.web.samples.words import ago, ahead, courses, promoter_name, say
from kefen.faces.web.shared.screens import Form, Option, ReceiptScreen, TimelineStep, Window


def account() -> payout_screens.AccountShown:
    """A bank card."""
    bank = say("招商银行", "China Merchants Bank")
    channel = say("银行转账", "Bank transfer")
    return payout_screens.AccountShown(channel, "**** 0016", say("余**", "Y**"), bank, ago(30))


def payout_account() -> payout_screens.PayoutAccountScreen:
    """A card is there; another one is typed, with a mistake, while a withdrawal is under way."""
    wrong = say("卡号有一位数字不对。", "A digit of the card number is wrong.")
    kinds = (
        Option("wechat_pay", say("微信支付", "WeChat Pay")),
        Option("alipay", say("支付宝", "Alipay")),
        Option("stripe", "Stripe"),
        Option("bank", say("银行转账", "Bank transfer")),
    )
    return payout_screens.PayoutAccountScreen(
        "CNY",
        account(),
        kinds,
        "bank",
        typed=True,
        named=True,
        waiting=True,
        form=Form({"kind": "bank"}, {"account": wrong}),
    )


def payout_account_wechat() -> payout_screens.PayoutAccountScreen:
    """Nothing entered, and WeChat does not know him."""
    kinds = payout_account().kinds
    return payout_screens.PayoutAccountScreen("CNY", None, kinds, "wechat_pay", wechat_missing=True)


def payout_account_none() -> payout_screens.PayoutAccountScreen:
    """The school pays nobody out."""
    return payout_screens.PayoutAccountScreen("CNY", None, (), "")


def withdraw() -> payout_screens.WithdrawScreen:
    """Enough to withdraw; one of every state."""
    states: tuple[tuple[str, int | None, int | None, str, int | None], ...] = (
        ("awaiting_confirmation", 0, 50000, "", 21),
        ("requested", None, None, "", None),
        ("succeeded", 4000, 96000, "", None),
        ("failed", 0, 30000, say("收款账户已停用", "The account is closed"), None),
        ("rejected", None, None, say("请先补充身份信息", "Add your identity first"), None),
    )
    return payout_screens.WithdrawScreen(
        "CNY",
        214060,
        1000,
        "wdr_01k9",
        "labour_2018_61",
        214060,
        26812,
        tuple(
            payout_screens.WithdrawalRow(
                f"wdr_01k9m4x7{number}",
                (tax or 0) + (net or 12000),
                state,
                ago(number * 6),
                tax,
                net,
                reason,
                left,
            )
            for number, (state, tax, net, reason, left) in enumerate(states)
        ),
        Window(len(states)),
        account=account(),
        form=Form(
            {},
            {
                "amount": say(
                    "超出可提现金额。请改小一些。", "More than is available. Ask for less."
                )
            },
        ),
    )


def withdraw_short() -> payout_screens.WithdrawScreen:
    """Not enough."""
    return payout_screens.WithdrawScreen("CNY", 680, 1000, "wdr_01", "none", 680, 0, (), Window(0))


def tax_lines() -> payout_screens.TaxLines:
    """800 yuan and 1,340.60 of one month."""
    return payout_screens.TaxLines(
        rule="labour_2018_61",
        period="month",
        amount=134060,
        income_before=80000,
        income=214060,
        expenses=0,
        deduction=80000,
        taxable=134060,
        rate_bps=2000,
        quick_deduction=0,
        due=26812,
        withheld_before=0,
        tax=26812,
        net=107248,
    )


def withdraw_first() -> payout_screens.WithdrawScreen:
    """The first time: the identity is missing."""
    return replace(
        withdraw(),
        withdrawals=(),
        form=Form(),
        identity_missing=True,
        account=None,
        account_missing=True,
        tax=tax_lines(),
    )


def withdrawal() -> payout_screens.WithdrawalScreen:
    """Waiting for the receiver."""
    return payout_screens.WithdrawalScreen(
        currency="CNY",
        number="wdr_01k9m4x70",
        amount=134060,
        state="awaiting_confirmation",
        channel_name=say("微信零钱（沙盒）", "WeChat balance (sandbox)"),
        timeline=(
            TimelineStep("requested", ago(0, 4)),
            TimelineStep("approved", ago(0, 3)),
            TimelineStep("sent", ago(0, 3)),
            TimelineStep("confirm", None, "now"),
            TimelineStep("payout", None, "later"),
        ),
        tax=tax_lines(),
        confirm_url="#confirm",
        confirm_until=ahead(0.9),
        hours_left=21,
    )


def withdrawal_in_wechat() -> payout_screens.WithdrawalScreen:
    """Waiting, to be confirmed inside WeChat."""
    return replace(withdrawal(), confirm_url="", confirm_bridge="{}")


def withdrawal_expired() -> payout_screens.WithdrawalScreen:
    """Nobody confirmed in time."""
    return replace(
        withdrawal(),
        state="expired",
        timeline=(*withdrawal().timeline[:3], TimelineStep("expired", ago(0, 1), "back")),
        confirm_url="",
        confirm_until=None,
        hours_left=None,
        again=True,
        tax=None,
    )


def withdrawal_requested() -> payout_screens.WithdrawalScreen:
    """Not looked at yet; it can be taken back."""
    waiting = (
        TimelineStep("requested", ago(0, 4)),
        TimelineStep("approved", None, "now"),
        TimelineStep("sent", None, "later"),
        TimelineStep("payout", None, "later"),
    )
    return replace(
        withdrawal_expired(), state="requested", timeline=waiting, tax=None, again=False, reason=""
    )


def withdrawal_held() -> payout_screens.WithdrawalScreen:
    """Approved, but the channel's day is full."""
    way = (
        TimelineStep("requested", ago(0, 4)),
        TimelineStep("approved", ago(0, 3)),
        TimelineStep("sent", None, "now"),
        TimelineStep("payout", None, "later"),
    )
    return replace(
        withdrawal_requested(),
        state="approved",
        timeline=way,
        held_until=ahead(0.4),
        tax=tax_lines(),
    )


def wishes() -> payout_screens.WishesScreen:
    """Could agree once."""
    channel = say("微信支付", "WeChat Pay")
    return payout_screens.WishesScreen(
        "CNY", "138****2046", True, "zh-hans", "none", channel_name=channel
    )


def wishes_agreed() -> payout_screens.WishesScreen:
    """Agreed once; no texts."""
    return replace(wishes(), agreement="active", by_phone=False, phone_masked="")


def tax_records() -> payout_screens.TaxScreen:
    """A year with payments."""
    rows = (
        payout_screens.TaxRecord(
            "wdr_01k9m4x72", ago(0), 134060, 26812, 107248, "awaiting_confirmation"
        ),
        payout_screens.TaxRecord("wdr_01k9m4x71", ago(12), 80000, 0, 80000, "succeeded"),
    )
    return payout_screens.TaxScreen(
        "CNY",
        2026,
        "labour_2018_61",
        rows,
        214060,
        26812,
        187248,
        "#csv",
        say("余**", "Y**"),
        "1****************X",
        earlier=2025,
    )


def tax_empty() -> payout_screens.TaxScreen:
    """A year without any."""
    return payout_screens.TaxScreen("CNY", 2025, "none", (), 0, 0, 0, "#csv", later=2026)


def performance() -> screens.PerformanceScreen:
    """A month of clicks."""
    first, titles = date(2026, 10, 24), [one.title for one in courses()]
    wave = (9, 14, 3, 22, 17, 0, 11, 31, 26, 8)
    days = tuple(
        screens.DayFigures(
            first + timedelta(days=number),
            wave[number % 10],
            wave[number % 10] // 8,
            wave[number % 10] // 9,
            wave[number % 10] // 9 * 5980,
        )
        for number in range(30)
    )
    return screens.PerformanceScreen(
        currency="CNY",
        days=30,
        clicks=sum(day.clicks for day in days),
        orders=sum(day.orders for day in days),
        paid=sum(day.paid for day in days),
        income=sum(day.income for day in days),
        links=(
            screens.LinkFigures("link", titles[1], say("朋友圈", "Moments"), 310, 19, 16, 107640),
            screens.LinkFigures("link", "", "", 88, 4, 3, 17940),
            screens.LinkFigures("code", "", "", 0, 2, 1, 5980),
            screens.LinkFigures("binding", "", "", 0, 1, 0, 0),
        ),
        by_day=days,
    )


def performance_empty() -> screens.PerformanceScreen:
    """Nobody came."""
    days = tuple(screens.DayFigures(date(2026, 11, 16 + n), 0, 0, 0, 0) for n in range(7))
    return screens.PerformanceScreen("CNY", 7, 0, 0, 0, 0, (), days)


def identity() -> screens.IdentityScreen:
    """To be declared, with a mistake."""
    wrong = say("身份证号有误，请核对每一位。", "A digit of the ID number is wrong.")
    return screens.IdentityScreen("CNY", form=Form({"real_name": "余晓"}, {"id_number": wrong}))


def identity_declared() -> screens.IdentityScreen:
    """Declared."""
    return screens.IdentityScreen("CNY", say("余**", "Y**"), "1****************X", ago(30))


def receipt() -> ReceiptScreen:
    """The channel's page, waiting."""
    payer = say("知行学堂", "Zhixing School")
    return ReceiptScreen("CNY", "wdr_01k9m4x70", 107248, payer, "waiting", ahead(0.9), "#back")


def receipt_late() -> ReceiptScreen:
    """The channel's page, a day later."""
    return replace(receipt(), state="expired", until=None)


def profile() -> screens.ProfileScreen:
    """我的."""
    return screens.ProfileScreen(
        "CNY",
        promoter_name(),
        "138****2046",
        "XIAOYU",
        "student",
        say("银牌推广员", "Silver"),
        "active",
        ago(420),
        ago(420),
        328645,
        214060,
        "labour_2018_61",
        in_transit=50000,
        payout=account(),
        rules_version=3,
        rules_from=ago(20),
    )


def profile_known() -> screens.ProfileScreen:
    """With an identity, after leaving."""
    known = say("余**", "Y**")
    return replace(
        profile(), state="left", identity_name=known, identity_number="1****************X"
    )
