"""The emulator's own cryptography against what others published; each file names its source."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509 import load_pem_x509_certificate

from kefen.emulators.wechat import signing

FOLDER = Path(__file__).resolve().parent / "vectors"
NOTICE = json.loads((FOLDER / "wechat_notify.json").read_text("utf-8"))
SIGNING = json.loads((FOLDER / "wechat_signing.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", SIGNING["signatures"], ids=lambda one: one["source"][:32])
def test_published_signatures_are_reproduced(vector: dict[str, Any]) -> None:
    key = load_der_private_key(b64decode(vector["key"]), password=None)
    assert isinstance(key, RSAPrivateKey)
    lines = vector.get("lines")
    message = signing.lines(*lines) if lines else vector["message"].encode()
    assert signing.sign(key, message) == vector["signature"]
    assert signing.is_signed(key.public_key(), message, vector["signature"])
    assert not signing.is_signed(key.public_key(), message + b"x", vector["signature"])


def test_a_notice_of_the_real_channel() -> None:
    headers, body = NOTICE["headers"], NOTICE["body"]
    key = load_pem_x509_certificate(NOTICE["platform_certificate"].encode()).public_key()
    assert isinstance(key, RSAPublicKey)
    message = signing.lines(headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"], body)
    assert signing.is_signed(key, message, headers["Wechatpay-Signature"])
    sealed = json.loads(body)["resource"]
    asked = (NOTICE["apiv3_key"], sealed["nonce"], sealed["associated_data"])
    assert signing.unseal(*asked, sealed["ciphertext"]) == NOTICE["plaintext"]
    assert signing.seal(*asked, NOTICE["plaintext"]) == sealed["ciphertext"]


def test_the_published_ciphertext_is_reproduced() -> None:
    told = SIGNING["sealed"]
    asked = (told["api_v3_key"], told["nonce"], told["associated_data"])
    assert signing.seal(*asked, told["plaintext"]) == told["ciphertext"]
    with pytest.raises(InvalidTag):
        signing.unseal(told["api_v3_key"], told["nonce"], "other", told["ciphertext"])
