"""What statements must be, by their own rule (replay.md)."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from tests.replay.play import read_output

HEADER = ["at", "key", "account", "debit", "credit", "balance"]


def statement_problems(folder: Path) -> list[str]:
    """Everything that is wrong with the statements in an output folder."""
    output = read_output(folder)
    problems: list[str] = []
    last: dict[str, int] = {}
    seen: Counter[tuple[Any, ...]] = Counter()
    people = set(output["balances"]["promoters"])
    files = {path.stem: path for path in (folder / "statements").iterdir()}
    if set(files) != people | {"institution"}:
        problems.append(f"statements of {sorted(files)}")
    for party, path in files.items():
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        if header != HEADER:
            problems.append(f"{party}: header {header}")
        for at, key, account, debit, credit, balance in lines:
            if _party(account) != party:
                problems.append(f"{party}: {account} is not his")
            change = int(credit) - int(debit)
            sign = -1 if account.startswith("channel:") or account.endswith(":receivable") else 1
            expected = last.get(account, 0) + sign * change
            if int(balance) != expected:
                problems.append(f"{party} {key} {account}: balance {balance}, not {expected}")
            last[account] = expected
            side = "credit" if int(credit) else "debit"
            seen[at, key, account, side, max(int(debit), int(credit))] += 1
    entries = Counter(
        (e["at"], e["key"], e["account"], e["side"], e["amount"]) for e in output["ledger"]
    )
    if seen != entries:
        problems.append(f"not once each: {(entries - seen) + (seen - entries)}")
    stated = {account: amount for account, amount in last.items() if amount}
    expected_balances = _accounts(output["balances"])
    if stated != expected_balances:
        problems.append(f"last balances {stated}, balances.json {expected_balances}")
    return problems


def _party(account: str) -> str:
    return account.split(":")[1] if account.startswith("promoter:") else "institution"


def _accounts(balances: dict[str, Any]) -> dict[str, int]:
    """balances.json by account; points are no money."""
    found = {"institution:main": balances["institution"]["main"]}
    found |= {f"channel:{name}": held for name, held in balances["channels"].items()}
    found["tax:withheld"] = balances["tax"]["withheld"]
    for person, own in balances["promoters"].items():
        for kind in ("pending", "available", "in_transit", "receivable"):
            found[f"promoter:{person}:{kind}"] = own[kind]
    return {account: amount for account, amount in found.items() if amount}
