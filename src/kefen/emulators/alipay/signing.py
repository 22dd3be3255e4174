"""Keys, certificates and RSA2 signatures."""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import md5

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_PARTS = (
    ("CN", NameOID.COMMON_NAME),
    ("OU", NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("O", NameOID.ORGANIZATION_NAME),
    ("C", NameOID.COUNTRY_NAME),
)


def new_key() -> rsa.RSAPrivateKey:
    """A fresh key of the length that Alipay asks for."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_text(key: rsa.RSAPrivateKey) -> str:
    """A private key as PEM."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_text(key: rsa.RSAPrivateKey) -> str:
    """The public half as PEM."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    now: datetime,
    issuer: x509.Certificate | None = None,
    issuer_key: rsa.RSAPrivateKey | None = None,
) -> x509.Certificate:
    """A certificate for ten years from yesterday, by its issuer or by itself."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Emulated Financial"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Emulator"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(issuer_key or key, hashes.SHA256())
    )


def certificate_text(one: x509.Certificate) -> str:
    """A certificate as PEM."""
    return one.public_bytes(serialization.Encoding.PEM).decode()


def certificate_number(text: str) -> str:
    """The number by which Alipay names a certificate: of its issuer and its serial number."""
    one = x509.load_pem_x509_certificate(text.encode())
    name = ",".join(
        f"{short}={one.issuer.get_attributes_for_oid(oid)[0].value!s}" for short, oid in _PARTS
    )
    digest = md5(f"{name}{one.serial_number}".encode(), usedforsecurity=False)
    return digest.hexdigest()


def text_of(parameters: Mapping[str, str], *, without: frozenset[str]) -> str:
    """What is signed of parameters: all that are not empty, by name."""
    return "&".join(
        f"{name}={value}"
        for name, value in sorted(parameters.items())
        if value and name not in without
    )


def sign(key_text: str, text: str) -> str:
    """An RSA2 signature."""
    key = _private(key_text)
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def fits(key_text: str, text: str, signature: str) -> bool:
    """Whether the signature is of this key and text."""
    key = _public(key_text)
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True


@lru_cache(maxsize=128)
def _private(text: str) -> rsa.RSAPrivateKey:
    """Read once: proving a key takes longer than signing with it."""
    key = serialization.load_pem_private_key(text.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - nobody else writes our books
    return key


@lru_cache(maxsize=128)
def _public(text: str) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(text.encode())
    assert isinstance(key, rsa.RSAPublicKey)  # noqa: S101
    return key
