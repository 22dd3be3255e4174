"""Stripe's front: who asks, the same answer to the same key, errors in its shape, signed events."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.frame.post_room import Letter
from kefen.emulators.frame.server import Emulator
from kefen.emulators.stripe import accounts, balance, forms, refunds, sessions, transfers
from kefen.emulators.stripe.asking import API_VERSION, PREFIXES, Ask
from kefen.emulators.stripe.errors import Refusal, answer, wrong
from kefen.emulators.stripe.pages import Pages

_KEY_LIVES = 24 * 3600
_LONGEST_KEY = 255
_MINUTE, _HOUR = 60, 3600

Work = Callable[[Ask], Document]


class StripeEmulator(Emulator):
    """Own faults: `rate_limit` (429) and `conflict` (409) anywhere, `refuse` at `refunds.create`
    (the bank sends it back) and `transfers.create` (the account cannot receive), `wrong_amount`
    at `page` (one minor unit more is charged)."""

    title = "Stripe"
    # Stripe tries for three days, ever more rarely; it does not publish its table.
    retries = (_MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, *([10 * _HOUR] * 6))
    look_ups = ("owner", "secret_key", "transfer_group", "charge", "source_transaction", "status")
    own_faults = ("rate_limit", "conflict", "refuse", "wrong_amount")
    private = frozenset({"secret_key", "webhook_secret", "secret", "answered"})

    def routes(self) -> Iterable[Route]:
        """The addresses of the API and the pages."""
        yield from Pages(self._asking).routes()
        for noun, path, filters in _LISTS:
            yield self._route("GET", path, _listing(noun, filters))
        for noun, path, named in _OBJECTS:
            yield self._route("GET", f"{path}/<id>", _showing(noun, named))
        for path, work in _VERBS:
            yield self._route("POST", path, work)
        yield self._route("GET", "/v1/account", accounts.own)
        yield self._route("GET", "/v1/balance", balance.show)
        yield self._route("GET", "/v1/balance_transactions", balance.list_transactions)

    def _route(self, method: str, path: str, work: Work) -> Route:
        noun, inside, verb = path.removeprefix("/v1/").replace("/", ".").partition(".<id>")
        verbs = {"GET": "", "POST": verb or (".update" if inside else ".create")}
        return Route(method, path, lambda call: self._work(call, work), noun + verbs[method])

    def make_merchant(self, call: Call, wanted: Document) -> tuple[str, dict[str, str]]:
        """An account. Wishes: `webhook_url` (where events go), `balance` (by currency), `account`
        (none is made: another key and another endpoint of that one), `restricted` (the key may
        do everything but read its own account)."""
        url, money = wanted.get("webhook_url", ""), wanted.get("balance", {})
        if not isinstance(url, str) or not isinstance(money, dict):
            raise BadRequest('{"webhook_url": "http://…", "balance": {"usd": 100000}}')
        made = {"id": f"{PREFIXES['account']}{secrets.token_hex(8)}"}
        merchant = (
            call.books.get("merchant", str(wanted["account"])) if "account" in wanted else made
        )
        if merchant is None:
            raise BadRequest("there is no such account")
        call.books.put("merchant", merchant["id"], merchant)
        restricted = wanted.get("restricted") is True
        secret_key = f"{'rk' if restricted else 'sk'}_test_{secrets.token_hex(24)}"
        key = {"account": merchant["id"], "secret_key": secret_key}
        call.books.put("api_key", secret_key, key)
        ask = self._asking(call, merchant["id"])
        endpoint = _endpoint(ask, url)
        for currency, amount in money.items():
            balance.move(ask, "topup", int(amount), currency, f"tu_{secrets.token_hex(8)}")
        gateway = call.request.host_url.rstrip("/")
        values = {"secret_key": secret_key, "webhook_secret": endpoint["secret"]}
        return gateway, values

    def admit(self, call: Call) -> None:
        """Bearer, or the key as the name of basic authentication. Pages are for everybody."""
        if not call.route.path.startswith("/v1/"):
            return
        key = _key_of(call)
        known = call.books.first("api_key", secret_key=key) if key else None
        call.merchant = (call.books.get("merchant", known["account"]) if known else None) or {}
        if not call.merchant:
            said = "Invalid API Key provided." if key else "You did not provide an API key."
            raise wrong(said, status=401)

    def tick(self) -> None:
        """Sessions end by themselves."""
        now = int(self.clock.seconds())
        for one in self.books.find("session", status="open"):
            if one["expires_at"] <= now:
                sessions.end(self._ask(one.pop("owner"), now), one)

    def refuse(self, error: HTTPException) -> Response:
        """In Stripe's shape."""
        if isinstance(error, Refusal):
            return error.respond()
        said = error.description or "It could not be understood."
        return wrong(said, status=error.code or 400).respond()

    def break_down(self, call: Call) -> Response:  # noqa: ARG002
        """5xx."""
        return Refusal(500, "api_error", "Something went wrong.", kept=True).respond()

    def finish(self, call: Call, response: Response) -> Response:
        """Every answer has a number."""
        response.headers["Request-Id"] = f"req_{secrets.token_hex(7)}"
        response.headers["Stripe-Version"] = call.request.headers.get("Stripe-Version", API_VERSION)
        return response

    def write_notice(self, notice: Document) -> Letter:
        """The event, signed now."""
        content = notice["content"]
        with self.books.transaction() as books:
            event = books.get("event", content["event"]) or {}
            endpoint = books.get("endpoint", content["endpoint"]) or {}
        bare = {name: value for name, value in event.items() if name != "owner"}
        body = json.dumps(bare, indent=2).encode()
        at = int(self.clock.real())
        signed = hmac.new(endpoint["secret"].encode(), b"%d." % at + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": f"t={at},v1={signed.hexdigest()}",
        }
        return Letter(body, headers)

    def _work(self, call: Call, work: Work) -> Response:
        place, mentioned = call.route.place, call.mentioned
        if self.faults.take("rate_limit", place, mentioned):
            return wrong("Too many requests.", code="rate_limit", status=429).respond()
        if self.faults.take("conflict", place, mentioned):
            said = "There is currently another in-progress request using this key."
            return Refusal(409, "idempotency_error", said, kept=False).respond()
        key = call.request.headers.get("Idempotency-Key", "")
        if call.request.method == "GET" or not key:
            return answer(self._do(call, work))
        return self._once(call, work, key)

    def _once(self, call: Call, work: Work, key: str) -> Response:
        """The same key answers the same for a day; with other parameters it is refused."""
        if len(key) > _LONGEST_KEY:
            raise wrong(f"Idempotency keys have up to {_LONGEST_KEY} characters.")
        owner, now = call.merchant["id"], self.clock.seconds()
        content = f"{call.request.path}\n{sorted(_pairs(call))}"
        digest = hashlib.sha256(content.encode()).hexdigest()
        known = call.books.get("key", f"{owner} {key}")
        if known is not None and known["until"] > now:
            if known["digest"] != digest:
                raise Refusal(
                    400,
                    "idempotency_error",
                    "Keys for idempotent requests can only be used with the same parameters they"
                    " were first used with.",
                    kept=False,
                )
            again = answer(known["answered"], status=known["status"])
            again.headers["Idempotent-Replayed"] = "true"
            return again
        status, said = 200, None
        try:
            said = self._do(call, work)
        except Refusal as refusal:
            if not refusal.kept:
                raise
            status, said = refusal.code or 400, refusal.content
        call.books.put(
            "key",
            f"{owner} {key}",
            {"digest": digest, "status": status, "answered": said, "until": now + _KEY_LIVES},
        )
        return answer(said, status=status)

    def _do(self, call: Call, work: Work) -> Document:
        ask = self._asking(call, call.merchant["id"], params=forms.nested(_pairs(call)))
        return work(ask)

    def _asking(self, call: Call, owner: str, params: dict[str, Any] | None = None) -> Ask:
        return Ask(
            books=self.books,
            faults=self.faults,
            post_room=self.post_room,
            now=int(self.clock.seconds()),
            gateway=call.request.host_url.rstrip("/"),
            owner=owner,
            params=params or {},
            args={**call.args, "path": call.request.path},
            account=call.request.headers.get("Stripe-Account", ""),
            key=_key_of(call),
        )

    def _ask(self, owner: str, now: int) -> Ask:
        return Ask(self.books, self.faults, self.post_room, now, "", owner, {}, {})


