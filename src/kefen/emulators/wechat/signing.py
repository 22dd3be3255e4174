"""The cryptography of WeChat Pay API v3: RSA PKCS#1 v1.5 with SHA-256 over lines, AES-256-GCM for
notices, RSA-OAEP with SHA-1 for names."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

SCHEME = "WECHATPAY2-SHA256-RSA2048"


def lines(*parts: str) -> bytes:
    """What is signed: each part on a line of its own, the last one ended too."""
    return "".join(f"{part}\n" for part in parts).encode()


def new_key() -> RSAPrivateKey:
    """A fresh RSA key of 2048 bits."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_text(key: RSAPrivateKey) -> str:
    """The key in PEM (PKCS#8)."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_text(key: RSAPublicKey) -> str:
    """The key in PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


# Reading a private key proves that it is one, which takes a hundred times as long as signing.
@lru_cache(maxsize=128)
def read_private(text: str) -> RSAPrivateKey:
    """A private key from PEM."""
    key = load_pem_private_key(text.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


@lru_cache(maxsize=128)
def read_public(text: str) -> RSAPublicKey:
    """A public key from PEM."""
    key = load_pem_public_key(text.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("not an RSA key")
    return key


def sign(key: RSAPrivateKey, message: bytes) -> str:
    """The signature in base64."""
    return b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, message: bytes, signature: str) -> bool:
    """Whether the signature is of this message and key."""
    try:
        key.verify(b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True


def seal(key: str, nonce: str, associated: str, plain: str) -> str:
    """The ciphertext of a notice under the merchant's APIv3 key, in base64."""
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), plain.encode(), associated.encode())
    return b64encode(sealed).decode()


def unseal(key: str, nonce: str, associated: str, sealed: str) -> str:
    """The plaintext of a notice. Raises InvalidTag."""
    opened = AESGCM(key.encode()).decrypt(nonce.encode(), b64decode(sealed), associated.encode())
    return opened.decode()


def open_field(key: RSAPrivateKey, sealed: str) -> str:
    """A name as the merchant meant it. Raises ValueError."""
    padding = OAEP(mgf=MGF1(SHA1()), algorithm=SHA1(), label=None)  # noqa: S303 - the channel's own
    return key.decrypt(b64decode(sealed), padding).decode()
