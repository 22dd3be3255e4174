"""What a promoter is told of a withdrawal: short, without personal data."""

from django.utils.translation import gettext as _

from kefen.payouts.models import Withdrawal


def subject() -> str:
    """What the message is about."""
    return _("Your withdrawal")


def of(change: str, row: Withdrawal, *, hours: int) -> str:
    """The text about a change, in the language being shown."""
    shown = {"number": row.number, "amount": _plain(row.amount), "net": _plain(row.net or 0)}
    match change:
        case "approved":
            said = _("Withdrawal {number}: {amount} is approved, {net} after tax is on its way.")
        case "sent":
            said = _("Withdrawal {number}: {net} was handed to the payment channel.")
        case "awaiting_confirmation":
            said = _("Withdrawal {number}: confirm the receipt of {net} within {hours} h, please.")
        case "succeeded":
            said = _("Withdrawal {number}: {net} was paid.")
        case "expired":
            said = _(
                "Withdrawal {number}: the receipt was not confirmed in time. {amount} is available "
                "again; you can ask for it anew."
            )
        case "cancelled":
            said = _("Withdrawal {number} was taken back; {amount} is available again.")
        case "rejected":
            said = _("Withdrawal {number} was returned: {reason}. {amount} is available again.")
        case _other:
            said = _("Withdrawal {number} failed: {reason}. {amount} is available again.")
    return said.format(**shown, hours=hours, reason=row.state_reason or _("no reason was given"))


def _plain(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
