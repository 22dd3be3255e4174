"""WeChat Pay as its merchants meet it: the parts put together, and every answer signed."""

import json
import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from werkzeug.exceptions import BadRequest, Conflict, HTTPException
from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.frame.post_room import Answer, Letter
from kefen.emulators.frame.server import Emulator
from kefen.emulators.wechat import door, signing
from kefen.emulators.wechat.authorisations import Authorisations
from kefen.emulators.wechat.bills import DOWNLOAD, Bills
from kefen.emulators.wechat.desk import Desk, Refusal
from kefen.emulators.wechat.payments import Payments
from kefen.emulators.wechat.phone import Phone
from kefen.emulators.wechat.receivers import Receivers
from kefen.emulators.wechat.refunds import Refunds
from kefen.emulators.wechat.returns import Returns
from kefen.emulators.wechat.splits import Splits
from kefen.emulators.wechat.transfers import Transfers

MINUTE, HOUR = 60, 3600
PROBE = "WECHATPAY/SIGNTEST/"
_WORDS = {404: "RESOURCE_NOT_EXISTS", 405: "INVALID_REQUEST"}
# What a test may wish for when it makes a merchant, and what it gets otherwise.
WISHES: Document = {
    "balance": 0,
    "operation_balance": 10_000_000_00,
    "split_maximum_bps": 3_000,
    "transfer_scenes": ["1005"],
    "transfer_maximum": 20_000_00,
    "transfer_person_day": 20_000_00,
    "transfer_day": 1_000_000_00,
    "returns_from": [],
}


