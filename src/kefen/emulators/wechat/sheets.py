"""The bills' files: UTF-8 with a mark, a backtick before every value, yuan with two decimals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kefen.emulators.frame.books import Document
from kefen.emulators.wechat.accounts import FEE_BPS
from kefen.emulators.wechat.desk import beijing

_TRADE = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
]
_REFUND = ["微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态"]
_TIMES = ["退款申请时间", "退款成功时间"]
_END = ["商品名称", "商户数据包", "手续费", "费率", "订单金额"]
TRADE_HEADS = {
    "ALL": [*_TRADE, *_REFUND, *_END, "申请退款金额", "费率备注"],
    "SUCCESS": [*_TRADE, *_END, "费率备注"],
    "REFUND": [*_TRADE, *_TIMES, *_REFUND, *_END, "申请退款金额", "费率备注"],
}
_TRADE_SUMMARY = [
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
]
_FLOW = [
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务名称",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "账户结余(元)",
    "资金变更提交申请人",
    "备注",
    "业务凭证号",
]
_FLOW_SUMMARY = ["资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额"]
# The bill has states of its own, and never changes them afterwards.
_REFUND_STATES = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "CLOSED": "FAIL"}


@dataclass(frozen=True, slots=True)
class Trade:
    """A payment, or one of its refunds."""

    at: float
    order: Document
    refund: Document | None


def yuan(fen: int) -> str:
    """Fen as yuan."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _fee(fen: int) -> str:
    return f"{yuan(fen)}000"


def _moment(at: float) -> str:
    return f"{beijing(at):%Y-%m-%d %H:%M:%S}" if at else ""


def _values(trade: Trade) -> dict[str, str]:
    order, refund = trade.order, trade.refund
    told = dict.fromkeys(TRADE_HEADS["REFUND"], "")
    told |= {
        "交易时间": _moment(trade.at),
        "公众账号ID": order["appid"],
        "商户号": order["merchant"],
        "特约商户号": "0",
        "微信订单号": order["transaction_id"],
        "商户订单号": order["out_trade_no"],
        "用户标识": order["openid"],
        "交易类型": order["trade_type"],
        "交易状态": "REFUND" if refund else "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": yuan(0 if refund else order["total"]),
        "代金券金额": yuan(0),
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": yuan(0),
        "充值券退款金额": yuan(0),
        "商品名称": order["description"],
        "商户数据包": order["attach"],
        "手续费": _fee(-refund["fee"] if refund else order["fee"]),
        "费率": f"{FEE_BPS // 100}.{FEE_BPS % 100:02d}%",
        "订单金额": yuan(0 if refund else order["total"]),
        "申请退款金额": yuan(0),
    }
    if refund:
        told |= {
            "微信退款单号": refund["refund_id"],
            "商户退款单号": refund["out_refund_no"],
            "退款金额": yuan(refund["amount"]),
            "退款类型": "ORIGINAL",
            "退款状态": _REFUND_STATES.get(refund["state"], "CHANGE"),
            "退款申请时间": _moment(refund["created"]),
            "退款成功时间": _moment(refund["succeeded"]),
            "申请退款金额": yuan(refund["amount"]),
        }
    return told


def trade_sheet(kind: str, trades: Sequence[Trade]) -> str:
    """The trade bill of a kind (ALL, SUCCESS, REFUND)."""
    rows = [_values(one) for one in trades]
    paid = [one.order for one in trades if one.refund is None]
    refunds = [one.refund for one in trades if one.refund is not None]
    back = sum(one["amount"] for one in refunds)
    got = sum(one["total"] for one in paid)
    fees = sum(one["fee"] for one in paid) - sum(one["fee"] for one in refunds)
    summary = [str(len(trades)), yuan(got), yuan(back), yuan(0), _fee(fees), yuan(got), yuan(back)]
    heads = TRADE_HEADS[kind]
    return _sheet(heads, [[row[head] for head in heads] for row in rows], _TRADE_SUMMARY, summary)


def flow_sheet(flows: Sequence[Document]) -> str:
    """The fund flow bill."""
    rows = [
        [
            _moment(one["at"]),
            one["number"],
            one["flow"],
            one["name"],
            one["kind"],
            "收入" if one["amount"] > 0 else "支出",
            yuan(abs(one["amount"])),
            yuan(one["balance"]),
            "system",
            one["note"],
            one["voucher"],
        ]
        for one in flows
    ]
    came = [one["amount"] for one in flows if one["amount"] > 0]
    went = [-one["amount"] for one in flows if one["amount"] < 0]
    summary = [str(len(flows)), str(len(came)), yuan(sum(came)), str(len(went)), yuan(sum(went))]
    return _sheet(_FLOW, rows, _FLOW_SUMMARY, summary)


def _sheet(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    summary_heads: Sequence[str],
    summary: Sequence[str],
) -> str:
    """Values are marked by a backtick; a comma in one is written full-width, so that none splits
    a line."""
    written = [",".join(heads), *map(_row, rows), ",".join(summary_heads), _row(summary)]
    return "\ufeff" + "\r\n".join(written) + "\r\n"


def _row(values: Sequence[str]) -> str:
    return ",".join("`" + one.replace(",", "，").replace("\n", " ") for one in values)
