"""Words for courses in the console, and for what they still lack."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "course": {
        "draft": pgettext_lazy("course", "Draft"),
        "on_sale": pgettext_lazy("course", "On sale"),
        "off_sale": pgettext_lazy("course", "Off sale"),
    },
    "price": {
        "planned": pgettext_lazy("price", "planned"),
        "now": pgettext_lazy("price", "in force"),
        "past": pgettext_lazy("price", "past"),
    },
    "course_check": {
        "price": _("a price"),
        "teacher": _("a teacher"),
        "lesson": _("a live lesson to come"),
        "refund_days": _("refund terms"),
        "rule": _("a rebate rule that applies"),
        "words": _("words that may be published"),
    },
    "cover_tone": {
        "indigo": _("Indigo"),
        "jade": _("Jade"),
        "amber": _("Amber"),
        "crimson": _("Crimson"),
        "violet": _("Violet"),
        "slate": _("Slate"),
    },
}

TONES: Final[Mapping[str, Mapping[str, str]]] = {
    "course": {"draft": "amber", "on_sale": "jade"},
    "price": {"planned": "indigo", "now": "jade"},
}
