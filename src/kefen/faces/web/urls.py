"""Addresses of the web pages; `views` fills in as the rooms open."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from kefen.faces.web import styleguide, views

app_name = "web"


def soon(_request: HttpRequest, **_where: str) -> HttpResponse:
    """A page whose room is not open yet."""
    raise Http404


SCHOOL = "t/<slug:slug>/"
PROMOTER = "p/<slug:slug>/"
OPERATOR = "o/<slug:slug>/"

urlpatterns = [
    path("language", views.set_language, name="set_language"),
    path("theme", views.set_theme, name="set_theme"),
    path("styleguide/", styleguide.index, name="styleguide"),
    path("styleguide/qr.svg", styleguide.qr, name="styleguide_qr"),
    path("styleguide/<slug:page>", styleguide.page, name="styleguide_page"),
    path("", soon, name="role_picker"),
    path("sign-in", soon, name="sign_in"),
    path("sign-out", soon, name="sign_out"),
    path("demo/clock", soon, name="demo_advance"),
    path("pay/sandbox/<str:number>", soon, name="sandbox_cashier"),
    # students
    path(SCHOOL, soon, name="school"),
    path(SCHOOL + "c/<str:course>", soon, name="course"),
    path(SCHOOL + "checkout/<str:course>", soon, name="checkout"),
    path(SCHOOL + "orders", soon, name="my_orders"),
    path(SCHOOL + "orders/<str:number>", soon, name="order"),
    path(SCHOOL + "orders/<str:number>/pay", soon, name="order_pay"),
    path(SCHOOL + "orders/<str:number>/cancel", soon, name="order_cancel"),
    path(SCHOOL + "promote", soon, name="become_promoter"),
    # promoters
    path(PROMOTER, soon, name="promoter_home"),
    path(PROMOTER + "courses", soon, name="promoter_courses"),
    path(PROMOTER + "courses/<str:course>", soon, name="promoter_course"),
    path(PROMOTER + "courses/<str:course>/qr", soon, name="promoter_qr"),
    path(PROMOTER + "income", soon, name="promoter_income"),
    path(PROMOTER + "income/<str:proof>", soon, name="promoter_proof"),
    path(PROMOTER + "withdraw", soon, name="promoter_withdraw"),
    path(PROMOTER + "withdraw/<str:number>/cancel", soon, name="promoter_withdraw_cancel"),
    path(PROMOTER + "statement", soon, name="promoter_statement"),
    path(PROMOTER + "statement.csv", soon, name="promoter_statement_csv"),
    path(PROMOTER + "profile", soon, name="promoter_profile"),
    path(PROMOTER + "leave", soon, name="promoter_leave"),
    # operators
    path(OPERATOR, soon, name="operator_overview"),
    path(OPERATOR + "orders", soon, name="operator_orders"),
    path(OPERATOR + "orders/<str:number>", soon, name="operator_order"),
    path(OPERATOR + "orders/<str:number>/refund", soon, name="operator_refund"),
    path(OPERATOR + "promoters", soon, name="operator_promoters"),
    path(OPERATOR + "promoters/<str:code>", soon, name="operator_promoter"),
    path(OPERATOR + "promoters/<str:code>/decide", soon, name="operator_promoter_decide"),
    path(OPERATOR + "promoters/<str:code>/group", soon, name="operator_promoter_group"),
    path(OPERATOR + "programme", soon, name="operator_programme"),
    path(OPERATOR + "programme/publish", soon, name="operator_programme_publish"),
    path(OPERATOR + "withdrawals", soon, name="operator_withdrawals"),
    path(OPERATOR + "withdrawals/<str:number>/decide", soon, name="operator_withdrawal_decide"),
    path(OPERATOR + "statements", soon, name="operator_statements"),
    path(OPERATOR + "statements.csv", soon, name="operator_statement_csv"),
    path(OPERATOR + "notifications", soon, name="operator_notifications"),
    path(OPERATOR + "notifications/<str:id>/retry", soon, name="operator_notification_retry"),
    path(OPERATOR + "audit", soon, name="operator_audit"),
    # platform
    path("platform/", soon, name="platform_institutions"),
    path("platform/institutions", soon, name="platform_institution_create"),
    path("platform/limits", soon, name="platform_limits"),
    path("platform/health", soon, name="platform_health"),
]