class WeChatPay(Emulator):
    """The emulator of API v3 for direct merchants in public-key mode."""

    title = "WeChat Pay"
    retries = (
        *(15, 15, 30, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE),
        *(HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR),
    )
    look_ups = (
        *("merchant", "order", "split", "purse", "transaction_id", "prepay_id", "code", "day"),
        *("order_id", "package_info", "transfer_bill_no", "authorization_id"),
    )
    own_faults = (
        *("slow", "sign_test", "bad_signature", "statement_creating"),
        *("receiver_fails", "transfer_fails", "refund_abnormal", "refund_closed"),
    )
    private = frozenset({"platform", "bill", "api_v3_key", "fingerprint"})

    def routes(self) -> Iterable[Route]:
        """Those of every part."""
        with self.books.transaction() as books:
            kept = books.get("platform", "key") or self._new_platform()
        self.key: RSAPrivateKey = signing.read_private(kept["private"])
        self.key_id: str = kept["id"]
        desk = Desk(
            self.books,
            self.clock,
            self.agenda,
            self.faults,
            self.post_room,
            self.key,
            self.key_id,
        )
        payments, authorisations = Payments(desk), Authorisations(desk)
        refunds, splits = Refunds(desk, payments), Splits(desk, payments)
        transfers = Transfers(desk, authorisations)
        self._times = {
            "expire order": payments.expire,
            "release order": payments.release,
            "settle refund": refunds.settle,
            "settle split": splits.settle,
            "settle transfer": transfers.settle,
            "expire transfer": transfers.expire,
            "cancel transfer": transfers.cancel,
            "expire authorisation": authorisations.expire,
        }
        phone = Phone(desk, payments, transfers, authorisations)
        parts = (payments, refunds, Receivers(desk), splits, Returns(desk))
        for part in (*parts, transfers, authorisations, Bills(desk), phone):
            yield from part.routes()

    def _new_platform(self) -> Document:
        number = "".join(str(secrets.randbelow(10)) for _ in range(28))
        made = {
            "private": signing.private_text(signing.new_key()),
            "id": f"PUB_KEY_ID_01{number}",
        }
        self.books.put("platform", "key", made)
        return made

    def make_merchant(self, call: Call, wanted: Document) -> tuple[str, dict[str, str]]:
        """A merchant and its keys; of the private ones only what it signs for is kept here."""
        unknown = wanted.keys() - WISHES.keys() - {"merchant_id", "app_id"}
        if unknown:
            raise BadRequest(f"unknown wishes: {', '.join(sorted(unknown))}")
        number = call.books.next("merchant")
        mchid = str(wanted.get("merchant_id") or f"19{number:08d}")
        if call.books.get("merchant", mchid) is not None:
            raise Conflict(f"there is a merchant {mchid}")
        key = signing.new_key()
        wishes = {name: value for name, value in wanted.items() if name in WISHES}
        made = {
            **WISHES,
            **wishes,
            "mchid": mchid,
            "app_id": str(wanted.get("app_id") or f"wx{secrets.token_hex(8)}"),
            "certificate_serial": secrets.token_hex(20).upper(),
            "merchant_key": signing.public_text(key.public_key()),
            "api_v3_key": secrets.token_hex(16),
        }
        call.books.put("merchant", mchid, made)
        values = {
            "app_id": made["app_id"],
            "merchant_id": mchid,
            "certificate_serial": made["certificate_serial"],
            "private_key": signing.private_text(key),
            "api_v3_key": made["api_v3_key"],
            "public_key_id": self.key_id,
            "public_key": signing.public_text(self.key.public_key()),
            "split_maximum_bps": str(made["split_maximum_bps"]),
        }
        return call.request.host_url.rstrip("/"), values

    def tick(self) -> None:
        """Expire and settle."""
        self.agenda.run(self._times)

    def admit(self, call: Call) -> None:
        """Verify the signature."""
        call.merchant = door.admit(call, self.clock)

    def finish(self, call: Call, response: Response) -> Response:
        """Sign what went well; a refusal and a file go unsigned."""
        response.headers["Request-ID"] = secrets.token_hex(16).upper()
        if 200 <= response.status_code < 300 and call.route.place != DOWNLOAD:
            content = response.get_data()
            if self.faults.take("bad_signature", call.route.place, call.mentioned):
                content += b" "
            response.headers.extend(self._signed(content))
        return response

    def _signed(self, content: bytes) -> dict[str, str]:
        timestamp, nonce = str(int(self.clock.real())), secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.key_id,
            "Wechatpay-Signature": signing.sign(
                self.key, signing.lines(timestamp, nonce, content.decode())
            ),
            "Wechatpay-Signature-Type": signing.SCHEME,
        }

    def write_notice(self, notice: Document) -> Letter:
        """Seal what it tells for its merchant, and sign it for this moment."""
        told = notice["content"]
        with self.books.transaction() as books:
            merchant = books.get("merchant", told["merchant"])
        if merchant is None:
            raise LookupError(told["merchant"])
        nonce, kind = secrets.token_hex(6), told["original_type"]
        plain = json.dumps(told["resource"], ensure_ascii=False, separators=(",", ":"))
        body = {
            "id": told["id"],
            "create_time": told["create_time"],
            "resource_type": "encrypt-resource",
            "event_type": told["event"],
            "summary": told["event"],
            "resource": {
                "original_type": kind,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": signing.seal(merchant["api_v3_key"], nonce, kind, plain),
                "associated_data": kind,
                "nonce": nonce,
            },
        }
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", **self._signed(content)}
        headers["Request-ID"] = secrets.token_hex(16).upper()
        if told.get("probe"):
            headers["Wechatpay-Signature"] = PROBE + headers["Wechatpay-Signature"]
        return Letter(content, headers)

    def accepted(self, answer: Answer) -> bool:
        """200 or 204."""
        return answer.status in {200, 204}

    def refuse(self, error: HTTPException) -> Response:
        """`{"code", "message"}`."""
        status = error.code or 500
        word = error.word if isinstance(error, Refusal) else _WORDS.get(status, "PARAM_ERROR")
        told = json.dumps({"code": word, "message": error.description or ""}, ensure_ascii=False)
        return Response(told, status=status, mimetype="application/json")

    def break_down(self, call: Call) -> Response:  # noqa: ARG002
        """500 SYSTEM_ERROR: whoever asked does not know what was done."""
        told = '{"code":"SYSTEM_ERROR","message":"系统错误"}'
        return Response(told, status=500, mimetype="application/json")
