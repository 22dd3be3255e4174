"""The scanner finds one planted leak of each kind, lets what is harmless pass, and fails tests."""

import base64
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kefen.platform.identity import personal
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports.merchants import Merchant
from tests.databases import ROOT
from tests.logs import watch
from tests.logs.scan import Planted, leaks, planted

NOBODY = Planted()
API_V3_KEY = "v3key-of-nobody-0123456789abcdef"
FORMS = {
    "private_key": "-----BEGIN PRIVATE KEY-----",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    "id_number": "11010519491231002X",
    "card": "6222021234567890128",
    "phone": "13812345678",
}


def pem() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("around", ["{}", "key={}&x", "('{}',)", "姓名{}，", "<{}>"])
def test_a_form_is_found(kind: str, around: str) -> None:
    text = around.format(FORMS[kind])
    assert {found for found, _ in leaks(text, NOBODY)} == {kind}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("card", "6222 0212 3456 7890 128"),
        ("card", "4242-4242-4242-4242"),
        ("phone", "+86 138-1234-5678"),
        ("phone", "8613812345679"),
        ("openid", "2088123412341234"),
        ("openid", "acct_1OnlyTest000000001"),
        ("secret", "Authorization: Bearer abcdef0123456789"),
        ("secret", "/sns/oauth2/access_token?appid=wx1&secret=0123456789abcdef&code=x"),
        ("secret", "postgresql://kefen:hunter22@db/kefen"),
        ("secret", "sk_test_51NotAKey"),
        ("secret", "/sign-in/eyJ1c2VyIjoic29tZWJvZHkifQ:1vN2ab:" + "s3cR-t" * 7 + "_"),
    ],
)
def test_other_ways_of_writing_are_found(kind: str, text: str) -> None:
    assert {found for found, _ in leaks(text, NOBODY)} == {kind}


def test_the_body_of_a_key_is_found_without_its_head() -> None:
    body = "".join(pem().splitlines()[1:-1])
    assert [kind for kind, _ in leaks(f"key: {body}", NOBODY)] == ["private_key"]


@pytest.mark.parametrize(
    "text",
    [
        "1763863032000",  # milliseconds, with the check digit of a card or without
        "1763863032008",
        "20261123015712",
        "4200001234202611230123456789",  # WeChat's number of a payment: 28 digits
        "2026112322001400000512345678",  # Alipay's
        "6222021234567890127",  # no card: its check digit
        "110105194912310021",  # no ID number: its check character
        "110105194913310027",  # nor this: there is no 13th month
        "138****5678",
        "**** 0016",
        "**** 138",
        "ord_01hzx3vj5w0s5m8k2q4b9c7d6e",
        "0197f3c2-1a2b-7c3d-8e4f-138123456789",
        "a13812345678f4200001234567890128bc",
        "0.13812345678 s",
        "token=*** secret=***",
        "http://127.0.0.1:8000/o/zhixing",
    ],
)
def test_what_is_harmless_passes(text: str) -> None:
    assert leaks(text, NOBODY) == []


@pytest.mark.parametrize(
    "written",
    [
        API_V3_KEY,
        API_V3_KEY.encode().hex(),
        base64.b64encode(API_V3_KEY.encode()).decode(),
        f"{{'api_v3_key': '{API_V3_KEY}'}}",
    ],
)
def test_what_was_planted_is_found_however_it_is_written(written: str) -> None:
    mine = Planted()
    mine.plant("api_v3_key", API_V3_KEY)
    assert {kind for kind, _ in leaks(f"sent {written}!", mine)} == {"api_v3_key"}
    assert leaks(f"sent {written}!", NOBODY) == []


def test_names_and_lines_of_keys_are_found() -> None:
    mine, key = Planted(), pem()
    mine.plant("name", "于晨")
    mine.plant("private_key", key)
    mine.plant("name", "Li")  # too short to be evidence
    for written in ("转给于晨", r"\u4e8e\u6668", "?n=%E4%BA%8E%E6%99%A8"):
        assert [kind for kind, _ in leaks(written, mine)] == ["name"]
    assert [kind for kind, _ in leaks(key.splitlines()[2], mine)] == ["private_key"]
    assert leaks("Likely", mine) == []


def test_the_product_plants_what_it_seals(institution: InstitutionFacts) -> None:
    personal.seal("上官婉儿")
    Merchant("zhixing", "https://x", {}, {"api_v3_key": "planted-by-the-account-itself"})
    assert [kind for kind, _ in leaks("上官婉儿", planted)] == ["personal"]
    assert [kind for kind, _ in leaks("planted-by-the-account-itself", planted)] == ["api_v3_key"]


def refused() -> None:
    raise ValueError(FORMS["card"])


def by_exception(logger: logging.Logger) -> None:
    try:
        refused()
    except ValueError:
        logger.exception("it broke")


def by_cause(logger: logging.Logger) -> None:
    try:
        try:
            refused()
        except ValueError as error:
            raise RuntimeError from error
    except RuntimeError:
        logger.exception("it broke")


@pytest.mark.parametrize(
    "say",
    [
        lambda logger: logger.debug("to %s", FORMS["card"]),
        lambda logger: logger.info("paid", extra={"job": {"account": FORMS["card"]}}),
        lambda logger: logger.warning(FORMS["card"]),
        by_exception,
        by_cause,
    ],
    ids=["argument", "extra", "message", "exception", "cause"],
)
@pytest.mark.parametrize("propagate", [True, False])
def test_every_part_of_every_record_is_seen(
    say, propagate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("tests.logs.planted")
    logger.propagate = propagate
    assert watch.taken() == []
    # Or it would be found a second time, printed.
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler()])
    say(logger)
    found = watch.taken()
    assert found
    assert all(one.startswith("card in a record of tests.logs.planted") for one in found)


LEAKING = {
    "record": (
        "def test_it():\n    logger = logging.getLogger('a')\n    logger.propagate = False\n"
        "    logger.setLevel(10)\n    logger.debug('%s', '13812345678')\n"
    ),
    "printed": "def test_it():\n    print('13812345678')\n",
    "process": "def test_it():\n    subprocess.run(['echo', '13812345678'], check=True)\n",
    "fixture": (
        "@pytest.fixture\ndef it():\n    yield\n    logging.getLogger('a').error('13812345678')\n"
        "def test_it(it):\n    pass\n"
    ),
}


@pytest.mark.parametrize("how", LEAKING)
def test_a_test_that_leaks_fails(how: str, tmp_path: Path) -> None:
    head = "import logging, subprocess, pytest\n"
    clean = "\ndef test_clean():\n    logging.getLogger('a').error('138****5678')\n"
    (tmp_path / "test_it.py").write_text(head + LEAKING[how] + clean)
    (tmp_path / "pytest.ini").write_text("[pytest]")
    plugins = ["-p", "tests.logs.watch", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "2 passed, 1 error" in ended.stdout
    assert "phone in " in ended.stdout


def test_everything_is_made_to_be_seen() -> None:
    for name in ("kefen.payouts", "procrastinate.worker", "urllib3", "asyncio"):
        assert logging.getLogger(name).isEnabledFor(logging.DEBUG)
