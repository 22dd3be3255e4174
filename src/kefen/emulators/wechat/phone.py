"""The phone in a student's or a promoter's hand: pays, confirms, agrees. Plain pages."""

from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from kefen.emulators.frame import pages
from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.wechat import people, signing
from kefen.emulators.wechat.authorisations import Authorisations
from kefen.emulators.wechat.desk import Desk, Refusal, body_of, invalid, missing
from kefen.emulators.wechat.payments import H5_LASTS, PREPAY_LASTS, Payments, code_url
from kefen.emulators.wechat.sheets import yuan
from kefen.emulators.wechat.transfers import Transfers

HOME = "/emulator/phone"
_BRIDGE = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")


def _page(title: str, *parts: str, status: int = 200) -> Response:
    said = pages.paragraph("模拟器：这里没有真钱。")
    return pages.page(f"{title}（模拟）", said, *parts, status=status, language="zh-Hans")


class Phone:
    """The pages and what their buttons do."""

    def __init__(
        self,
        desk: Desk,
        payments: Payments,
        transfers: Transfers,
        authorisations: Authorisations,
    ) -> None:
        self._desk, self._payments = desk, payments
        self._transfers, self._authorisations = transfers, authorisations

    def routes(self) -> Iterable[Route]:
        """Beside the channel's own addresses."""
        yield Route("GET", HOME, self._shown(self._front))
        for name in ("pay", "h5", "sheet"):
            yield Route("GET", f"{HOME}/{name}", self._shown(self._cashier), name)
        yield Route("POST", f"{HOME}/pay", self._shown(self._pay))
        yield Route("GET", f"{HOME}/receive", self._shown(self._receipt))
        yield Route("POST", f"{HOME}/receive", self._shown(self._receive))
        yield Route("POST", "/emulator/people", self._make_people)

    def _shown(self, handler: Callable[[Call], Response]) -> Callable[[Call], Response]:
        def answer(call: Call) -> Response:
            try:
                return handler(call)
            except Refusal as no:
                status = no.code or 400
                return _page("微信", pages.paragraph(no.description or ""), status=status)

        return answer

    def _make_people(self, call: Call) -> Response:
        people.make(call.books, body_of(call))
        return Response(status=204)

    def _front(self, call: Call) -> Response:
        books = call.books
        waiting = [
            pages.link(
                f"{HOME}/pay?prepay_id={quote(one['prepay_id'])}",
                f"付款 ¥{yuan(one['total'])} · {one['description']} · {one['out_trade_no']}",
            )
            for one in books.find("order", state="NOTPAY")
        ]
        for kind, verb in (("transfer", "收款"), ("authorisation", "授权")):
            waiting += [
                pages.link(
                    f"{HOME}/receive?package_info={quote(one['package_info'])}",
                    f"{verb} · {one['openid']} · {one['key']}",
                )
                for one in books.find(kind, state="WAIT_USER_CONFIRM")
            ]
        code = pages.form(
            f"{HOME}/pay",
            fields={"code": "二维码内容 weixin://wxpay/bizpayurl?pr=…"},
            buttons={"scan": "扫一扫"},
            method="get",
        )
        return _page("微信", code, "<h2>待处理</h2>", *(waiting or [pages.paragraph("无")]))

    # Paying.

    def _cashier(self, call: Call) -> Response:
        order, given = self._asked(call), call.request.args
        if call.route.place == "h5" and self._desk.now() > order["prepaid"] + H5_LASTS:
            raise invalid("h5_url 已过期，请重新下单")
        if call.route.place == "sheet":
            self._check_bridge(order, {name: given.get(name, "") for name in _BRIDGE})
        hidden = {
            "prepay_id": order["prepay_id"],
            "redirect_url": given.get("redirect_url", ""),
        }
        fields = {} if order["openid"] else {"openid": "付款人 openid（可不填）"}
        return _page(
            "微信支付",
            pages.paragraph(order["description"]),
            f"<p><strong>¥{escape(yuan(order['total']))}</strong></p>",
            pages.form(
                f"{HOME}/pay",
                hidden=hidden,
                fields=fields,
                buttons={"pay": "立即支付", "leave": "取消"},
            ),
        )

    def _asked(self, call: Call) -> Document:
        given = call.request.values
        code = given.get("code", "")
        prepay = given.get("prepay_id", "") or given.get("package", "").removeprefix("prepay_id=")
        if code:
            found = call.books.first("order", code=code.rpartition("pr=")[2])
            if found is not None and code_url(found) != code:
                found = None
        else:
            found = call.books.first("order", prepay_id=prepay)
        if found is None:
            raise missing("订单不存在")
        if self._desk.now() > found["prepaid"] + PREPAY_LASTS:
            raise invalid("支付会话已过期，请重新下单")
        return found

    def _check_bridge(self, order: Document, bridge: dict[str, str]) -> None:
        """WeChat's app opens no sheet whose parameters the merchant did not sign."""
        merchant = self._desk.books.get("merchant", order["merchant"])
        message = signing.lines(
            bridge["appId"], bridge["timeStamp"], bridge["nonceStr"], bridge["package"]
        )
        good = (
            merchant is not None
            and bridge["appId"] == order["appid"]
            and bridge["signType"] == "RSA"
            and bridge["package"] == f"prepay_id={order['prepay_id']}"
            and signing.is_signed(
                signing.read_public(merchant["merchant_key"]), message, bridge["paySign"]
            )
        )
        if not good:
            raise invalid("支付验证签名失败")

    def _pay(self, call: Call) -> Response:
        order, given = self._asked(call), call.request.form
        back = given.get("redirect_url", "")
        if given.get("do") != "leave":
            self._payments.pay(order, given.get("openid", "").strip())
        if back.startswith(("http://", "https://")):
            return redirect(back, 303)
        said = "支付成功" if order["paid"] else "已取消"
        return _page("微信支付", pages.paragraph(said), pages.link(HOME, "返回"))

    # Receiving.

    def _receipt(self, call: Call) -> Response:
        package, back = (
            call.request.args.get(name, "") for name in ("package_info", "redirect_url")
        )
        hidden = {"package_info": package, "redirect_url": back}
        transfer = call.books.first("transfer", package_info=package) if package else None
        if transfer is not None:
            about = f"¥{yuan(transfer['amount'])} · {transfer['remark']} · {transfer['state']}"
            buttons = {"confirm": "确认收款", "leave": "暂不收款"}
        elif package and (found := call.books.first("authorisation", package_info=package)):
            about = f"{found['user_display_name']} · {found['state']}"
            buttons = {"agree": "同意自动收款", "close": "关闭授权"}
        else:
            raise missing("单据不存在")
        return _page(
            "收款",
            pages.paragraph(about),
            pages.form(f"{HOME}/receive", hidden=hidden, buttons=buttons),
        )

    def _receive(self, call: Call) -> Response:
        given = call.request.form
        package, wish = given.get("package_info", ""), given.get("do", "")
        if wish == "confirm":
            self._transfers.confirm(package)
        elif wish in {"agree", "close"}:
            self._authorisations.answer(package, agrees=wish == "agree")
        back = given.get("redirect_url", "")
        if back.startswith(("http://", "https://")):
            return redirect(back, 303)
        said = "已取消" if wish == "leave" else "已提交"
        return _page("收款", pages.paragraph(said), pages.link(HOME, "返回"))
