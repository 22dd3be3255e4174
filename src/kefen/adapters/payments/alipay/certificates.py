"""Certificates as Alipay names them: by the MD5 of issuer and serial number.

The SDK reads them by functions of pyOpenSSL that are about to go, and a file without empty lines
as one certificate; `cryptography` reads them here.
"""

import re
from hashlib import md5

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# Signed by RSA: the others of Alipay's roots (SM2) have no part in its number.
_BY_RSA = "1.2.840.113549.1.1."


def chain(text: str) -> list[x509.Certificate]:
    """The certificates in a text. Raises ValueError if there is none or one cannot be read."""
    found = [x509.load_pem_x509_certificate(match.encode()) for match in _PEM.findall(text)]
    if not found:
        raise ValueError("no certificate")
    return found


def number(text: str) -> str:
    """The number of a certificate, the first one of the text."""
    return _number(chain(text)[0])


def root_number(text: str) -> str:
    """The number of a file of roots. Raises ValueError if no RSA certificate is in it."""
    numbers = [
        _number(one)
        for one in chain(text)
        if one.signature_algorithm_oid.dotted_string.startswith(_BY_RSA)
    ]
    if not numbers:
        raise ValueError("no certificate signed by RSA")
    return "_".join(numbers)


def public_key(text: str) -> str:
    """The key in a certificate, as PEM."""
    key = chain(text)[0].public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _number(one: x509.Certificate) -> str:
    name = ",".join(
        f"{part.rfc4514_attribute_name}={part.value}" for part in reversed(list(one.issuer))
    )
    text = f"{name}{one.serial_number}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()
