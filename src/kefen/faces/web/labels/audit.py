"""Words for what else stands in a row of the audit log: names of details, and which family the
codes of a deed belong to."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

DETAILS: Final[Mapping[str, str | Promise]] = {
    "amount": pgettext_lazy("detail", "amount"),
    "batch": pgettext_lazy("detail", "batch"),
    "channel": pgettext_lazy("detail", "channel"),
    "count": pgettext_lazy("detail", "count"),
    "decision": pgettext_lazy("detail", "decision"),
    "field": pgettext_lazy("detail", "field"),
    "kind": pgettext_lazy("detail", "kind"),
    "list_price": pgettext_lazy("detail", "price"),
    "net": pgettext_lazy("detail", "net"),
    "number": pgettext_lazy("detail", "number"),
    "order": pgettext_lazy("detail", "order"),
    "prepared_by": pgettext_lazy("detail", "prepared by"),
    "prizes": pgettext_lazy("detail", "prizes"),
    "refund": pgettext_lazy("detail", "refund"),
    "released": pgettext_lazy("detail", "released"),
    "role": pgettext_lazy("detail", "role"),
    "rule": pgettext_lazy("detail", "rule"),
    "rules": pgettext_lazy("detail", "rules"),
    "shares": pgettext_lazy("detail", "shares"),
    "split": pgettext_lazy("detail", "split"),
    "tax": pgettext_lazy("detail", "tax"),
    "times": pgettext_lazy("detail", "times"),
    "title": pgettext_lazy("detail", "title"),
    "to": pgettext_lazy("detail", "to"),
    "total": pgettext_lazy("detail", "total"),
    "until": pgettext_lazy("detail", "until"),
    "verdict": pgettext_lazy("detail", "verdict"),
    "withdrawal": pgettext_lazy("detail", "withdrawal"),
    "withdrawals": pgettext_lazy("detail", "withdrawals"),
    "word": pgettext_lazy("detail", "word"),
}

# By the first word of a deed: what its codes before, after and as a reason are codes of.
CODES: Final[Mapping[str, str]] = {
    "commission": "commission",
    "course": "course",
    "member": "role",
    "order": "order",
    "promoter": "promoter",
    "refund": "refund",
    "signal": "signal",
    "split": "split_reason",
    "withdrawal": "withdrawal",
}
