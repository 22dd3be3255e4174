"""What people see: the page where a student pays, the one where a promoter says who he is, and the
phone, from which both are reached."""

from collections.abc import Callable, Iterable

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from kefen.emulators.frame import pages
from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call, Route
from kefen.emulators.stripe import accounts, sessions
from kefen.emulators.stripe.asking import Ask

_PAGE = "page"
_WITHOUT_DECIMALS = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv"}
    | {"xaf", "xof", "xpf"}
)


class Pages:
    """`asking` makes what a page may read and write in an account's name."""

    def __init__(self, asking: Callable[[Call, str], Ask]) -> None:
        self._asking = asking

    def routes(self) -> Iterable[Route]:
        """All of them."""
        yield Route("GET", "/pay/<id>", self._cashier, _PAGE)
        yield Route("POST", "/pay/<id>", self._pay, _PAGE)
        yield Route("GET", "/connect/<id>", self._form, _PAGE)
        yield Route("POST", "/connect/<id>", self._admit, _PAGE)
        yield Route("GET", "/emulator/phone", self._phone)
        yield Route("POST", "/emulator/phone", self._open_account)

    def _cashier(self, call: Call) -> Response:
        session = _found(call, "session")
        name = (call.books.get("cashier", session["id"]) or {})["name"]
        amount = _shown(session["amount_total"], session["currency"])
        parts = [pages.paragraph(name), pages.paragraph(amount)]
        if session["status"] == "open":
            buttons = {"pay": "Pay", "decline": "Pay with a card that is declined", "back": "Back"}
            parts.append(pages.form(f"/pay/{session['id']}", buttons=buttons))
        else:
            parts.append(pages.paragraph(f"This session is {session['status']}."))
        return pages.page("Pay (emulator of Stripe)", *parts)

    def _pay(self, call: Call) -> Response:
        session = _found(call, "session")
        done = call.request.form.get("do", "")
        ask = self._asking(call, session.pop("owner"))
        if done in {"pay", "decline"}:
            session = sessions.pay(ask, session, declined=done == "decline")
        if done == "decline":
            return self._cashier(call)
        back = session["success_url"] if done == "pay" else session["cancel_url"]
        return redirect(back or session["success_url"], code=303)

    def _form(self, call: Call) -> Response:
        account = _found(call, "account")
        return pages.page(
            "Open an account (emulator of Stripe)",
            pages.paragraph(f"Account {account['id']}"),
            pages.form(f"/connect/{account['id']}", buttons={"agree": "This is me, I agree"}),
        )

    def _admit(self, call: Call) -> Response:
        account = _found(call, "account")
        accounts.admit(self._asking(call, account["owner"]), account["id"])
        known = call.books.get("onboarding", account["id"]) or {}
        return redirect(known.get("back") or "/emulator/phone", code=303)

    def _phone(self, call: Call) -> Response:
        opened = call.books.find("session", status="open")
        known = call.books.find("account")
        merchants = call.books.find("merchant")
        return pages.page(
            "The phone (emulator of Stripe)",
            "<h2>To pay</h2>",
            *(
                pages.link(f"/pay/{one['id']}", f"{one['client_reference_id']}: pay")
                for one in opened
            ),
            "<h2>Connected accounts</h2>",
            pages.table(
                ("Account", "Transfers"),
                [(one["id"], one["capabilities"]["transfers"]) for one in known],
            ),
            *(
                pages.form(
                    "/emulator/phone",
                    buttons={"open": f"Open an account with {one['id']}"},
                    hidden={"merchant": one["id"]},
                )
                for one in merchants
            ),
        )

    def _open_account(self, call: Call) -> Response:
        merchant = call.books.get("merchant", call.request.form.get("merchant", ""))
        if merchant is None:
            raise NotFound
        accounts.create(self._asking(call, merchant["id"]), active=True)
        return redirect("/emulator/phone", code=303)


def _shown(amount: int, currency: str) -> str:
    """An amount as people read it."""
    if currency in _WITHOUT_DECIMALS:
        return f"{amount} {currency.upper()}"
    return f"{amount // 100}.{amount % 100:02d} {currency.upper()}"


def _found(call: Call, noun: str) -> Document:
    found = call.books.get(noun, call.args["id"])
    if found is None:
        raise NotFound
    return found
