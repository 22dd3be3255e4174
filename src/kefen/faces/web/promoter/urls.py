"""Addresses of the promoter's pages."""

from django.urls import path

from kefen.faces.web import boards, statement_files, task_centre
from kefen.faces.web.promoter import payees, share, ways, wishes
from kefen.faces.web.promoter import views as promoter

PROMOTER = "p/<str:slug>/"

urlpatterns = [
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
