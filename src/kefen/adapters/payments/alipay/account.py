"""What an institution enters of its account at Alipay, and whether it can be read."""

import re
from collections.abc import Callable

from alipay import AliPay  # type: ignore[import-untyped]
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion

from kefen.adapters.payments.alipay import certificates
from kefen.core.errors import InvalidInput
from kefen.ports.merchants import Field, Merchant

GATEWAY = "https://openapi.alipay.com/gateway.do"
TRIAL_GATEWAY = "https://openapi-sandbox.dl.alipaydev.com/gateway.do"
CERTIFICATES = ("app_certificate", "alipay_certificate", "root_certificate")
# How the SDK's own library says that it cannot read a key (the first three), and `cryptography` a
# certificate.
_UNREADABLE = (ValueError, IndexError, TypeError, UnsupportedAlgorithm, InvalidVersion)
FIELDS: tuple[Field, ...] = (
    Field("app_id", identity=True, exclusive=True),
    Field("seller_id", identity=True, exclusive=True),
    Field("private_key", secret=True, long=True),
    Field("alipay_public_key", required=False, long=True),
    Field("app_certificate", required=False, long=True),
    Field("alipay_certificate", required=False, long=True),
    Field("root_certificate", required=False, long=True),
    Field("transfer_scene_name", required=False, default="佣金报酬"),
    Field("split_maximum_bps", required=False, default="3000"),
)


def check(merchant: Merchant) -> None:
    """Whether keys and numbers can be read. Raises InvalidInput naming the field."""
    settings = merchant.settings
    for name, form in (("app_id", r"\d{10,20}"), ("seller_id", r"2088\d{12}")):
        if not re.fullmatch(form, settings.get(name, "")):
            raise InvalidInput(field=name, reason="it is the number that Alipay's page shows")
    share = settings.get("split_maximum_bps", "") or "0"
    if not share.isdecimal() or int(share) > 10_000:
        raise InvalidInput(field="split_maximum_bps", reason="0 to 10000 basis points are possible")
    given = [name for name in CERTIFICATES if settings.get(name)]
    if given and len(given) < len(CERTIFICATES):
        missing = next(name for name in CERTIFICATES if name not in given)
        raise InvalidInput(field=missing, reason="the three certificates belong together")
    if not given and not settings.get("alipay_public_key"):
        raise InvalidInput(
            field="alipay_public_key", reason="Alipay's key or the three certificates are needed"
        )
    _read("private_key", lambda: _probe(private_key(merchant)))
    if given:
        _read("app_certificate", lambda: certificates.number(settings["app_certificate"]))
        _read("alipay_certificate", lambda: _probe(public_key(merchant)))
        _read("root_certificate", lambda: certificates.root_number(settings["root_certificate"]))
    else:
        _read("alipay_public_key", lambda: _probe(public_key(merchant)))


def by_certificates(merchant: Merchant) -> bool:
    """Whether the account speaks in certificate mode, which transfers ask for."""
    return all(merchant.settings.get(name) for name in CERTIFICATES)


def private_key(merchant: Merchant) -> str:
    """The app's key as PEM; Alipay's own tool writes it without the frame."""
    return _framed(merchant.secrets.get("private_key", ""), "PRIVATE KEY")


def public_key(merchant: Merchant) -> str:
    """Alipay's key as PEM, which in certificate mode stands in its certificate."""
    if by_certificates(merchant):
        return certificates.public_key(merchant.settings["alipay_certificate"])
    return _framed(merchant.settings.get("alipay_public_key", ""), "PUBLIC KEY")


def certificate_numbers(merchant: Merchant) -> dict[str, str]:
    """What a request names of the certificates; nothing in key mode."""
    if not by_certificates(merchant):
        return {}
    return {
        "app_cert_sn": certificates.number(merchant.settings["app_certificate"]),
        "alipay_root_cert_sn": certificates.root_number(merchant.settings["root_certificate"]),
    }


def _framed(text: str, kind: str) -> str:
    text = text.strip()
    if not text or text.startswith("-----BEGIN"):
        return text
    return f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----"


def _probe(key: str) -> AliPay:
    """Let the SDK read a key; where it wants two, it gets the same one twice."""
    return AliPay("0", app_private_key_string=key, alipay_public_key_string=key)


def _read(name: str, attempt: Callable[[], object]) -> None:
    try:
        attempt()
    except _UNREADABLE as error:
        # The cause may quote the key, so it does not come along.
        raise InvalidInput(field=name, reason="it cannot be read") from RuntimeError(
            type(error).__name__
        )
