"""Sample screens of batches, bank files and payout settings."""

from dataclasses import replace
from datetime import date

from kefen.faces.web.operator import payout_screens as screens
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.screens import Form, Option, Window


def confirm() -> screens.ConfirmScreen:
    """Three hundred, some of which need two persons."""
    channels = (("bank", 20, 1_280_000), ("wechat_pay", 280, 8_120_050))
    numbers = ("wdr_01k9m4x70", "wdr_01k9m4x71")
    return screens.ConfirmScreen("CNY", "bat_01", numbers, 300, 9_400_050, channels, two_persons=4)


def _batch() -> screens.BatchRow:
    return screens.BatchRow(
        "bat_01k9m4x7",
        ago(0, 1),
        300,
        9_400_050,
        waiting=118,
        halved=4,
        refused=2,
        on_way=31,
        held=12,
        paid=131,
        came_back=2,
    )


def batch() -> screens.BatchScreen:
    """Under way, with something to look at."""
    why = say(
        "单笔到账达到 ¥2,000.00 时渠道要求收款人真实姓名，这笔 ¥2,140.60 没有。"
        "请推广员先填写实名或账户姓名。",
        "From ¥2,000.00 on the channel wants the receiver's real name, and there is none.",
    )
    shown = (("refused", "requested", why), ("halved", "requested", ""), ("done", "sent", ""))
    rows = tuple(
        screens.ItemRow(f"wdr_01k9m4x7{n}", name, code, 214060, *found)
        for n, ((code, name), found) in enumerate(zip(people(), shown, strict=False))
    )
    return screens.BatchScreen("CNY", _batch(), rows, Window(300, later="after=W10"), moving=True)


def batch_ended() -> screens.BatchScreen:
    """Worked through."""
    ended = replace(
        _batch(), waiting=0, refused=0, halved=0, held=0, on_way=0, paid=298, ended=True
    )
    return replace(batch(), batch=ended, items=batch().items[2:], moving=False)


def _file() -> screens.BankFileRow:
    return screens.BankFileRow("bkf_01k9m4x7", ago(0, 2), 20, 20, 3, ready=True)


def payouts() -> screens.PayoutsScreen:
    """Some of each."""
    quarters = (Option("2026-Q4", "2026-Q4"), Option("2026-Q3", "2026-Q3"))
    filling = replace(_file(), number="bkf_01k9m4x8", count=7, open=7, ready=False)
    return screens.PayoutsScreen(
        "CNY", (_batch(),), (filling, _file()), 12, "bkf_02", quarters, moving=True
    )


def payouts_empty() -> screens.PayoutsScreen:
    """Nothing yet."""
    return screens.PayoutsScreen(
        "CNY", (), (), 0, "bkf_02", (Option("2026-Q4", "2026-Q4"),), bank_files=False
    )


def bank_file() -> screens.BankFileScreen:
    """Ready; one row was to be sent back without a reason."""
    bank = say("招商银行 **** 7894", "China Merchants Bank **** 7894")
    rows = tuple(
        screens.PaymentRow(
            f"wdr_01k9m4x7{n}", n + 1, name, bank, 187248, ("sent", "succeeded", "sent")[n % 3]
        )
        for n, (_, name) in enumerate(people())
    )
    return screens.BankFileScreen(
        "CNY",
        _file(),
        rows,
        Window(4),
        error_number="wdr_01k9m4x70",
        form=Form(problem=say("退回需要原因。", "Returning needs a reason.")),
    )


def bank_file_taken() -> screens.BankFileScreen:
    """Downloaded before."""
    taken = replace(_file(), downloaded_at=ago(0, 1), downloads=1)
    return replace(bank_file(), file=taken, error_number="", form=Form())


def settings() -> screens.PayoutSettingsScreen:
    """Decided twice, with a mistake in the limits."""
    who = say("沈岚", "Shen Lan")
    return screens.PayoutSettingsScreen(
        currency="CNY",
        policy={"two_persons_from": "5000.00", "bank_files": "1", "bank_encoding": "gb18030"},
        columns=(Option("serial", "1"), Option("number", "1"), Option("remark", "")),
        channels=tuple(
            Option(value, say(chinese, english))
            for value, chinese, english in (
                ("wechat_pay", "微信支付", "WeChat Pay"),
                ("alipay", "支付宝", "Alipay"),
                ("bank", "银行转账", "Bank transfer"),
            )
        ),
        channel="wechat_pay",
        limits={"least": "0.10", "most": "20000.00", "name_from": "0.30", "name_needed": "2000.00"},
        own=False,
        rule="labour_2018_61",
        history=(
            screens.TaxRow("cumulative_2025_16", date(2026, 12, 1), ago(1), who),
            screens.TaxRow("labour_2018_61", date(2026, 1, 1), ago(300), who, now=True),
        ),
        today=NOW.date(),
        loosening=screens.Loosening(800_000, say("何一鸣", "He Yiming"), ago(0, 3)),
        part="limits",
        form=Form(
            {"most": "0.05"}, {"most": say("低于单笔下限。", "It is below the least amount.")}
        ),
    )
