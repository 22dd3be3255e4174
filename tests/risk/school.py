"""Odd clicks and orders, in few words."""

from datetime import datetime
from uuid import uuid4

from kefen.platform.identity.actions import ensure_accounts
from kefen.promoters import queries as promoters
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit
from kefen.referrals.models import Link
from tests.orders.school import START, come_by, sell, student, visitor


def link_of(promoter: str = "yu") -> Link:
    """The promoter's link for the whole school."""
    return referrals.make_link(promoters.by_code(promoter).id)


def click(number: int, *, at: datetime = START, network: str = "", automated: bool = False) -> None:
    """So many clicks on yu's link, each by another browser."""
    link = link_of()
    refused = referrals.record_visits(
        [Visit(uuid4(), "yu", None, at, link.id, network, automated) for _ in range(number)]
    )
    assert set(refused) == {None}


def account_of_yu() -> None:
    """yu gets an account of her own."""
    row = promoters.row("yu")
    row.account_id = ensure_accounts(["yu-herself"])["yu-herself"]
    row.save(update_fields=["account_id"])


def share_devices(number: int, who: str = "s1") -> None:
    """yu signed in on so many browsers that the student uses, too."""
    for place in range(number):
        name = f"shared-{place}"
        referrals.identify(visitor(name), student(who), at=START)
        referrals.identify(visitor(name), student("yu-herself"), at=START)


def self_purchase(number: str = "A", *, devices: int = 2) -> None:
    """An order by yu's link from somebody who uses her browsers."""
    account_of_yu()
    come_by("yu")
    share_devices(devices)
    sell(number, 10_000)
