"""Writing what came of a replay (replay.md), read back from the institution's own tables."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kefen.commissions import queries as commissions
from kefen.core import postings
from kefen.core.periods import format_instant
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.platform.tenancy.queries import current
from kefen.promoters import queries as promoters
from kefen.standings import queries as standings
from kefen.statements import queries as statements

_CHUNK = 2000
_MONEY = ("pending", "available", "in_transit", "receivable")


def write(folder: Path, refusals: list[tuple[int, str, str]]) -> tuple[int, int]:
    """Write all files into `folder`; answers how many orders and commissions there are."""
    folder.mkdir(parents=True, exist_ok=True)
    placed: set[str] = set()
    _lines(folder / "attributions.jsonl", _attributions(placed))
    booked = _lines(folder / "commissions.jsonl", _commissions())
    _document(folder / "balances.json", _balances())
    _lines(folder / "withdrawals.jsonl", _withdrawals())
    _document(folder / "boards.json", _boards())
    _lines(
        folder / "refusals.jsonl",
        ({"line": line, "type": kind, "code": code} for line, kind, code in sorted(refusals)),
    )
    _lines(folder / "ledger.jsonl", _ledger())
    _statements(folder / "statements")
    return len(placed), booked


def _lines(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n")
            count += 1
    return count


def _document(path: Path, value: Any) -> None:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _attributions(placed: set[str]) -> Iterator[dict[str, Any]]:
    for line in orders.in_order_of_placing().iterator(chunk_size=_CHUNK):
        placed.add(line.order.number)
        yield {
            "order": line.order.number,
            "line": line.number,
            "winner": None if line.winner_id is None else line.winner.code,
            "reason": line.attribution.reason,
            "candidates": [
                {key: found[key] for key in ("promoter", "at", "verdict")}
                for found in line.attribution.evidence
            ],
        }


def _commissions() -> Iterator[dict[str, Any]]:
    cuts = commissions.all_cuts()
    for row in commissions.in_order_of_booking().iterator(chunk_size=_CHUNK):
        yield {
            "order": row.order.number,
            "line": row.line.number,
            "promoter": row.promoter.code,
            "level": row.level,
            "rule": row.rule_key,
            "n": row.tier_figure,
            "base": row.base,
            "booked": row.booked,
            "capped": (row.line_id, row.level) in cuts,
            "reversed": row.reversed,
            "remaining": row.booked - row.reversed,
            "state": row.state,
            "available_at": format_instant(row.available_at),
        }


def _balances() -> dict[str, Any]:
    found = ledger.balances()
    return {
        "institution": {"main": found.get(postings.MAIN, 0)},
        "channels": {
            code.removeprefix("channel:"): -balance
            for code, balance in found.items()
            if code.startswith("channel:")
        },
        "tax": {"withheld": found.get(postings.TAX, 0)},
        "promoters": {
            code: {
                "pending": found.get(postings.pending(code), 0),
                "available": found.get(postings.available(code), 0),
                "in_transit": found.get(postings.in_transit(code), 0),
                "receivable": -found.get(postings.receivable(code), 0),
                "points": found.get(postings.points(code), 0),
            }
            for code in promoters.codes()
        },
    }


def _withdrawals() -> Iterator[dict[str, Any]]:
    for row in payouts.in_order_of_request().iterator(chunk_size=_CHUNK):
        yield {
            "withdrawal": row.number,
            "promoter": row.promoter.code,
            "amount": row.amount,
            "tax": row.tax,
            "net": row.net,
            "state": row.state,
        }


def _boards() -> list[dict[str, Any]]:
    return [
        {
            "metric": view.board.metric.value,
            "period": view.board.period.kind.value,
            "starts_on": view.board.period.starts_on.isoformat(),
            "closed": view.closed,
            "rows": [
                {"promoter": row.promoter, "rank": row.rank, "value": row.value}
                for row in view.rows
            ],
        }
        for view in standings.boards()
    ]


def _ledger() -> Iterator[dict[str, Any]]:
    for line in ledger.lines():
        yield {
            "at": format_instant(line.at),
            "key": line.key,
            "account": line.account,
            "side": line.side,
            "amount": line.amount,
        }


def _statements(folder: Path) -> None:
    """One file for each promoter and one for the institution, in one pass over the ledger."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()  # of promoters whom this scenario does not have
    parties = {*promoters.codes(), statements.INSTITUTION}
    rows: dict[str, list[list[object]]] = {party: [] for party in parties}
    for line in statements.lines(current().currency):
        rows[line.party].append(line.row())
    for party, found in rows.items():
        with (folder / f"{party}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(statements.HEADER)
            writer.writerows(found)
