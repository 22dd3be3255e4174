"""The gateway: who asks, what is asked, and the signed answer."""

import json
import urllib.parse
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kefen.emulators.alipay import bills, cashier, signing, splits, trades, transfers
from kefen.emulators.alipay.calls import Asked
from kefen.emulators.alipay.wire_format import Refusal, parsed, seconds_of
from kefen.emulators.frame import pages
from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.frame.post_room import Answer, Letter
from kefen.emulators.frame.server import Emulator

FRESH_SECONDS = 600
_CALLS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "alipay.trade.precreate": trades.precreate,
    "alipay.trade.query": trades.query,
    "alipay.trade.close": trades.close,
    "alipay.trade.refund": trades.refund,
    "alipay.trade.fastpay.refund.query": trades.refund_query,
    "alipay.trade.royalty.relation.bind": splits.bind,
    "alipay.trade.royalty.relation.unbind": splits.unbind,
    "alipay.trade.royalty.relation.batchquery": splits.list_bound,
    "alipay.trade.royalty.rate.query": splits.rate,
    "alipay.trade.order.settle": splits.settle,
    "alipay.trade.order.settle.query": splits.settle_query,
    "alipay.trade.order.onsettle.query": splits.unsettled,
    "alipay.fund.trans.uni.transfer": transfers.transfer,
    "alipay.fund.trans.common.query": transfers.query,
    "alipay.data.dataservice.bill.downloadurl.query": bills.download_url,
}
_STARTING_BALANCE = 100_000_000  # fen
_NOT_SIGNED = frozenset({"sign", "sign_type"})


class Told(Response):
    """The inner object of an answer, before it is signed."""


