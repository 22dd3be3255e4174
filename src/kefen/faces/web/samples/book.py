"""Every page with its sample, in the order of the styleguide."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kefen.faces.web.samples import (
    accounts,
    around,
    bills,
    boards,
    compliance,
    courses,
    desk,
    files,
    licences,
    members,
    operator,
    paying_out,
    payouts,
    poster,
    programme,
    promoter,
    provider,
    risk,
    settlements,
    signing,
    splits,
    student,
)
from kefen.faces.web.samples.words import NOW, promoter_name, say
from kefen.faces.web.shared.layout import Layout, Notice
from kefen.platform.identity import rights


@dataclass(frozen=True, slots=True)
class Sample:
    """A page: address in the styleguide, template, how its screen is made, what frames it."""

    key: str
    template: str
    make: Callable[[], Any]
    active: str = ""
    face: str = "student"
    notice: Callable[[], Notice] | None = field(default=None)

    def layout(self, path: str, theme: str) -> Layout:
        """The frame of the sample."""
        person, role = {
            "promoter": (promoter_name(), "promoter"),
            "operator": (say("沈岚", "Shen Lan"), "operator"),
            "platform": (say("顾安", "Gu An"), "platform"),
        }.get(self.face, ("", ""))
        everywhere = self.face in ("platform", "nobody")
        return Layout(
            now=NOW,
            path=path,
            institution_slug="" if everywhere else "zhixing",
            institution_name="" if everywhere else say("知行学堂", "Zhixing School"),
            active=self.active,
            person_name=person,
            person_role=role,
            theme=theme,
            demo=True,
            counts={"promoters": 3, "withdrawals": 4, "notifications": 2},
            notice=self.notice() if self.notice else None,
            may=rights.deeds_of({"operator": "owner"}.get(self.face, self.face)),
        )


def _saved() -> Notice:
    return Notice(
        say("第 3 版已发布，从下一单起生效。", "Version 3 is published and counts from now on."),
        say("已保存", "Saved"),
    )


def _students() -> tuple[Sample, ...]:
    make: dict[str, tuple[str, Callable[[], Any]]] = {
        "school": ("school", student.school),
        "school-empty": ("school", student.school_empty),
        "course": ("course", student.course),
        "course-plain": ("course", student.course_plain),
        "course-off-sale": ("course", student.course_off_sale),
        "trial": ("trial", student.trial),
        "checkout": ("checkout", student.checkout),
        "cashier": ("cashier", student.scan),
        "cashier-in-app": ("cashier", student.scan_in_app),
        "cashier-paid": ("cashier", student.scan_paid),
        "order-placed": ("order", student.order_placed),
        "order-confirming": ("order", student.order_confirming),
        "order-paid": ("order", student.order_paid),
        "order-cancelled": ("order", student.order_cancelled),
        "order-refunded": ("order", student.order_refunded),
        "order-partly": ("order", student.order_partly),
        "order-asked": ("order", student.order_asked),
        "order-declined": ("order", student.order_declined),
        "refund": ("refund", student.refund),
        "my-courses": ("my_courses", student.my_courses),
        "my-courses-empty": ("my_courses", student.my_courses_empty),
        "learn": ("learn", student.learn),
        "my-orders": ("my_orders", student.my_orders),
        "my-orders-empty": ("my_orders", student.my_orders_empty),
        "become-promoter": ("become_promoter", student.become_promoter),
        "become-lecturer": ("become_promoter", student.become_lecturer),
        "agreement": ("agreement", student.agreement),
        "become-applied": ("become_promoter", student.become_applied),
        "become-rejected": ("become_promoter", student.become_rejected),
        "complaint": ("complaint", compliance.report),
        "complaint-sent": ("complaint", compliance.report_sent),
    }
    return tuple(
        Sample(f"student-{key}", f"web/student/{name}.html", screen)
        for key, (name, screen) in make.items()
    )


def _signing() -> tuple[Sample, ...]:
    make: dict[str, tuple[str, Callable[[], Any]]] = {
        "phone": ("school", signing.phone),
        "wechat": ("school", signing.wechat),
        "none": ("school", signing.nothing_offered),
        "adding": ("school", signing.adding),
        "code": ("code", signing.code),
        "snapshot": ("snapshot", signing.snapshot),
    }
    return tuple(
        Sample(f"sign-in-{key}", f"web/signing/{name}.html", screen)
        for key, (name, screen) in make.items()
    )


def _promoters() -> tuple[Sample, ...]:
    make: dict[str, tuple[str, str, Callable[[], Any]]] = {
        "home": ("home", "home", promoter.home),
        "home-empty": ("home", "home", promoter.home_empty),
        "courses": ("courses", "courses", promoter.course_list),
        "courses-empty": ("courses", "courses", promoter.course_list_empty),
        "course": ("course", "courses", promoter.course),
        "poster": ("poster", "courses", poster.sheet),
        "no-poster": ("no_poster", "courses", poster.no_poster),
        "links": ("links", "courses", poster.links),
        "links-empty": ("links", "courses", poster.links_empty),
        "course-ladder": ("course", "courses", promoter.course_ladder),
        "course-fixed": ("course", "courses", promoter.course_fixed),
        "income": ("income", "income", promoter.income),
        "income-empty": ("income", "income", promoter.income_empty),
        "proof": ("proof", "income", promoter.proof),
        "proof-clawed": ("proof", "income", promoter.proof_clawed),
        "withdraw": ("withdraw", "income", payouts.withdraw),
        "withdraw-short": ("withdraw", "income", payouts.withdraw_short),
        "withdraw-first": ("withdraw", "income", payouts.withdraw_first),
        "withdrawal": ("withdrawal", "income", payouts.withdrawal),
        "withdrawal-in-wechat": ("withdrawal", "income", payouts.withdrawal_in_wechat),
        "withdrawal-expired": ("withdrawal", "income", payouts.withdrawal_expired),
        "withdrawal-requested": ("withdrawal", "income", payouts.withdrawal_requested),
        "withdrawal-held": ("withdrawal", "income", payouts.withdrawal_held),
        "payout-wishes": ("payout_wishes", "profile", payouts.wishes),
        "payout-wishes-agreed": ("payout_wishes", "profile", payouts.wishes_agreed),
        "tax": ("tax", "income", payouts.tax_records),
        "tax-empty": ("tax", "income", payouts.tax_empty),
        "performance": ("performance", "income", payouts.performance),
        "performance-empty": ("performance", "income", payouts.performance_empty),
        "statement": ("statement", "income", promoter.statement),
        "files": ("files", "income", files.exports),
        "files-empty": ("files", "income", files.exports_empty),
        "profile": ("profile", "profile", payouts.profile),
        "profile-known": ("profile", "profile", payouts.profile_known),
        "identity": ("identity", "profile", payouts.identity),
        "identity-declared": ("identity", "profile", payouts.identity_declared),
        "payout-account": ("payout_account", "profile", payouts.payout_account),
        "payout-account-wechat": ("payout_account", "profile", payouts.payout_account_wechat),
        "payout-account-none": ("payout_account", "profile", payouts.payout_account_none),
        "profile-way": ("profile", "profile", splits.profile),
        "way": ("way", "profile", splits.way),
        "board": ("board", "income", boards.of_promoter),
        "way-missing": ("way", "profile", splits.way_missing),
        "way-none": ("way", "profile", splits.way_none),
        "proof-split": ("proof", "income", splits.proof),
        "proof-held": ("proof", "income", risk.proof_held),
        "proof-rejected": ("proof", "income", risk.proof_rejected),
    }
    return tuple(
        Sample(f"promoter-{key}", f"web/promoter/{name}.html", screen, active, "promoter")
        for key, (name, active, screen) in make.items()
    )


def _operators() -> tuple[Sample, ...]:
    make: dict[str, tuple[str, str, Callable[[], Any]]] = {
        "overview": ("overview", "overview", operator.overview),
        "overview-empty": ("overview", "overview", operator.overview_empty),
        "orders": ("orders", "orders", operator.orders),
        "orders-empty": ("orders", "orders", operator.orders_empty),
        "order": ("order", "orders", operator.order),
        "order-split": ("order", "orders", splits.order),
        "order-split-waiting": ("order", "orders", splits.order_waiting),
        "search": ("search", "search", around.search),
        "search-empty": ("search", "search", around.search_empty),
        "promoters-many": ("promoters_many", "promoters", around.many),
        "promoters-done": ("promoters_done", "promoters", around.done),
        "promoters": ("promoters", "promoters", operator.promoters),
        "promoters-empty": ("promoters", "promoters", operator.promoters_empty),
        "promoter": ("promoter", "promoters", operator.promoter),
        "promoter-active": ("promoter", "promoters", operator.promoter_active),
        "channels": ("channels", "channels", accounts.channels),
        "channels-none": ("channels", "channels", accounts.channels_none),
        "channel": ("channel", "channels", accounts.channel),
        "shut": ("shut", "reconciliation", accounts.shut),
        "shut-first": ("shut", "reconciliation", accounts.shut_first),
        "shut-none": ("shut", "reconciliation", accounts.shut_none),
        "channel-kept": ("channel", "channels", accounts.channel_kept),
        "promoter-way": ("promoter", "promoters", splits.one_promoter),
        "promoters-way": ("promoters", "promoters", splits.promoters),
        "programme": ("programme", "programme", desk.programme),
        "programme-empty": ("programme", "programme", desk.programme_empty),
        **_programme(),
        "withdrawals": ("withdrawals", "withdrawals", desk.withdrawals),
        "withdrawals-empty": ("withdrawals", "withdrawals", desk.withdrawals_empty),
        "statements": ("statements", "statements", desk.statements),
        "payouts": ("payouts", "payouts", paying_out.payouts),
        "payouts-empty": ("payouts", "payouts", paying_out.payouts_empty),
        "payout-confirm": ("payout_confirm", "withdrawals", paying_out.confirm),
        "payout-batch": ("payout_batch", "payouts", paying_out.batch),
        "payout-batch-ended": ("payout_batch", "payouts", paying_out.batch_ended),
        "bank-file": ("bank_file", "payouts", paying_out.bank_file),
        "bank-file-taken": ("bank_file", "payouts", paying_out.bank_file_taken),
        "payout-settings": ("payout_settings", "payout_settings", paying_out.settings),
        **_desk(),
    }
    return tuple(
        Sample(
            f"operator-{key}",
            f"web/operator/{name}.html",
            screen,
            active,
            "operator",
            _saved if key == "audit" else None,
        )
        for key, (name, active, screen) in make.items()
    )


def _platform() -> tuple[Sample, ...]:
    make: dict[str, tuple[str, str, Callable[[], Any]]] = {
        "institutions": ("institutions", "institutions", provider.institutions),
        "institutions-empty": ("institutions", "institutions", provider.institutions_empty),
        "institution": ("institution", "institutions", provider.institution),
        "institution-paused": ("institution", "institutions", provider.institution_paused),
        "limits": ("limits", "limits", provider.limits),
        "limits-review": ("limits_review", "limits", provider.limits_review),
        "limits-empty": ("limits", "limits", provider.limits_empty),
        "risk": ("risk", "platform_risk", provider.risk),
        "risk-empty": ("risk", "platform_risk", provider.risk_empty),
        "health": ("health", "health", provider.health),
        "health-down": ("health", "health", provider.health_down),
        "audit": ("audit", "platform_audit", provider.audit),
        "audit-empty": ("audit", "platform_audit", provider.audit_empty),
        "tasks": ("tasks", "platform_tasks", files.exports),
        "tasks-empty": ("tasks", "platform_tasks", files.exports_empty),
        "licences": ("licences", "licences", licences.queue),
        "licences-empty": ("licences", "licences", licences.queue_empty),
        "licence": ("licence", "licences", licences.to_review),
        "licence-reviewed": ("licence", "licences", licences.reviewed),
        "reveals": ("reveals", "reveals", licences.platform_looks),
        "reveals-first": ("reveals", "reveals", licences.platform_looks_first),
        "subject": ("subject", "reveals", licences.subject),
        "subject-open": ("subject", "reveals", licences.subject_open),
        "revealed": ("revealed", "reveals", licences.revealed),
    }
    return tuple(
        Sample(f"platform-{key}", f"web/platform/{name}.html", screen, active, "platform")
        for key, (name, active, screen) in make.items()
    )


def _programme() -> dict[str, tuple[str, str, Callable[[], Any]]]:
    return {
        "programme-draft": ("programme", "programme", programme.draft),
        "programme-review": ("programme_review", "programme", programme.review),
        "programme-review-between": ("programme_review", "programme", programme.review_between),
        "programme-version": ("programme_version", "programme", programme.version),
        "programme-version-first": ("programme_version", "programme", programme.version_first),
        "programme-backtest": ("programme_backtest", "programme", programme.backtest_moving),
        "programme-backtest-stopped": (
            "programme_backtest",
            "programme",
            programme.backtest_stopped,
        ),
        "programme-backtest-done": ("programme_backtest", "programme", programme.backtest_done),
    }


def _compliance() -> dict[str, tuple[str, str, Callable[[], Any]]]:
    make = {
        "compliance": ("compliance", compliance.overview),
        "compliance-empty": ("compliance", compliance.overview_empty),
        "compliance-texts": ("compliance_texts", compliance.texts),
        "compliance-texts-empty": ("compliance_texts", compliance.texts_empty),
        "compliance-mend": ("compliance_mend", compliance.mend),
        "compliance-inviters": ("compliance_inviters", compliance.inviters),
        "compliance-inviters-empty": ("compliance_inviters", compliance.inviters_empty),
        "compliance-complaints": ("compliance_complaints", compliance.complaints),
        "compliance-complaints-empty": ("compliance_complaints", compliance.complaints_empty),
        "licences": ("licences", licences.licences),
        "licences-refused": ("licences", licences.licences_refused),
        "platform-looks": ("compliance_reveals", licences.looks),
        "platform-looks-none": ("compliance_reveals", licences.looks_none),
    }
    return {key: (name, "compliance", screen) for key, (name, screen) in make.items()}


def _desk() -> dict[str, tuple[str, str, Callable[[], Any]]]:
    return {
        "courses": ("courses", "courses", courses.listed),
        "courses-empty": ("courses", "courses", courses.listed_empty),
        "course": ("course", "courses", courses.course),
        "course-new": ("course", "courses", courses.course_new),
        "course-refused": ("course", "courses", courses.course_refused),
        "course-lesson-refused": ("course", "courses", courses.lesson_refused),
        "course-photo": ("course", "courses", courses.with_photo),
        "course-price-refused": ("course", "courses", courses.price_refused),
        "course-on-sale": ("course_sale", "courses", courses.to_sell),
        "course-not-ready": ("course_sale", "courses", courses.not_ready),
        "course-off-sale": ("course_sale", "courses", courses.to_take_off),
        "settlement": ("settlement", "settlement", settlements.overview),
        "settlement-empty": ("settlement", "settlement", settlements.overview_empty),
        "settlement-review": ("payout_batch", "payouts", settlements.review),
        "settlement-mine": ("payout_batch", "payouts", settlements.review_of_own),
        "settlement-released": ("payout_batch", "payouts", settlements.released),
        "questions": ("questions", "questions", desk.questions),
        "questions-empty": ("questions", "questions", desk.questions_empty),
        "notifications": ("notifications", "notifications", desk.notifications),
        "notifications-empty": ("notifications", "notifications", desk.notifications_empty),
        "audit": ("audit", "audit", desk.audit),
        **_compliance(),
        "audit-empty": ("audit", "audit", desk.audit_empty),
        "members": ("members", "members", members.members),
        "members-alone": ("members", "members", members.members_alone),
        "member": ("member", "members", members.member),
        "member-last-owner": ("member", "members", members.member_last),
        "risk": ("risk", "risk", risk.queue),
        "risk-empty": ("risk", "risk", risk.queue_empty),
        "signal": ("signal", "risk", risk.held),
        "signal-rejecting": ("signal", "risk", risk.rejecting),
        "signal-clicks": ("signal", "risk", risk.clicks),
        "signal-decided": ("signal", "risk", risk.decided),
        "order-flagged": ("order", "orders", risk.order),
        "promoter-flagged": ("promoter", "promoters", risk.promoter),
        "reconciliation": ("reconciliation", "reconciliation", bills.days),
        "reconciliation-empty": ("reconciliation", "reconciliation", bills.days_empty),
        "reconciliation-day": ("reconciliation_day", "reconciliation", bills.day),
        "reconciliation-day-refused": (
            "reconciliation_day",
            "reconciliation",
            bills.day_refused,
        ),
        "reconciliation-day-waiting": (
            "reconciliation_day",
            "reconciliation",
            bills.day_waiting,
        ),
        "board": ("board", "statements", boards.of_school),
        "stopped-splits": ("stopped_splits", "splits", splits.stopped),
        "stopped-splits-refused": ("stopped_splits", "splits", splits.stopped_refused),
        "stopped-splits-none": ("stopped_splits", "splits", splits.stopped_none),
        "tasks": ("tasks", "tasks", files.exports),
        "tasks-empty": ("tasks", "tasks", files.exports_empty),
    }


def every_sample() -> dict[str, Sample]:
    """All samples by key."""
    samples = [
        Sample("roles", "web/role_picker.html", student.role_picker, face="nobody"),
        Sample("sign-in", "web/sign_in.html", student.sign_in, face="nobody"),
        Sample("sign-in-staff", "web/sign_in.html", signing.staff, face="nobody"),
        Sample("demo-mailbox", "web/mailbox.html", signing.mailbox, face="nobody"),
        Sample("demo-wechat", "web/wechat_sandbox.html", signing.demo_wechat, face="nobody"),
        *_signing(),
        Sample("cashier", "web/cashier.html", student.cashier, face="nobody"),
        Sample("cashier-closed", "web/cashier.html", student.cashier_closed, face="nobody"),
        Sample("receipt", "web/receipt.html", payouts.receipt, face="nobody"),
        Sample("receipt-late", "web/receipt.html", payouts.receipt_late, face="nobody"),
        Sample("public-proof", "web/public_proof.html", promoter.public_proof),
        *_students(),
        *_promoters(),
        *_operators(),
    ]
    samples.extend(_platform())
    samples.extend(
        Sample(f"error-{status}", "web/error.html", partial(desk.error, status), face="nobody")
        for status in (400, 403, 404, 409, 422, 500)
    )
    return {sample.key: sample for sample in samples}
