"""Words about money at channels and banks: accounts, batches, bills, files."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "merchant": {
        "absent": _("Not connected"),
        "active": _("Students pay by it"),
        "off": _("Switched off"),
        "contested": _("Another school has it, too"),
        "shut": _("Shut by the channel"),
    },
    "merchant_field": {
        "app_id": _("App ID"),
        "merchant_id": _("Merchant number"),
        "certificate_serial": _("Serial number of the merchant certificate"),
        "private_key": _("Private key of the merchant"),
        "api_v3_key": _("APIv3 key"),
        "public_key_id": _("ID of the WeChat Pay public key"),
        "public_key": _("WeChat Pay public key"),
        "transfer_scene_id": _("Scene of transfers"),
        "transfer_report_first": _("Scene report: position"),
        "transfer_report_second": _("Scene report: what is paid for"),
        "split_maximum_bps": _("Largest share of a payment, in 1/10,000"),
        "seller_id": _("Seller ID (PID)"),
        "alipay_public_key": _("Alipay public key"),
        "app_certificate": _("App certificate"),
        "alipay_certificate": _("Alipay certificate"),
        "root_certificate": _("Alipay root certificate"),
        "transfer_scene_name": _("Scene name of transfers"),
        "secret_key": _("Secret key"),
        "webhook_secret": _("Signing secret of the webhook"),
    },
    "settlement_exception": {
        "held": _("Rebates that are held"),
        "not_payable": _("Promoters who cannot be paid yet"),
        "owing": _("Balances below zero"),
        "unclear": _("Payouts without a result for two days"),
        "bills": _("Days that are not reconciled"),
    },
    "settlement_doubt": {
        "prepared": _("In a settlement already"),
        "account": _("No account to pay to"),
        "moved": _("Account changed after it was asked for"),
    },
    "stuck": {
        "identity": _("no identity"),
        "account": _("no payout account"),
        "owing": _("still to claw back"),
    },
    "batch_item": {
        "waiting": _("Its turn comes"),
        "done": _("Approved"),
        "halved": _("Waits for the second person"),
        "refused": _("Needs a look"),
    },
    "bank_encoding": {"utf-8-sig": "UTF-8", "gb18030": "GB18030"},
    "bank_column": {
        "serial": _("Serial number"),
        "number": _("Withdrawal number"),
        "name": _("Receiver's name"),
        "account": _("Card number"),
        "bank": _("Bank"),
        "amount": _("Amount in yuan"),
        "remark": _("Remark"),
    },
    "channel": {
        "sandbox": _("Sandbox"),
        "wechat_pay": _("WeChat Pay"),
        "alipay": _("Alipay"),
        "stripe": _("Card (Stripe)"),
        "bank": _("Bank transfer"),
    },
    "bill_day": {
        "waiting": _("No bill yet"),
        "differs": _("Differences open"),
        "transit": _("Something is on its way"),
        "agrees": _("Agrees"),
    },
    "bill_group": {
        "matched": _("Matched"),
        "amount_differs": _("Amount differs"),
        "fee_differs": _("Fee differs"),
        "only_ours": _("Only in our books"),
        "only_theirs": _("Only on the bill"),
        "in_transit": _("In transit"),
    },
    "bill_subject": {
        "payment": pgettext_lazy("bill", "Payment"),
        "refund": pgettext_lazy("bill", "Refund"),
        "payout": pgettext_lazy("bill", "Payout"),
        "share": pgettext_lazy("bill", "Split"),
        "fee": pgettext_lazy("bill", "Fee"),
        "other": pgettext_lazy("bill", "Other"),
    },
    "stray": {
        "asked": _("Goes back"),
        "stuck": _("Needs you at the payment channel"),
        "returned": _("Went back"),
        "failed": _("Refused by the channel"),
        "settled": _("Given back otherwise"),
    },
    "left": {
        "open": _("Without an answer"),
        "came": _("The money came"),
        "unpaid": _("Not paid, says the channel"),
        "never": _("Never came"),
    },
    "came": {"came": _("The money came"), "never": _("Never came")},
    "stray_cause": {
        "order_not_open": _("The order was cancelled"),
        "paid_twice": _("The order was paid already"),
        "only_on_bill": _("Found on the channel's bill"),
    },
    "bill_decision": {
        "note": _("Note only"),
        "book": _("Book it"),
        "return": _("Give it back"),
        "adjust": _("Correct the books"),
        "resolved": _("Resolved by itself"),
    },
    "export": {
        "queued": _("Queued"),
        "running": _("Writing"),
        "ready": _("Ready to download"),
        "failed": _("Failed"),
        "expired": _("Expired"),
    },
    "export_kind": {
        "income_report": _("Incomes of a quarter, identities masked"),
        "income_report_full": _("Identities and incomes of a quarter"),
        "tax_year": _("Tax records of a year"),
        "statement": _("Statement"),
        "evidence": _("Evidence for a regulator"),
        "audit_log": _("Audit log"),
        "platform_audit": _("Platform audit log"),
        "orders": _("Orders"),
        "orders_full": _("Orders with names and phone numbers"),
        "promoters": _("Promoters"),
        "promoters_full": _("Promoters with names and phone numbers"),
        "withdrawals": _("Withdrawals"),
    },
    "many": {
        "approve": _("Approve"),
        "reject": _("Return the applications"),
        "suspend": _("Suspend"),
        "group": _("Move into a group"),
    },
    "many_consequence": {
        "approve": _("They can promote from now on, and see so."),
        "reject": _("Their applications are returned with your reason; they may apply again."),
        "suspend": _(
            "Their links bring no orders from now on; what they earned stays theirs and can be"
            " withdrawn."
        ),
        "group": _("The rules of the group count from their next order on. Empty: no group."),
    },
    "hit": {
        "order": _("Order"),
        "promoter": _("Promoter"),
        "course": _("Course"),
    },
    "export_reason": {
        "refused": _("What was asked for cannot be written."),
        "broken": _("Something went wrong on our side; it is noted."),
        "left_behind": _("Writing was interrupted again and again."),
    },
}

TONES: Final[Mapping[str, Mapping[str, str]]] = {
    "merchant": {"active": "jade", "off": "amber", "contested": "crimson", "shut": "crimson"},
    "left": {"open": "amber", "came": "jade", "unpaid": "jade", "never": "jade"},
    "stray": {
        "asked": "indigo",
        "stuck": "crimson",
        "returned": "jade",
        "failed": "crimson",
        "settled": "jade",
    },
    "bill_day": {"waiting": "amber", "differs": "crimson", "transit": "indigo", "agrees": "jade"},
    "bill_group": {
        "matched": "jade",
        "amount_differs": "crimson",
        "fee_differs": "amber",
        "only_ours": "crimson",
        "only_theirs": "crimson",
        "in_transit": "indigo",
    },
    "export": {"queued": "amber", "running": "indigo", "ready": "jade", "failed": "crimson"},
    "batch_item": {"halved": "amber", "refused": "crimson"},
}
