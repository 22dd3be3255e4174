"""What one request may read and write: the objects of the account that asks, and its events."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kefen.emulators.frame.books import Books, Document
from kefen.emulators.frame.faults import Faults
from kefen.emulators.frame.post_room import PostRoom
from kefen.emulators.stripe import forms
from kefen.emulators.stripe.errors import missing, wrong

API_VERSION = "2026-10-28.endive"
_LONGEST = 100

# What is kept under which noun, and how its numbers begin.
PREFIXES = {
    "session": "cs_test_",
    "intent": "pi_",
    "charge": "ch_",
    "refund": "re_",
    "transfer": "tr_",
    "reversal": "trr_",
    "account": "acct_",
    "payout": "po_",
    "balance_transaction": "txn_",
    "event": "evt_",
    "endpoint": "we_",
    "topup": "tu_",
}
# Those that say whether they are real money.
_WITH_MODE = {"session", "intent", "charge", "transfer", "payout", "event", "endpoint"}


@dataclass(frozen=True, slots=True)
class Ask:
    """`owner` is the account's number, `params` what was asked for, `args` what stood in the path,
    `account` the connected account in whose name it is asked (empty: its own), `key` the one that
    was shown."""

    books: Books
    faults: Faults
    post_room: PostRoom
    now: int
    gateway: str
    owner: str
    params: dict[str, Any]
    args: Mapping[str, Any]
    account: str = ""
    key: str = ""

    def make(self, noun: str, named: str, content: Document) -> Document:
        """A new object, kept."""
        made = {
            "id": f"{PREFIXES[noun]}{secrets.token_hex(12)}",
            "object": named,
            "created": self.now,
            **({"livemode": False} if noun in _WITH_MODE else {}),
            **content,
        }
        return self.keep(noun, made)

    def keep(self, noun: str, found: Document) -> Document:
        """Write an object."""
        self.books.put(noun, found["id"], {**found, "owner": self.owner})
        return found

    def get(self, noun: str, key: str, *, param: str = "id", named: str = "") -> Document:
        """An object of this account. Refuses what is not there."""
        found = self.books.get(noun, key)
        if found is None or found["owner"] != self.owner:
            raise missing(named or noun, key, param, status=404 if param == "id" else 400)
        return _bare(found)

    def find(self, noun: str, **fields: str) -> list[Document]:
        """This account's objects, oldest first."""
        return [_bare(one) for one in self.books.find(noun, owner=self.owner, **fields)]

    def tell(self, kind: str, about: Document, *, before: Document | None = None) -> None:
        """Let the account's webhooks know, and keep the event."""
        changed = {} if before is None else {"previous_attributes": before}
        event = self.make(
            "event",
            "event",
            {
                "type": kind,
                "api_version": API_VERSION,
                "data": {"object": about, **changed},
                "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None},
            },
        )
        said = about.get("metadata") or {}
        mentioned = " ".join([about["id"], *(str(value) for value in said.values())])
        for endpoint in self.books.find("endpoint", owner=self.owner):
            content = {"event": event["id"], "endpoint": endpoint["id"]}
            self.post_room.post(endpoint["url"], kind, content, mentioned=mentioned)

    def listed(
        self,
        noun: str,
        *filters: str,
        dress: Callable[[Document], Document] = lambda found: found,
    ) -> Document:
        """A page of a list, newest first."""
        params = self.params
        forms.only(params, ("limit", "starting_after", "ending_before", "created", *filters))
        fields = {name: forms.text(params, name) for name in filters if name in params}
        begin, end = _interval(params)
        found = [
            one for one in reversed(self.find(noun, **fields)) if begin <= one["created"] <= end
        ]
        length = forms.whole(params, "limit") if "limit" in params else 10
        if length > _LONGEST:
            raise wrong(f"limit is at most {_LONGEST}", param="limit")
        page, more = self._page(noun, found, length)
        return {
            "object": "list",
            "url": str(self.args["path"]),
            "has_more": more,
            "data": [dress(one) for one in page],
        }

    def _page(self, noun: str, found: list[Document], length: int) -> tuple[list[Document], bool]:
        after, before = self.params.get("starting_after"), self.params.get("ending_before")
        numbers = [one["id"] for one in found]
        for cursor, name in ((after, "starting_after"), (before, "ending_before")):
            if cursor is not None and cursor not in numbers:
                raise missing(noun, str(cursor), name, status=400)
        if before is not None:
            place = numbers.index(before)
            return found[max(0, place - length) : place], place > length
        place = 0 if after is None else numbers.index(after) + 1
        return found[place : place + length], len(found) > place + length


def _bare(found: Document) -> Document:
    return {name: value for name, value in found.items() if name != "owner"}


def _interval(params: dict[str, Any]) -> tuple[int, int]:
    """Both ends included."""
    created = params.get("created", {})
    if isinstance(created, str):
        at = forms.whole(params, "created", least=0)
        return at, at
    forms.only(created, ("gt", "gte", "lt", "lte"))
    begin, end = 0, 2**62
    for name in created:
        value = forms.whole(created, name, least=0)
        if name in {"gt", "gte"}:
            begin = max(begin, value + (name == "gt"))
        else:
            end = min(end, value - (name == "lt"))
    return begin, end