def _key_of(call: Call) -> str:
    given = call.request.authorization
    return "" if given is None else (given.token or given.username or "")


def _pairs(call: Call) -> list[tuple[str, str]]:
    given = call.request.args if call.request.method == "GET" else call.request.form
    return list(given.items(multi=True))


def _endpoint(ask: Ask, url: str) -> Document:
    secret = f"whsec_{secrets.token_hex(16)}"
    content = {"url": url, "enabled_events": ["*"], "status": "enabled", "secret": secret}
    return ask.make("endpoint", "webhook_endpoint", content)


def _open_endpoint(ask: Ask) -> Document:
    """Another address for events, with a secret of its own."""
    forms.only(ask.params, ("url", "enabled_events", "description", "api_version"))
    return _endpoint(ask, forms.text(ask.params, "url", needed=True))


def _listing(noun: str, filters: tuple[str, ...]) -> Work:
    return lambda ask: ask.listed(noun, *filters)


def _showing(noun: str, named: str) -> Work:
    return lambda ask: ask.get(noun, ask.args["id"], named=named)


_LISTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("session", "/v1/checkout/sessions", ("status", "payment_intent")),
    ("intent", "/v1/payment_intents", ()),
    ("charge", "/v1/charges", ("transfer_group", "payment_intent")),
    ("refund", "/v1/refunds", ("charge", "payment_intent")),
    ("transfer", "/v1/transfers", ("transfer_group", "destination")),
    ("account", "/v1/accounts", ()),
    ("payout", "/v1/payouts", ("status",)),
    ("event", "/v1/events", ("type",)),
)
_OBJECTS = (
    ("session", "/v1/checkout/sessions", "checkout.session"),
    ("intent", "/v1/payment_intents", "payment_intent"),
    ("charge", "/v1/charges", "charge"),
    ("refund", "/v1/refunds", "refund"),
    ("transfer", "/v1/transfers", "transfer"),
    ("account", "/v1/accounts", "account"),
    ("payout", "/v1/payouts", "payout"),
    ("event", "/v1/events", "event"),
    ("balance_transaction", "/v1/balance_transactions", "balance transaction"),
)
_VERBS: tuple[tuple[str, Work], ...] = (
    ("/v1/checkout/sessions", sessions.create),
    ("/v1/checkout/sessions/<id>/expire", sessions.expire),
    ("/v1/charges/<id>", sessions.update_charge),
    ("/v1/refunds", refunds.create),
    ("/v1/transfers", transfers.create),
    ("/v1/transfers/<id>/reversals", transfers.reverse),
    ("/v1/payouts", transfers.pay_to_bank),
    ("/v1/accounts", accounts.create),
    ("/v1/account_links", accounts.link),
    ("/v1/webhook_endpoints", _open_endpoint),
)
