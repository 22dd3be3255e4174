"""What WeChat does, done here: it knows a few invented people and believes every app's secret.

It holds nothing: a code is a signed token, good for five minutes. Who comes back too late, or with
another app's code, gets WeChat's own error numbers.
"""

import hashlib
from types import SimpleNamespace
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kefen.adapters.frame import frame

PEOPLE: Final = {"beibei": "小北同学", "qiqi": "柒柒备考中", "dawei": "大伟"}
# A page that is only looked at, without "use the full service": nobody in particular.
SNAPSHOT: Final = "snapshot"
_SALT: Final = "sandbox.wechat"
_SECONDS: Final = 300
_INVALID_CODE: Final = 40029
_INVALID_TOKEN: Final = 40001


def _openid(app_id: str, who: str) -> str:
    return "o" + hashlib.sha256(f"{app_id}:{who}".encode()).hexdigest()[:27]


@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """The page where somebody says yes, or no; then back with a code, or without."""
    back = request.GET.get("redirect_uri", "")
    if not settings.STAND_INS or urlsplit(back).netloc != request.get_host():
        raise Http404
    if request.method == "GET":
        screen = SimpleNamespace(people=list(PEOPLE.items()), snapshot=SNAPSHOT)
        return render(
            request, "web/wechat_sandbox.html", {"screen": screen, "layout": frame(request)}
        )
    answer = {"state": request.GET.get("state", "")}
    who = request.POST.get("who", "")
    if who in PEOPLE or who == SNAPSHOT:
        answer = {"code": _signed(request.GET.get("appid", ""), who), **answer}
    return HttpResponseRedirect(f"{back}?{urlencode(answer)}")


def _signed(app_id: str, who: str) -> str:
    return signing.dumps([app_id, who], salt=_SALT)


def _read(token: str) -> tuple[str, str] | None:
    try:
        app_id, who = signing.loads(token, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    return str(app_id), str(who)


def _error(number: int) -> JsonResponse:
    return JsonResponse({"errcode": number, "errmsg": "invalid"})


@never_cache
@require_safe
def access_token(request: HttpRequest) -> HttpResponse:
    """A code for who it names."""
    if not settings.STAND_INS:
        raise Http404
    found = _read(request.GET.get("code", ""))
    if found is None or found[0] != request.GET.get("appid") or not request.GET.get("secret"):
        return _error(_INVALID_CODE)
    told = {
        "access_token": _signed(*found),
        "expires_in": 7200,
        "openid": _openid(*found),
        "scope": "snsapi_userinfo",
    }
    return JsonResponse(told | ({"is_snapshotuser": 1} if found[1] == SNAPSHOT else {}))


@never_cache
@require_safe
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who somebody is, for a token."""
    if not settings.STAND_INS:
        raise Http404
    found = _read(request.GET.get("access_token", ""))
    if found is None or _openid(*found) != request.GET.get("openid"):
        return _error(_INVALID_TOKEN)
    return JsonResponse({"openid": _openid(*found), "nickname": PEOPLE.get(found[1], "微信用户")})
