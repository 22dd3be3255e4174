"""An institution's merchant number at WeChat Pay: its fields, and what can be read in them.

The newer way is the public key (`公钥模式`): `public_key_id` and `public_key`. While a merchant
switches from platform certificates to it, both kinds of signatures arrive: the certificates are
then entered below the public key, and stand alone where there is no public key yet.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from kefen.core.errors import InvalidInput
from kefen.ports.merchants import Field, Merchant

GATEWAY: Final = "https://api.mch.weixin.qq.com"
# The second is WeChat's own for when the first cannot be reached.
GATEWAYS: Final = (GATEWAY, "https://api2.mch.weixin.qq.com")
FIELDS: Final = (
    Field("app_id", identity=True),
    Field("merchant_id", identity=True, exclusive=True),
    Field("certificate_serial"),
    Field("private_key", secret=True, long=True),
    Field("api_v3_key", secret=True),
    Field("public_key_id", required=False),
    Field("public_key", long=True),
    Field("transfer_scene_id", default="1005"),
    Field("transfer_report_first", default="课程推广员"),
    Field("transfer_report_second", default="课程推广佣金"),
    Field("split_maximum_bps", default="3000"),
)
_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_SHAPES: Final = {
    "app_id": (r"wx[0-9A-Za-z]{6,30}", "it begins with wx"),
    "merchant_id": (r"[0-9]{6,32}", "it has digits only"),
    "certificate_serial": (r"[0-9A-Fa-f]{8,64}", "it is a serial number of digits and A to F"),
    "public_key_id": (r"(PUB_KEY_ID_[0-9A-Za-z]{6,64})?", "it begins with PUB_KEY_ID_"),
    "transfer_scene_id": (r"[0-9]{4,8}", "it is a number like 1005"),
    "transfer_report_first": (r"[^\n]{1,32}", "it has 1 to 32 letters"),
    "transfer_report_second": (r"[^\n]{1,32}", "it has 1 to 32 letters"),
}
_FEWEST_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Account:
    """What a connection needs. `keys` are those that WeChat may sign with, by the serial that it
    names; what is sent in secret is encrypted for `key_serial`."""

    institution: str
    gateway: str
    stand_in: bool
    app_id: str
    merchant_id: str
    certificate_serial: str
    private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    keys: Mapping[str, RSAPublicKey] = field(repr=False)
    key_serial: str = ""
    transfer_scene: str = ""
    transfer_reports: tuple[tuple[str, str], ...] = ()
    split_maximum_bps: int = 0

    @property
    def key(self) -> str:
        """The key of `key_serial` as the SDK reads it."""
        chosen = self.keys[self.key_serial]
        return chosen.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read(merchant: Merchant) -> Account:
    """Read what was entered. Raises InvalidInput naming the field, and showing nothing of it."""
    settings, secrets = merchant.settings, merchant.secrets
    for name, (shape, reason) in _SHAPES.items():
        if not re.fullmatch(shape, settings.get(name, "")):
            raise InvalidInput(field=name, reason=reason)
    keys = _public_keys(settings)
    return Account(
        institution=merchant.institution,
        gateway=merchant.gateway.rstrip("/"),
        stand_in=merchant.stand_in,
        app_id=settings["app_id"],
        merchant_id=settings["merchant_id"],
        certificate_serial=settings["certificate_serial"].upper(),
        private_key=_private_key(secrets.get("private_key", "")),
        api_v3_key=_api_key(secrets.get("api_v3_key", "")),
        keys=keys,
        key_serial=next(iter(keys)),
        transfer_scene=settings["transfer_scene_id"],
        transfer_reports=_reports(settings),
        split_maximum_bps=_maximum(settings.get("split_maximum_bps", "")),
    )


def _reports(settings: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a commission's scene (1005) asks for, in its order."""
    first, second = settings["transfer_report_first"], settings["transfer_report_second"]
    return ("岗位类型", first), ("报酬说明", second)


@lru_cache(maxsize=64)
def _private_key(text: str) -> str:
    """The key in the one form that the SDK reads; it comes with or without its frame. Checking
    that a key is one takes longer than signing with it, so it is done once."""
    framed = text.strip()
    if "-----BEGIN" not in framed:
        framed = f"-----BEGIN PRIVATE KEY-----\n{framed}\n-----END PRIVATE KEY-----"
    try:
        key = load_pem_private_key(framed.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < _FEWEST_BITS:
        reason = "it is the content of apiclient_key.pem, an RSA key"
        raise InvalidInput(field="private_key", reason=reason)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _api_key(text: str) -> str:
    if not re.fullmatch(r"[!-~]{32}", text):
        raise InvalidInput(field="api_v3_key", reason="it has 32 letters and digits")
    return text


def _public_keys(settings: Mapping[str, str]) -> dict[str, RSAPublicKey]:
    """Keys by serial, the one to encrypt with first."""
    named, found = settings.get("public_key_id", ""), dict[str, RSAPublicKey]()
    for block in _BLOCK.finditer(settings.get("public_key", "")):
        try:
            serial, key = _read_block(block[1], block[0].encode(), named)
        except (ValueError, TypeError):
            serial, key = "", None
        if not isinstance(key, RSAPublicKey) or not serial:
            break
        found[serial] = key
    else:
        if found and (not named or named in found):
            return dict(sorted(found.items(), key=lambda item: item[0] != named))
    reason = "it is the content of pub_key.pem, whose number stands in public_key_id"
    raise InvalidInput(field="public_key", reason=reason)


def _read_block(kind: str, block: bytes, named: str) -> tuple[str, object]:
    if kind == "CERTIFICATE":
        certificate = x509.load_pem_x509_certificate(block)
        return f"{certificate.serial_number:X}", certificate.public_key()
    return named, load_pem_public_key(block)


def _maximum(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 10_000:
        raise InvalidInput(field="split_maximum_bps", reason="it is a number from 1 to 10000")
    return int(text)
