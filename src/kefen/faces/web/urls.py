"""Addresses of the web pages."""

from django.urls import path

from kefen.faces.web import (
    boards,
    demo,
    public_proof,
    short_links,
    sign_in,
    statement_files,
    styleguide,
    task_centre,
    views,
)
from kefen.faces.web.operator import (
    around,
    audit_files,
    bindings,
    channels,
    compliance,
    courses,
    deeds,
    many,
    members,
    payouts,
    questions,
    reconciliation,
    risk,
    search,
    settlement,
    stopped_splits,
    strays,
)
from kefen.faces.web.operator import programme_views as programme
from kefen.faces.web.operator import splits as operator_splits
from kefen.faces.web.operator import views as operator
from kefen.faces.web.platform import views as platform
from kefen.faces.web.promoter import payees, share, ways, wishes
from kefen.faces.web.promoter import views as promoter
from kefen.faces.web.signing import phone, staff, wechat
from kefen.faces.web.student import checkout, complaint, learning, paying, promote
from kefen.faces.web.student import views as student
from kefen.faces.web.student.calendar import course_calendar
from kefen.faces.web.student.refunds import order_refund

app_name = "web"

SCHOOL = "t/<str:slug>/"
PROMOTER = "p/<str:slug>/"
OPERATOR = "o/<str:slug>/"

