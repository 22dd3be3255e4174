"""Sample screens of the school's accounts at payment channels."""

from dataclasses import replace
from datetime import timedelta

from kefen.faces.web.operator.channel_screens import (
    ChannelField,
    ChannelRow,
    ChannelScreen,
    ChannelsScreen,
    FeeCard,
    FeeRow,
)
from kefen.faces.web.operator.shut_screens import LeftRow, ShutScreen
from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.screens import Form


def _rows() -> tuple[ChannelRow, ...]:
    return (
        ChannelRow(
            "wechat_pay", "active", "1900007291", True, "https://api.mch.weixin.qq.com", ago(12)
        ),
        ChannelRow(
            "alipay", "off", "2088721", False, "https://openapi.alipay.com", ago(2), off=True
        ),
        ChannelRow("stripe", "absent", gateway="https://api.stripe.com"),
    )


def channels() -> ChannelsScreen:
    """One in use, one switched off, one not connected."""
    return ChannelsScreen(_rows())


def channels_none() -> ChannelsScreen:
    """Only the sandbox."""
    return ChannelsScreen(())


def _fields(*, kept: bool) -> tuple[ChannelField, ...]:
    texts = ("app_id", "merchant_id", "certificate_serial", "public_key_id", "transfer_scene_id")
    return (
        *(ChannelField(name, "text", required=True, value="1005") for name in texts),
        ChannelField("api_v3_key", "password", required=not kept, kept=kept),
        ChannelField("private_key", "textarea", required=not kept, kept=kept),
        ChannelField("public_key", "textarea", required=True),
    )


def channel() -> ChannelScreen:
    """New, with a key that cannot be read."""
    wrong = say("这不是 PEM 格式的私钥。请重新粘贴。", "This is no private key in PEM form.")
    return ChannelScreen(
        replace(_rows()[2], channel="wechat_pay"),
        _fields(kept=False),
        "https://kefen.example/webhooks/wechat_pay/zhixing",
        may_split=True,
        form=Form({}, {"private_key": wrong}),
    )


def channel_kept() -> ChannelScreen:
    """There already; its secrets stay hidden."""
    return ChannelScreen(
        _rows()[0],
        _fields(kept=True),
        "https://kefen.example/webhooks/wechat_pay/zhixing",
        may_split=True,
        fee=FeeCard(
            (
                FeeRow(54, (NOW + timedelta(days=9)).date(), ago(1)),
                FeeRow(60, (NOW - timedelta(days=90)).date(), ago(90), now=True),
                FeeRow(None, None, ago(200)),
            ),
            NOW.date(),
        ),
    )


def _left() -> tuple[LeftRow, ...]:
    return (
        LeftRow("l-1", "ord_01k9m4x7qv8r2t6a", 29900, "open", ago(3), owed=True, asked_at=ago(1)),
        LeftRow(
            "l-2",
            "ord_01k9m4x7qv8r2t6b",
            89800,
            "open",
            ago(4),
            owed=False,
            decision="came",
            note=say("银行流水中有这一笔。", "It stands on the bank's list."),
        ),
        LeftRow(
            "l-3",
            "ord_01k9m4x7qv8r2t6c",
            9900,
            "never",
            ago(5),
            owed=True,
            asked_at=ago(2),
            ended_at=ago(1),
            decision="never",
            note=say("商户后台没有这一笔。", "The console does not show it."),
        ),
    )


def shut() -> ShutScreen:
    """Declared shut, with cashiers that have no answer."""
    return ShutScreen("wechat_pay", "shut", "1900007291", shut_at=ago(3), rows=_left())


def shut_first() -> ShutScreen:
    """One person declared it."""
    said = say("渠道通知:商户号已注销。", "The channel wrote that it closed the account.")
    return ShutScreen("wechat_pay", "active", "1900007291", 119700, said, ago(1))


def shut_none() -> ShutScreen:
    """In use, and nothing was left behind; the reason was forgotten."""
    missing = say("请写明原因,供以后查看。", "Say why, for whoever looks later.")
    form = Form({}, {"reason": missing})
    return ShutScreen("alipay", "active", "2088721", 0, form=form)
