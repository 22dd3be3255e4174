"""Where two outputs of a replay differ.

Order counts wherever replay.md fixes it. Inside one ledger transfer it does not, nor does how
many entries an account has there; a channel that holds nothing may be left out.
"""

import itertools
import json
from collections.abc import Iterator
from typing import Any

LISTS = ("attributions", "commissions", "withdrawals", "refusals", "boards")


def differences(got: dict[str, Any], want: dict[str, Any]) -> list[str]:
    """Everything in which `got` is not as `want`, in words; empty if the two say the same."""
    found: list[str] = []
    for name in LISTS:
        found += _lists(name, got[name], want[name])
    found += _values("balances", _held(got["balances"]), _held(want["balances"]))
    found += _lists("ledger", _transfers(got["ledger"]), _transfers(want["ledger"]))
    return found


def _lists(name: str, got: list[Any], want: list[Any]) -> Iterator[str]:
    for place, (left, right) in enumerate(itertools.zip_longest(got, want), start=1):
        yield from _values(f"{name} {place}", left, right)


def _values(where: str, got: Any, want: Any) -> Iterator[str]:
    # As text, because 1 is neither true nor 1.0.
    left, right = (json.dumps(x, sort_keys=True, ensure_ascii=False) for x in (got, want))
    if left != right:
        yield f"{where}:\n    got  {left}\n    want {right}"


def _held(balances: dict[str, Any]) -> dict[str, Any]:
    channels = {name: held for name, held in balances["channels"].items() if held}
    return {**balances, "channels": channels}


def _transfers(entries: list[dict[str, Any]]) -> list[Any]:
    """(key, at, {account: debit - credit}) in posting order."""
    found = []
    for (key, at), group in itertools.groupby(entries, lambda e: (e["key"], e["at"])):
        net: dict[str, int] = {}
        for entry in group:
            sign = 1 if entry["side"] == "debit" else -1
            net[entry["account"]] = net.get(entry["account"], 0) + sign * entry["amount"]
        found.append([key, at, {account: amount for account, amount in net.items() if amount}])
    return found
