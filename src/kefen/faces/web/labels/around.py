"""Words around the pages: menus, looks, days, spans and the steps of the funnel."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "nav": {
        "overview": _("Overview"),
        "orders": _("Orders"),
        "promoters": _("Promoters"),
        "risk": pgettext_lazy("nav", "Risk"),
        "courses": pgettext_lazy("console", "Courses"),
        "settlement": _("Settlement"),
        "programme": _("Rebate rules"),
        "withdrawals": _("Withdrawals"),
        "payouts": _("Batches and bank files"),
        "payout_settings": _("Payout settings"),
        "statements": _("Statements"),
        "compliance": _("Compliance"),
        "questions": _("Questions"),
        "notifications": _("Notifications"),
        "audit": _("Audit log"),
        "members": _("Members"),
        "channels": _("Payment channels"),
        "reconciliation": _("Reconciliation"),
        "splits": _("Stopped splits"),
        "tasks": _("Task centre"),
        "institutions": _("Institutions"),
        "limits": _("Hard limits"),
        "health": _("Jobs and health"),
        "platform_risk": _("Risk centre"),
        "platform_audit": _("Platform audit log"),
        "platform_tasks": _("Task centre"),
        "licences": _("Licences"),
        "reveals": _("Personal data"),
    },
    "nav_group": {
        "daily": pgettext_lazy("nav", "Daily work"),
        "promotion": pgettext_lazy("nav", "Promotion"),
        "money": _("Money"),
        "oversight": pgettext_lazy("nav", "Compliance and risk"),
        "settings": pgettext_lazy("nav", "Settings"),
    },
    "look": {
        "cover": pgettext_lazy("look", "Colour"),
        "paper": pgettext_lazy("look", "Paper"),
        "night": pgettext_lazy("look", "Night"),
        "cinnabar": pgettext_lazy("look", "Red"),
    },
    "weekday": {
        "0": pgettext_lazy("weekday", "Monday"),
        "1": pgettext_lazy("weekday", "Tuesday"),
        "2": pgettext_lazy("weekday", "Wednesday"),
        "3": pgettext_lazy("weekday", "Thursday"),
        "4": pgettext_lazy("weekday", "Friday"),
        "5": pgettext_lazy("weekday", "Saturday"),
        "6": pgettext_lazy("weekday", "Sunday"),
    },
    "weekday_short": {
        "0": pgettext_lazy("weekday", "Mo"),
        "1": pgettext_lazy("weekday", "Tu"),
        "2": pgettext_lazy("weekday", "We"),
        "3": pgettext_lazy("weekday", "Th"),
        "4": pgettext_lazy("weekday", "Fr"),
        "5": pgettext_lazy("weekday", "Sa"),
        "6": pgettext_lazy("weekday", "Su"),
    },
    "span": {
        "1": pgettext_lazy("span", "Today"),
        "7": pgettext_lazy("span", "7 days"),
        "30": pgettext_lazy("span", "30 days"),
        "90": pgettext_lazy("span", "90 days"),
        "custom": pgettext_lazy("span", "Choose days"),
    },
    "funnel": {
        "click": pgettext_lazy("funnel", "Clicks"),
        "landing": pgettext_lazy("funnel", "Landings"),
        "order": pgettext_lazy("funnel", "Orders"),
        "paid": pgettext_lazy("funnel", "Paid"),
        "settled": pgettext_lazy("funnel", "Settled"),
    },
}
