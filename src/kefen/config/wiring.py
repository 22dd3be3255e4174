"""Names the adapters: the only place that knows which implementation stands behind a port."""

from datetime import timedelta
from functools import partial
from time import monotonic

import structlog
from django.conf import settings
from procrastinate import App

from kefen.adapters.messengers.mail import Mail
from kefen.adapters.messengers.relay import Relay
from kefen.adapters.wechat.official import OfficialWeChat
from kefen.platform import clock
from kefen.ports import registry
from kefen.ports.messengers import Medium
from kefen.ports.registry import Port


def wire() -> None:
    """Connect ports with adapters; once for each process, when Django is ready."""
    _log_by_settings()
    if settings.DEMO:
        clock.shift_by(_demo_shift)
    if settings.SANDBOX:
        _sandbox()
    _trade()
    _guard_merchants()
    _guard_programmes()
    _reach_people()


def _sandbox() -> None:
    """The channel that lets anybody pay."""
    from kefen.adapters.payments.sandbox.bills import SandboxBills  # noqa: PLC0415 - needs models
    from kefen.adapters.payments.sandbox.channel import Sandbox  # noqa: PLC0415 - needs models

    sandbox = Sandbox()
    registry.register_payments(sandbox)
    registry.register_payouts(sandbox)
    registry.register_bills(SandboxBills())


def _trade() -> None:
    """The channels at which institutions have accounts of their own."""
    every = frozenset(Port) - {Port.AUTHORISED}
    registry.register_later("wechat_pay", frozenset(Port), _wechat_pay)
    registry.register_later("alipay", every, _alipay)
    registry.register_later("stripe", every, _stripe)


def _guard_merchants() -> None:
    """Splits are switched on only where the published programmes fit, and another account takes the
    place of one only when nothing is open there."""
    from kefen.orders import queries as orders  # noqa: PLC0415 - needs models
    from kefen.payouts import queries as payouts  # noqa: PLC0415 - needs models
    from kefen.platform.merchants import guards  # noqa: PLC0415 - needs models
    from kefen.programmes.actions import check_published  # noqa: PLC0415 - needs models
    from kefen.splits import queries as splits  # noqa: PLC0415 - needs models

    guards.register(check_published)
    guards.register_open("cashiers", orders.cashiers_at)
    guards.register_open("refunds", orders.open_refunds_at)
    guards.register_open("withdrawals", payouts.open_at)
    guards.register_open("splits", splits.open_at)


def _guard_programmes() -> None:
    """New rules are published only with the licences that the platform asks for."""
    from kefen.compliance.actions import require_licences  # noqa: PLC0415 - needs models
    from kefen.programmes.actions import ask_before_publishing  # noqa: PLC0415 - needs models

    ask_before_publishing(require_licences)


def _wechat_pay() -> None:
    """WeChat Pay; its calls carry the address for notifications."""
    from kefen.adapters.payments.wechat_pay.channel import WeChatPay  # noqa: PLC0415 - later
    from kefen.platform.inbox.queries import notify_url  # noqa: PLC0415 - needs models
    from kefen.platform.merchants.queries import merchants_of  # noqa: PLC0415 - needs models

    accounts = merchants_of(WeChatPay.name)
    channel = WeChatPay(accounts, notify_url=partial(notify_url, WeChatPay.name))
    registry.register_channel(channel)
    registry.register_payments(channel)
    registry.register_payouts(channel)
    registry.register_authorised(channel)
    registry.register_splits(channel)
    registry.register_bills(channel)


def _alipay() -> None:
    """Alipay, whose transfers ask nobody to agree."""
    from kefen.adapters.payments.alipay.channel import Alipay  # noqa: PLC0415 - later
    from kefen.platform.merchants.queries import merchants_of  # noqa: PLC0415 - needs models

    channel = Alipay(merchants_of(Alipay.name))
    registry.register_channel(channel)
    registry.register_payments(channel)
    registry.register_payouts(channel)
    registry.register_splits(channel)
    registry.register_bills(channel)


def _stripe() -> None:
    """Stripe Connect."""
    from kefen.adapters.payments.stripe.channel import Stripe  # noqa: PLC0415 - later
    from kefen.platform.merchants.queries import merchants_of  # noqa: PLC0415 - needs models

    channel = Stripe(merchants_of(Stripe.name))
    registry.register_channel(channel)
    registry.register_payments(channel)
    registry.register_payouts(channel)
    registry.register_splits(channel)
    registry.register_bills(channel)


def _reach_people() -> None:
    """Messengers and WeChat; without any, signing in by code says that it is not offered."""
    registry.register_wechat(OfficialWeChat())
    if settings.STAND_INS:
        from kefen.adapters.messengers.outbox.messenger import (  # noqa: PLC0415 - needs models
            Outbox,
        )

        registry.register_messenger(Medium.PHONE, Outbox())
        registry.register_messenger(Medium.EMAIL, Outbox())
    if settings.SMS_RELAY_URL:
        relay = Relay(settings.SMS_RELAY_URL, settings.SMS_RELAY_TOKEN)
        registry.register_messenger(Medium.PHONE, relay)
    if settings.EMAIL_HOST:
        registry.register_messenger(Medium.EMAIL, Mail())


def _log_by_settings() -> None:
    """Structured events go through the standard logging, at the level that settings name."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def jobs_ready(app: App) -> None:
    """Procrastinate's own start-up hook; tasks register themselves in each room's tasks.py."""


_seen: tuple[float, timedelta] = (-1e9, timedelta())


def _demo_shift() -> timedelta:
    """The demo's clock shift, read from the database at most once a second."""
    global _seen  # noqa: PLW0603 - a cache of one value
    from kefen.platform.tenancy.queries import clock_shift  # noqa: PLC0415 - needs models

    if monotonic() - _seen[0] > 1:
        _seen = (monotonic(), clock_shift())
    return _seen[1]
