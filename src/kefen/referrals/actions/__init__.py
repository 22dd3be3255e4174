"""The verbs of referrals.

Lock order: the student's account, then his bindings; everything else is only added.
"""

from kefen.referrals.actions.attribute import attribute
from kefen.referrals.actions.identify import identify
from kefen.referrals.actions.land import record_landing, take_over_landings
from kefen.referrals.actions.links import make_link
from kefen.referrals.actions.rebind import rebind
from kefen.referrals.actions.record import record_visits

__all__ = [
    "attribute",
    "identify",
    "make_link",
    "rebind",
    "record_landing",
    "record_visits",
    "take_over_landings",
]
