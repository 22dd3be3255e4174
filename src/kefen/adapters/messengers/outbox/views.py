"""The page where a demo's messages are read."""

from types import SimpleNamespace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kefen.adapters.frame import frame
from kefen.adapters.messengers.outbox.models import SentMessage

_SHOWN = 10


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, to whomever they went."""
    if not settings.STAND_INS:
        raise Http404
    screen = SimpleNamespace(messages=list(SentMessage.objects.order_by("-id")[:_SHOWN]))
    return render(request, "web/mailbox.html", {"screen": screen, "layout": frame(request)})
