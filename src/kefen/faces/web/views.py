"""Pages and switches that belong to no face."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from kefen.faces.web.shared.layout import THEME_COOKIE, THEMES, Layout, show, theme_of
from kefen.faces.web.shared.screens import ErrorScreen
from kefen.platform import clock

YEAR = 365 * 86400


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To where the switch was pressed, only ever on this host."""
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if safe else "/")


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language of this browser."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme of this browser; anything but light or dark follows the device."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _remember(response, THEME_COOKIE, chosen)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def error_page(
    request: HttpRequest, status: int, what: str = "", back_url: str = "/", reference: str = ""
) -> HttpResponse:
    """An error in the look of the product: what happened, why, what to do."""
    screen = ErrorScreen(status=status, what=what, back_url=back_url, reference=reference)
    # A refused form cannot be fetched again by its address, so the switches go back to the start.
    path = request.get_full_path() if request.method == "GET" else "/"
    layout = Layout(now=clock.now(), theme=theme_of(request), path=path)
    return show(request, "web/error.html", screen, layout, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """handler400."""
    return error_page(request, 400)


def not_permitted(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """handler403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """handler404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return error_page(request, 500)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """CSRF_FAILURE_VIEW: usually a form that lay open too long."""
    return error_page(request, 403)
