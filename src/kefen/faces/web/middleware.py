"""What no page may ever be asked: text that the database cannot hold."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from kefen.faces.web.views import bad_request

_NUL = "\0"


class RefuseNul:
    """A NUL character in the path, the query, a cookie or a form is answered with the 400 page.

    PostgreSQL stores none, so that it would break the request wherever it first meets a query.
    A view without the CSRF check reads its body by itself (webhooks) and is left to do so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at everything that is known before the view is."""
        if (
            _NUL in request.path_info
            or _in_fields(request.GET)
            or _in_texts([*request.COOKIES, *request.COOKIES.values()])
        ):
            return bad_request(request)
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        arguments: tuple[Any, ...],  # noqa: ARG002 - Django's signature
        named: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Look at the form, once it is known who reads it."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        return bad_request(request) if _in_fields(request.POST) else None


def _in_fields(fields: QueryDict) -> bool:
    return any(_in_texts([name, *values]) for name, values in fields.lists())


def _in_texts(texts: Iterable[object]) -> bool:
    return any(_NUL in str(text) for text in texts)
