"""Those who hold a phone. Nobody has to be made known: an unknown openid is a verified person whose
name the channel has no reason to doubt. A test makes known whom it wants otherwise."""

from kefen.emulators.frame.books import Books
from kefen.emulators.wechat.desk import text


def make(books: Books, wanted: dict[str, object]) -> None:
    """Make somebody known: `openid`, `name`, `verified`, `blocked`."""
    openid = text(wanted, "openid", longest=128)
    person = {
        "openid": openid,
        "name": text(wanted, "name", longest=64, required=False),
        "verified": wanted.get("verified", True) is True,
        "blocked": wanted.get("blocked", False) is True,
    }
    books.put("person", openid, person)


def name_differs(books: Books, openid: str, name: str) -> bool:
    """Whether the channel knows him by another name."""
    person = books.get("person", openid)
    return bool(name and person and person["name"] and person["name"] != name)


def is_unverified(books: Books, openid: str) -> bool:
    """Whether he never proved who he is."""
    person = books.get("person", openid)
    return person is not None and not person["verified"]


def is_blocked(books: Books, openid: str) -> bool:
    """Whether his account may receive nothing."""
    person = books.get("person", openid)
    return person is not None and bool(person["blocked"])