_EVERYBODY = [
    path("", sign_in.role_picker, name="role_picker"),
    path("s/<str:code>", short_links.follow, name="short_link"),
    path("language", views.set_language, name="set_language"),
    path("theme", views.set_theme, name="set_theme"),
    path("proof/<str:slug>/<str:serial>", public_proof.check, name="public_proof"),
    path("sign-in", staff.sign_in, name="sign_in"),
    path("sign-in/code", staff.code, name="sign_in_code"),
    path("sign-in/<str:token>", sign_in.by_link, name="sign_in_link"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("sign-out/everywhere", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("demo/clock", demo.advance, name="demo_advance"),
    path("styleguide/", styleguide.index, name="styleguide"),
    path("styleguide/qr.svg", styleguide.qr, name="styleguide_qr"),
    path("styleguide/poster/<slug:look>.jpg", styleguide.poster, name="styleguide_poster"),
    path("styleguide/<slug:page>", styleguide.page, name="styleguide_page"),
]

_STUDENTS = [
    path(SCHOOL, student.school, name="school"),
    path(SCHOOL + "c/<str:course>", student.course, name="course"),
    path(SCHOOL + "c/<str:course>/trial", student.course_trial, name="course_trial"),
    path(SCHOOL + "c/<str:course>/lessons.ics", course_calendar, name="course_calendar"),
    path(SCHOOL + "cover.jpg", student.school_cover, name="school_cover"),
    path(SCHOOL + "c/<str:course>/cover.jpg", student.course_cover, name="course_cover"),
    path(SCHOOL + "checkout/<str:course>", checkout.checkout, name="checkout"),
    path(SCHOOL + "orders", student.my_orders, name="my_orders"),
    path(SCHOOL + "orders/<str:number>", student.order, name="order"),
    path(SCHOOL + "orders/<str:number>/pay", student.order_pay, name="order_pay"),
    path(SCHOOL + "orders/<str:number>/cashier", paying.cashier, name="order_cashier"),
    path(SCHOOL + "payer", paying.payer_back, name="payer_back"),
    path(SCHOOL + "orders/<str:number>/cancel", student.order_cancel, name="order_cancel"),
    path(SCHOOL + "orders/<str:number>/refund", order_refund, name="order_refund"),
    path(SCHOOL + "learn", learning.my_courses, name="my_courses"),
    path(SCHOOL + "learn/<str:course>", learning.learn, name="learn"),
    path(SCHOOL + "sign-in", phone.sign_in, name="school_sign_in"),
    path(SCHOOL + "sign-in/code", phone.code, name="school_sign_in_code"),
    path(SCHOOL + "sign-in/wechat", wechat.start, name="wechat_sign_in"),
    path(SCHOOL + "sign-in/wechat/back", wechat.back, name="wechat_back"),
    path(SCHOOL + "promote", promote.become_promoter, name="become_promoter"),
    path(SCHOOL + "agreement/<str:version>", promote.agreement, name="agreement"),
]

_PROMOTERS = [
    path(PROMOTER, promoter.home, name="promoter_home"),
    path(PROMOTER + "courses", promoter.courses, name="promoter_courses"),
    path(PROMOTER + "courses/<str:course>", promoter.course, name="promoter_course"),
    path(PROMOTER + "courses/<str:course>/qr.png", promoter.qr, name="promoter_qr"),
    path(PROMOTER + "courses/<str:course>/poster", share.poster, name="promoter_poster"),
    path(PROMOTER + "posters/<str:link>/<str:look>.jpg", share.picture, name="promoter_picture"),
    path(PROMOTER + "links", share.links, name="promoter_links"),
    path(PROMOTER + "income", promoter.income, name="promoter_income"),
    path(PROMOTER + "income/<str:proof_>", promoter.income_proof, name="promoter_proof"),
    path(
        PROMOTER + "income/<str:proof_>/question",
        promoter.income_question,
        name="promoter_question",
    ),
    path(PROMOTER + "withdraw", promoter.withdraw, name="promoter_withdraw"),
    path(
        PROMOTER + "withdraw/<str:number>/cancel",
        promoter.withdraw_cancel,
        name="promoter_withdraw_cancel",
    ),
    path(PROMOTER + "withdraw/<str:number>", promoter.withdrawal, name="promoter_withdrawal"),
    path(
        PROMOTER + "withdraw/<str:number>/take-back",
        wishes.take_back,
        name="promoter_withdrawal_take_back",
    ),
    path(PROMOTER + "payout-wishes", wishes.payout_wishes, name="promoter_payout_wishes"),
    path(PROMOTER + "payout-wishes/agree", wishes.authorise, name="promoter_authorise"),
    path(PROMOTER + "payout-wishes/end", wishes.authorise_end, name="promoter_authorise_end"),
    path(PROMOTER + "tax/file", wishes.tax_file, name="promoter_tax_file"),
    path(PROMOTER + "tax", promoter.tax_records, name="promoter_tax"),
    path(PROMOTER + "tax.csv", promoter.tax_csv, name="promoter_tax_csv"),
    path(PROMOTER + "performance", promoter.link_performance, name="promoter_performance"),
    path(PROMOTER + "identity", promoter.identity, name="promoter_identity"),
    path(PROMOTER + "payout-account", payees.payout_account, name="promoter_payout_account"),
    path(
        PROMOTER + "payout-account/remove",
        payees.payout_account_remove,
        name="promoter_payout_account_remove",
    ),
    path(PROMOTER + "way", ways.way, name="promoter_way"),
    path(PROMOTER + "statement", promoter.statement, name="promoter_statement"),
    path(PROMOTER + "statement.csv", promoter.statement_csv, name="promoter_statement_csv"),
    path(PROMOTER + "statement/file", statement_files.promoter_ask, name="promoter_ask_statement"),
    path(
        PROMOTER + "boards/<str:metric>/<str:period>/<str:starts_on>",
        boards.of_promoter,
        name="promoter_board",
    ),
    path(PROMOTER + "files", task_centre.promoter_files, name="promoter_files"),
    path(PROMOTER + "files/<uuid:id>/file", task_centre.promoter_file, name="promoter_file"),
    path(PROMOTER + "files/<uuid:id>/retry", task_centre.promoter_retry, name="promoter_retry"),
    path(PROMOTER + "profile", promoter.profile, name="promoter_profile"),
    path(PROMOTER + "leave", promoter.leave, name="promoter_leave"),
]

_OPERATORS = [
    path(OPERATOR, operator.overview, name="operator_overview"),
    path(OPERATOR + "search", search.search, name="operator_search"),
    path(OPERATOR + "courses", courses.listed, name="operator_courses"),
    path(OPERATOR + "courses-new", courses.new, name="operator_course_new"),
    path(OPERATOR + "courses/<str:code>", courses.course, name="operator_course"),
    path(OPERATOR + "courses/<str:code>/sale", courses.sale, name="operator_course_sale"),
    path(OPERATOR + "courses/<str:code>/lessons", courses.lesson_add, name="operator_lesson_add"),
    path(OPERATOR + "courses/<str:code>/lessons/<str:id>", courses.lesson, name="operator_lesson"),
    path(
        OPERATOR + "courses/<str:code>/poster/<str:look>.jpg",
        courses.poster,
        name="operator_course_poster",
    ),
    path(OPERATOR + "orders", operator.order_list, name="operator_orders"),
    path(OPERATOR + "orders/<str:number>", operator.order, name="operator_order"),
    path(OPERATOR + "orders/<str:number>/refund", deeds.refund, name="operator_refund"),
    path(
        OPERATOR + "orders/<str:number>/refund/decline",
        deeds.refund_decline,
        name="operator_refund_decline",
    ),
    path(OPERATOR + "strays/<str:number>/again", strays.again, name="operator_stray_again"),
    path(OPERATOR + "strays/<str:number>/settle", strays.settle, name="operator_stray_settle"),
    path(
        OPERATOR + "rebates/<str:proof>/decide",
        deeds.commission_decide,
        name="operator_commission_decide",
    ),
    path(OPERATOR + "channels", channels.listed, name="operator_channels"),
    path(OPERATOR + "channels/<str:channel>", channels.channel, name="operator_channel"),
    path(OPERATOR + "channels/<str:channel>/fee", channels.fee, name="operator_channel_fee"),
    path(OPERATOR + "channels/<str:channel>/try", channels.attempt, name="operator_channel_try"),
    path(OPERATOR + "promoters", operator.promoter_list, name="operator_promoters"),
    path(OPERATOR + "promoters-many", many.choose, name="operator_promoters_choose"),
    path(OPERATOR + "promoters-many/do", many.do, name="operator_promoters_do"),
    path(OPERATOR + "lists/<str:place>/keep", around.keep, name="operator_filter_keep"),
    path(OPERATOR + "lists/<str:place>/let-go", around.let_go, name="operator_filter_let_go"),
    path(OPERATOR + "lists/<str:place>/export", around.export, name="operator_list_export"),
    path(OPERATOR + "promoters-admission", deeds.admission, name="operator_admission"),
    path(OPERATOR + "promoters/<str:code>", operator.promoter, name="operator_promoter"),
    path(
        OPERATOR + "promoters/<str:code>/decide",
        deeds.promoter_decide,
        name="operator_promoter_decide",
    ),
    path(OPERATOR + "reservations/<str:id>", bindings.rebind, name="operator_rebind"),
    path(OPERATOR + "promoters-way", operator_splits.default_way, name="operator_default_way"),
    path(
        OPERATOR + "promoters/<str:code>/way",
        operator_splits.promoter_way,
        name="operator_promoter_way",
    ),
    path(
        OPERATOR + "promoters/<str:code>/group",
        deeds.promoter_group,
        name="operator_promoter_group",
    ),
    path(OPERATOR + "programme", programme.page, name="operator_programme"),
    path(OPERATOR + "programme/draft", programme.draft, name="operator_programme_draft"),
    path(OPERATOR + "programme/publish", programme.publish, name="operator_programme_publish"),
    path(OPERATOR + "programme/versions/<str:number>", programme.version, name="operator_version"),
    path(OPERATOR + "programme/backtests/<str:id>", programme.backtest, name="operator_backtest"),
    path(OPERATOR + "splits", stopped_splits.stopped, name="operator_splits"),
    path(
        OPERATOR + "splits/<str:number>/settle",
        stopped_splits.settle,
        name="operator_split_settle",
    ),
    path(OPERATOR + "risk", risk.queue, name="operator_risk"),
    path(OPERATOR + "risk/limits", risk.limits, name="operator_risk_limits"),
    path(OPERATOR + "risk/<uuid:id>", risk.signal, name="operator_signal"),
    path(OPERATOR + "risk/<uuid:id>/decide", risk.decide, name="operator_signal_decide"),
    path(OPERATOR + "questions", questions.listed, name="operator_questions"),
    path(OPERATOR + "questions/<str:id>/answer", questions.answer, name="operator_question_answer"),
    path(OPERATOR + "withdrawals", operator.withdrawals, name="operator_withdrawals"),
    path(
        OPERATOR + "withdrawals/<str:number>/decide",
        deeds.withdrawal_decide,
        name="operator_withdrawal_decide",
    ),
    path(
        OPERATOR + "withdrawals/<str:number>/take-back",
        payouts.take_back,
        name="operator_withdrawal_take_back",
    ),
    path(OPERATOR + "settlement", settlement.overview, name="operator_settlement"),
    path(OPERATOR + "settlement/prepare", settlement.prepare, name="operator_settlement_prepare"),
    path(
        OPERATOR + "settlement/<str:number>/release",
        settlement.release,
        name="operator_settlement_release",
    ),
    path(OPERATOR + "payouts", payouts.overview, name="operator_payouts"),
    path(OPERATOR + "payouts/choose", payouts.choose, name="operator_payout_choose"),
    path(OPERATOR + "payouts/begin", payouts.begin, name="operator_payout_begin"),
    path(OPERATOR + "payouts/report", payouts.income_report, name="operator_income_report"),
    path(OPERATOR + "payouts/settings", payouts.settings, name="operator_payout_settings"),
    path(OPERATOR + "payouts/batches/<str:number>", payouts.batch, name="operator_payout_batch"),
    path(
        OPERATOR + "payouts/batches/<str:number>/stop",
        payouts.stop,
        name="operator_payout_batch_stop",
    ),
    path(OPERATOR + "payouts/files", payouts.file_begin, name="operator_bank_file_begin"),
    path(OPERATOR + "payouts/files/<str:number>", payouts.bank_file, name="operator_bank_file"),
    path(
        OPERATOR + "payouts/files/<str:number>/download",
        payouts.file_download,
        name="operator_bank_file_download",
    ),
    path(
        OPERATOR + "payouts/files/<str:number>/again",
        payouts.file_again,
        name="operator_bank_file_again",
    ),
    path(
        OPERATOR + "payouts/files/<str:number>/results",
        payouts.file_results,
        name="operator_bank_file_results",
    ),
    path(
        OPERATOR + "payouts/files/<str:number>/rows/<str:withdrawal>",
        payouts.row_decide,
        name="operator_bank_row_decide",
    ),
    path(OPERATOR + "statements", operator.statement, name="operator_statements"),
    path(
        OPERATOR + "boards/<str:metric>/<str:period>/<str:starts_on>",
        boards.of_school,
        name="operator_board",
    ),
    path(OPERATOR + "statements.csv", operator.statement_csv, name="operator_statement_csv"),
    path(OPERATOR + "notifications", operator.notifications, name="operator_notifications"),
    path(
        OPERATOR + "notifications/<str:id>/retry",
        deeds.notification_retry,
        name="operator_notification_retry",
    ),
    path(OPERATOR + "audit", operator.audit, name="operator_audit"),
    path(OPERATOR + "audit/file", audit_files.ask, name="operator_audit_file"),
    path(OPERATOR + "team", members.listed, name="operator_members"),
    path(OPERATOR + "team/invite", members.invite, name="operator_member_invite"),
    path(OPERATOR + "team/<uuid:id>", members.member, name="operator_member"),
    path(OPERATOR + "team/<uuid:id>/role", members.role, name="operator_member_role"),
    path(OPERATOR + "team/<uuid:id>/remove", members.remove, name="operator_member_remove"),
    path(OPERATOR + "team/<uuid:id>/again", members.again, name="operator_member_again"),
    path(OPERATOR + "reconciliation", reconciliation.listed, name="operator_reconciliation"),
    path(
        OPERATOR + "reconciliation/<str:channel>/<str:on>",
        reconciliation.day,
        name="operator_bill_day",
    ),
    path(
        OPERATOR + "reconciliation/<str:channel>/<str:on>/again",
        reconciliation.again,
        name="operator_bill_again",
    ),
    path(
        OPERATOR + "differences/<str:id>/close",
        reconciliation.close,
        name="operator_difference_close",
    ),
    path(OPERATOR + "statements/file", statement_files.operator_ask, name="operator_ask_statement"),
    path(OPERATOR + "tasks", task_centre.operator_tasks, name="operator_tasks"),
    path(OPERATOR + "tasks/<uuid:id>/file", task_centre.operator_file, name="operator_file"),
    path(OPERATOR + "tasks/<uuid:id>/retry", task_centre.operator_retry, name="operator_retry"),
]

_COMPLIANCE = [
    path(SCHOOL + "complaint", complaint.complaint, name="complaint"),
    path(OPERATOR + "compliance", compliance.overview, name="operator_compliance"),
    path(OPERATOR + "compliance/texts", compliance.texts, name="operator_texts"),
    path(
        OPERATOR + "compliance/texts/<str:id>/keep", compliance.hit_keep, name="operator_hit_keep"
    ),
    path(OPERATOR + "compliance/words", compliance.own_words, name="operator_words"),
    path(
        OPERATOR + "compliance/mend/<str:kind>/<str:key>/<str:field>",
        compliance.mend,
        name="operator_mend",
    ),
    path(OPERATOR + "compliance/inviters", compliance.inviters, name="operator_inviters"),
    path(
        OPERATOR + "compliance/inviters/<str:code>/note",
        compliance.alarm_note,
        name="operator_alarm_note",
    ),
    path(OPERATOR + "compliance/complaints", compliance.complaints, name="operator_complaints"),
    path(
        OPERATOR + "compliance/complaints/<str:id>", compliance.complaint, name="operator_complaint"
    ),
    path(OPERATOR + "compliance/evidence", compliance.evidence, name="operator_evidence"),
]

_PLATFORM = [
    path("platform/", platform.institutions, name="platform_institutions"),
    path("platform/institutions", platform.institution_create, name="platform_institution_create"),
    path("platform/limits", platform.limits, name="platform_limits"),
    path("platform/health", platform.health, name="platform_health"),
]

urlpatterns = [*_EVERYBODY, *_STUDENTS, *_PROMOTERS, *_OPERATORS, *_COMPLIANCE, *_PLATFORM]
