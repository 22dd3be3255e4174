"""WeChat's bills: the trade bill (交易账单) for payments, refunds and their fees, and the fund flow
bills (资金账单) of both accounts for payouts, shares and whatever else moved money."""

import hashlib
import zlib
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

from kefen.adapters.payments.wechat_pay.connection import (
    Answer,
    Connection,
    NotThere,
    Refused,
    Send,
)
from kefen.adapters.payments.wechat_pay.notifications import Notified
from kefen.adapters.payments.wechat_pay.numbers import CHANNEL
from kefen.adapters.payments.wechat_pay.sheets import RefundMoves, flow_lines, trade_lines
from kefen.core.errors import ChannelUnavailable, InvalidInput
from kefen.ports.bills import BillLine

_EMPTY: Final = "NO_STATEMENT_EXIST"
_NOT_YET: Final = "STATEMENT_CREATING"
# Asked about a day that is not over, WeChat calls the date wrong.
_NOT_OVER: Final = {"INVALID_REQUEST", "PARAM_ERROR"}
_NOT_OPENED: Final = "NO_AUTH"
_LARGEST_BYTES: Final = 512 * 1024 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


class Bills(Notified):
    """The part of the adapter that reads bills."""

    def fetch_bill(self, institution: str, day: date) -> Sequence[BillLine]:
        """All movements of a day in China's time. Raises ChannelUnavailable, InvalidInput."""
        connection = self.connection(institution)
        client, on = connection.client, day.isoformat()
        trade = _fetched(connection, partial(client.trade_bill, bill_date=on))
        flows, moves = list[str](), RefundMoves()
        for account in ("BASIC", "OPERATION"):
            flow = _fetched(
                connection,
                partial(client.fundflow_bill, bill_date=on, account_type=account),
                # Who pays nobody has no operation account.
                may_lack=account == "OPERATION",
            )
            moves.read(flow)
            flows.append(flow)
        lines = trade_lines(trade, connection.account.merchant_id, moves)
        return lines + [line for flow in flows for line in flow_lines(flow, moves)]


def _fetched(connection: Connection, send: Send, *, may_lack: bool = False) -> str:
    """A bill's text, empty where there is none."""
    try:
        offer = connection.ask(send)
    except NotThere:
        return ""
    except Refused as refusal:
        if refusal.code == _EMPTY or (may_lack and refusal.code == _NOT_OPENED):
            return ""
        if refusal.code == _NOT_YET or refusal.code in _NOT_OVER:
            raise ChannelUnavailable(channel=CHANNEL) from refusal
        raise refusal.rejected() from refusal
    packed = connection.download(str(offer.get("download_url", "")))
    return checked(packed, offer)


def checked(packed: bytes, offer: Answer) -> str:
    """The text of a bill whose digest is the one that was announced. Raises InvalidInput.

    The digest is of the text; that it is not of the packed file is said in one place of WeChat's
    documents only, so both are taken.
    """
    content = _unpacked(packed)
    digests = {hashlib.sha1(one, usedforsecurity=False).hexdigest() for one in (content, packed)}
    if offer.get("hash_type") != "SHA1" or str(offer.get("hash_value")).lower() not in digests:
        raise InvalidInput(field="bill", reason="it is not the one that was announced")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(field="bill", reason="it is not UTF-8") from error


def _unpacked(packed: bytes) -> bytes:
    if not packed.startswith(b"\x1f\x8b"):
        return packed
    opener = zlib.decompressobj(_GZIP)
    try:
        content = opener.decompress(packed, _LARGEST_BYTES)
    except zlib.error as error:
        raise InvalidInput(field="bill", reason="it cannot be unpacked") from error
    if not opener.eof:
        raise InvalidInput(field="bill", reason="it is cut off or too large")
    return content
