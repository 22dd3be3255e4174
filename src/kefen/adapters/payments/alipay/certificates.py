"""Certificates as Alipay names them: by the MD5 of issuer and serial number.

The SDK reads them by functions of pyOpenSSL that are about to go, and a file without empty lines
as one certificate; `cryptography` reads them here.
"""

import contextlib
import re
from collections.abc import Iterator
from hashlib import md5

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# Signed by RSA: the others of Alipay's roots (SM2) have no part in its number.
_BY_RSA = "1.2.840.113549.1.1."


def number(text: str) -> str:
    """The number of a certificate, the first one of the text. Raises ValueError."""
    return _number(_first(text))


def root_number(text: str) -> str:
    """The number of a file of roots. Raises ValueError if no RSA certificate is in it."""
    numbers = [_number(one) for one in _readable(text) if _is_by_rsa(one)]
    if not numbers:
        raise ValueError("no certificate signed by RSA")
    return "_".join(numbers)


def public_key(text: str) -> str:
    """The key in a certificate, as PEM. Raises ValueError."""
    key = _first(text).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _first(text: str) -> x509.Certificate:
    found = _PEM.search(text)
    if found is None:
        raise ValueError("no certificate")
    return x509.load_pem_x509_certificate(found.group().encode())


def _readable(text: str) -> Iterator[x509.Certificate]:
    """The certificates in a text. One of Alipay's own roots (by elliptic curves, and so without a
    part in the number) is written in a way that the library refuses."""
    for pem in _PEM.findall(text):
        with contextlib.suppress(ValueError):
            yield x509.load_pem_x509_certificate(pem.encode())


def _is_by_rsa(one: x509.Certificate) -> bool:
    return one.signature_algorithm_oid.dotted_string.startswith(_BY_RSA)


def _number(one: x509.Certificate) -> str:
    name = ",".join(
        f"{part.rfc4514_attribute_name}={part.value!s}" for part in reversed(list(one.issuer))
    )
    text = f"{name}{one.serial_number}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()
