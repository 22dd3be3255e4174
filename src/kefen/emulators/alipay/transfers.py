"""Transfers to Alipay accounts."""

import json
from typing import Any

from kefen.emulators.alipay.calls import Asked, key_of, move
from kefen.emulators.alipay.wire_format import Refusal, beijing, fen, invalid, number, yuan
from kefen.emulators.frame.books import Document

_LEAST, _MOST = 10, 5_000_000  # fen, for a person
_IDENTITIES = ("ALIPAY_USER_ID", "ALIPAY_LOGON_ID", "ALIPAY_OPEN_ID")


def transfer(asked: Asked) -> dict[str, Any]:
    """Send money, once under its number; only who speaks with certificates may."""
    content = asked.content
    if not asked.merchant["by_certificate"]:
        raise Refusal("isv.missing-signature-config", "单笔转账仅支持公钥证书", code="40002")
    name, amount, payee = number(content, "out_biz_no"), fen(content, "trans_amount"), _payee(asked)
    _check_product(content)
    key = key_of(asked.merchant, name)
    known = asked.books.get("transfer", key)
    if known is not None:
        if (known["amount"], known["payee"]) != (amount, payee):
            raise Refusal("DISCORDANT_REPEAT_REQUEST", "重复请求信息不一致")
        return _taken(known)
    if amount < _LEAST:
        raise Refusal("EXCEED_LIMIT_UNRN_AMOUNT", "转账金额低于最低金额")
    if amount > _MOST:
        raise Refusal("EXCEED_LIMIT_PERSONAL_SM_AMOUNT", "单笔额度超限")
    if asked.fault("refuse", name):
        raise Refusal("PAYEE_USER_INFO_ERROR", "收款账号和姓名不一致")
    if amount > asked.merchant["balance"]:
        raise Refusal("PAYER_BALANCE_NOT_ENOUGH", "付款方余额不足")
    known = _send(asked, key, name, amount, payee)
    return _taken(known)


def _check_product(content: dict[str, Any]) -> None:
    if content.get("product_code") != "TRANS_ACCOUNT_NO_PWD":
        raise invalid("product_code", "INVALID_PARAMETER")
    if content.get("biz_scene") != "DIRECT_TRANSFER" or not content.get("order_title"):
        raise invalid("biz_scene, order_title", "INVALID_PARAMETER")
    if content.get("transfer_scene_name") and not content.get("transfer_scene_report_infos"):
        raise invalid("transfer_scene_report_infos", "INVALID_PARAMETER")


def _payee(asked: Asked) -> dict[str, Any]:
    payee = asked.content.get("payee_info")
    if not isinstance(payee, dict) or payee.get("identity_type") not in _IDENTITIES:
        raise invalid("payee_info", "INVALID_PARAMETER")
    if not payee.get("identity"):
        raise invalid("payee_info.identity", "INVALID_PARAMETER")
    if payee["identity_type"] == "ALIPAY_LOGON_ID" and not payee.get("name"):
        raise invalid("payee_info.name", "INVALID_PARAMETER")
    return payee


def _send(asked: Asked, key: str, name: str, amount: int, payee: dict[str, Any]) -> Document:
    day = beijing(asked.now)[:10].replace("-", "")
    known = {
        "app_id": asked.merchant["app_id"],
        "out_biz_no": name,
        "amount": amount,
        "payee": payee,
        "at": asked.now,
        "status": "SUCCESS",
        "order_id": f"{day}0211{asked.books.next('send'):020d}",
    }
    asked.books.put("transfer", key, known)
    move(
        asked.books,
        asked.merchant,
        asked.now,
        kind="转账",
        amount=-amount,
        number=name,
        trade=known["order_id"],
        name=str(asked.content["order_title"]),
    )
    _tell(asked, known)
    return known


def _tell(asked: Asked, known: Document) -> None:
    """The message of the transfer's state goes to the address that the app was given."""
    real = asked.emulator.clock.real()
    content = {
        "notify_id": f"{int(real)}{asked.books.next('notify'):018d}",
        "utc_timestamp": str(int(real * 1000)),
        "msg_method": "alipay.fund.trans.order.changed",
        "charset": "UTF-8",
        "version": "1.1",
        "app_id": known["app_id"],
        "biz_content": json.dumps(
            _told(known) | {"action_type": "FINISH", "biz_scene": "DIRECT_TRANSFER"},
            ensure_ascii=False,
        ),
    }
    asked.emulator.post_room.post(
        asked.merchant["app_gateway"], "transfer", content, mentioned=known["out_biz_no"]
    )


def query(asked: Asked) -> dict[str, Any]:
    """A transfer as it is."""
    known = asked.books.get("transfer", key_of(asked.merchant, number(asked.content, "out_biz_no")))
    if known is None:
        raise Refusal("ORDER_NOT_EXIST", "转账订单不存在")
    return _told(known)


def _taken(known: Document) -> dict[str, Any]:
    return {
        "out_biz_no": known["out_biz_no"],
        "order_id": known["order_id"],
        "pay_fund_order_id": known["order_id"],
        "status": known["status"],
        "trans_date": beijing(known["at"]),
    }


def _told(known: Document) -> dict[str, Any]:
    return {
        "out_biz_no": known["out_biz_no"],
        "order_id": known["order_id"],
        "pay_fund_order_id": known["order_id"],
        "status": known["status"],
        "trans_amount": yuan(known["amount"]),
        "pay_date": beijing(known["at"]),
    }