class Alipay(Emulator):
    """Alipay for merchants that it makes itself, each with keys and certificates of its own."""

    title = "Alipay"
    retries: Sequence[float] = (240, 600, 600, 3600, 7200, 21600, 54000)
    look_ups = ("app_id", "trade_no", "settle_no", "trade", "order")
    own_faults = ("wrong_amount", "refuse", "share_fails", "unknown", "bad_signature")
    private = frozenset(
        {"alipay_private_key", "app_public_key", "app_certificate", "visit", "download"}
    )

    def routes(self) -> Iterable[Route]:
        """The gateway, the bills' address, the pages of the student."""
        for method in ("GET", "POST"):
            yield Route(method, "/gateway.do", self._gateway, "gateway")
        yield Route("GET", "/bill/download", self._download, "download")
        yield Route("GET", "/cashier/<token>", cashier.show, "cashier")
        yield Route("POST", "/cashier/<token>", self._pay, "cashier")
        for method in ("GET", "POST"):
            yield Route(method, "/emulator/phone", self._phone)

    def place(self, call: Call) -> str:
        """Faults name the call by Alipay's own name of it."""
        if call.route.place == "gateway":
            return _parameters(call).get("method", "gateway")
        return call.route.place

    def make_merchant(self, call: Call, wanted: Document) -> tuple[str, dict[str, str]]:
        """A merchant; `{"mode": "key"}` wishes for one without certificates, `app_gateway` is
        where messages of transfers go, `balance` and `split_maximum_bps` are what they say."""
        books = call.books
        count = books.next("merchant")
        app_id, seller_id = f"2026{count:012d}", f"2088{count:012d}"
        app, ours, root = signing.new_key(), signing.new_key(), signing.new_key()
        gateway = f"{call.request.host_url.rstrip('/')}/gateway.do"
        values = {
            "app_id": app_id,
            "seller_id": seller_id,
            "private_key": signing.private_text(app),
            "alipay_public_key": signing.public_text(ours),
        }
        merchant = {
            "app_id": app_id,
            "seller_id": seller_id,
            "gateway": gateway,
            "alipay_private_key": signing.private_text(ours),
            "app_public_key": signing.public_text(app),
            "by_certificate": wanted.get("mode") != "key",
            "app_gateway": str(wanted.get("app_gateway", "")),
            "balance": int(wanted.get("balance", _STARTING_BALANCE)),
            "split_bps": int(wanted.get("split_maximum_bps", 3_000)),
        }
        if merchant["by_certificate"]:
            now = datetime.fromtimestamp(self.clock.real(), UTC)
            top = signing.certificate("Emulated Root", root, now)
            texts = {
                "app_certificate": signing.certificate(f"app {app_id}", app, now, top, root),
                "alipay_certificate": signing.certificate("Emulated Alipay", ours, now, top, root),
                "root_certificate": top,
            }
            values |= {name: signing.certificate_text(one) for name, one in texts.items()}
            for name in texts:
                number = signing.certificate_number(values[name])
                merchant[name.replace("certificate", "cert_sn")] = number
        books.put("merchant", app_id, merchant)
        return gateway, values

    def write_notice(self, notice: Document) -> Letter:
        """A form, signed over all of it."""
        content: dict[str, str] = notice["content"]
        with self.books.transaction() as books:
            merchant = books.get("merchant", content["app_id"]) or {}
        text = signing.text_of(content, without=_NOT_SIGNED)
        signed = content | {
            "sign": signing.sign(merchant["alipay_private_key"], text),
            "sign_type": "RSA2",
        }
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        return Letter(urllib.parse.urlencode(signed).encode(), {"Content-Type": kind})

    def accepted(self, answer: Answer) -> bool:
        """Seven letters, nothing else."""
        return answer.body == b"success"

    def admit(self, call: Call) -> None:
        """Whether the app signed the request, lately."""
        if call.route.place != "gateway":
            return
        asked = _parameters(call)
        merchant = call.books.get("merchant", asked.get("app_id", ""))
        if merchant is None:
            raise _wrong("isv.invalid-app-id", "无效的AppID参数")
        call.merchant = merchant
        text = signing.text_of(asked, without=frozenset({"sign"}))
        if asked.get("charset", "").lower() != "utf-8":
            raise _wrong("isv.invalid-charset", "字符集错误")
        if asked.get("sign_type") != "RSA2" or asked.get("version") != "1.0":
            raise _wrong("isv.invalid-signature-type", "无效的签名类型")
        if not signing.fits(merchant["app_public_key"], text, asked.get("sign", "")):
            raise _wrong("isv.invalid-signature", "无效签名")
        at = seconds_of(asked.get("timestamp", ""))
        if at is None or abs(self.clock.real() - at) > FRESH_SECONDS:
            raise _wrong("isv.invalid-timestamp", "非法的时间戳参数")
        if merchant["by_certificate"]:
            for name, kept in (
                ("app_cert_sn", "app_cert_sn"),
                ("alipay_root_cert_sn", "root_cert_sn"),
            ):
                if asked.get(name) != merchant[kept]:
                    raise _wrong("isv.invalid-cert-sn", f"证书序列号不匹配：{name}")

    def finish(self, call: Call, response: Response) -> Response:
        """Sign what the gateway told: exactly the text of the inner object."""
        if not isinstance(response, Told):
            return response
        inner = response.get_data(as_text=True)
        asked = _parameters(call)
        name = f"{asked.get('method', 'error').replace('.', '_')}_response"
        parts = [f'"{name}":{inner}']
        if call.merchant:
            text = inner
            if self.faults.take("bad_signature", self.place(call), call.mentioned):
                text = f"{inner} "
            if call.merchant["by_certificate"]:
                parts.append(f'"alipay_cert_sn":"{call.merchant["alipay_cert_sn"]}"')
            signature = signing.sign(call.merchant["alipay_private_key"], text)
            parts.append(f'"sign":"{signature}"')
        return Response(f"{{{','.join(parts)}}}", mimetype="text/html")

    def refuse(self, error: HTTPException) -> Response:
        """Refusals are answers like others."""
        if isinstance(error, Refusal):
            return Told(json.dumps(error.content, ensure_ascii=False, separators=(",", ":")))
        return super().refuse(error)

    def tick(self) -> None:
        """Settle what waits."""
        for one in self.books.find("settlement", state="waiting"):
            splits.execute(self, self.books, one)

    def _gateway(self, call: Call) -> Response:
        parameters = _parameters(call)
        asked = Asked(
            self, call.books, call.merchant, parameters, parsed(parameters.get("biz_content", ""))
        )
        method = parameters.get("method", "")
        if method in trades.PRODUCTS:
            try:
                return cashier.enter(asked)
            except Refusal as refusal:
                sentence = f"{refusal.description} ({refusal.content['sub_code']})"
                return pages.page("支付宝", pages.paragraph(sentence), status=400)
        if method not in _CALLS:
            raise _wrong("isv.invalid-method", "不存在的方法名")
        told = _CALLS[method](asked)
        content: dict[str, Any] = {"code": "10000", "msg": "Success", **told}
        if self.faults.take("unknown", method, call.mentioned):
            # It is done, and Alipay does not know.
            content = Refusal("aop.unknow-error", "系统繁忙", code="20000").content
        return Told(json.dumps(content, ensure_ascii=False, separators=(",", ":")))

    def _download(self, call: Call) -> Response:
        return bills.download(call, self.clock.real())

    def _pay(self, call: Call) -> Response:
        return cashier.take(call, self)

    def _phone(self, call: Call) -> Response:
        return cashier.phone(call, self)


def _parameters(call: Call) -> dict[str, str]:
    """Out of the address and the form, as Alipay takes them."""
    call.request.get_data()  # kept: a form that was read can be read no more
    return call.request.args.to_dict() | call.request.form.to_dict()


def _wrong(sub_code: str, sub_msg: str) -> Refusal:
    return Refusal(sub_code, sub_msg, code="40002")
