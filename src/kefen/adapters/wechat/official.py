"""WeChat's OAuth for pages of a service account, by its three published calls.

The addresses come from settings, so that a stand-in can answer instead. Errors arrive with status
200 and an `errcode`; a snapshot page's stand-in person is marked in the answer to the code.
"""

from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings

from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.ports.wechat import App, WeChatPerson

_SECONDS = 5.0
_NAME = "WeChat"


class OfficialWeChat:
    """WeChat as it stands at the settings' addresses, or behind a `transport` of tests."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._transport = transport

    def authorize_url(self, app: App, *, return_url: str, state: str, silent: bool = False) -> str:
        """The page where the person says yes; WeChat wants the parameters in this order."""
        query = {
            "appid": app.app_id,
            "redirect_uri": return_url,
            "response_type": "code",
            "scope": "snsapi_base" if silent else "snsapi_userinfo",
            "state": state,
        }
        return f"{settings.WECHAT_AUTHORIZE_URL}?{urlencode(query)}#wechat_redirect"

    def person(self, app: App, code: str) -> WeChatPerson:
        """Whom the code names, and what he is called."""
        with self._client() as client:
            token, openid = _token(client, app, code)
            if token.get("is_snapshotuser") == 1:
                return WeChatPerson(openid, snapshot=True)
            told = _asked(
                client,
                "/sns/userinfo",
                access_token=str(token.get("access_token", "")),
                openid=openid,
                lang="zh_CN",
            )
        if told.get("openid") != openid:
            raise ChannelRejected(channel=_NAME, reason="two different openids")
        return WeChatPerson(openid, str(told.get("nickname") or ""))

    def payer(self, app: App, code: str) -> str:
        """The openid alone; whoever only looks at a snapshot cannot pay."""
        with self._client() as client:
            token, openid = _token(client, app, code)
        if token.get("is_snapshotuser") == 1:
            raise ChannelRejected(channel=_NAME, reason="a snapshot page")
        return openid

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=settings.WECHAT_API_URL, timeout=_SECONDS, transport=self._transport
        )


def _token(client: httpx.Client, app: App, code: str) -> tuple[dict[str, Any], str]:
    """What WeChat gives for a code, and whose it is."""
    token = _asked(
        client,
        "/sns/oauth2/access_token",
        appid=app.app_id,
        secret=app.secret,
        code=code,
        grant_type="authorization_code",
    )
    openid = token.get("openid")
    if not isinstance(openid, str) or not openid:
        raise ChannelRejected(channel=_NAME, reason="no openid")
    return token, openid


def _asked(client: httpx.Client, path: str, **query: str) -> dict[str, Any]:
    try:
        answer = client.get(path, params=query)
        answer.raise_for_status()
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        # The address holds the secret and must not come along into any log.
        raise ChannelUnavailable(channel=_NAME) from _without_address(error)
    if not isinstance(told, dict) or told.get("errcode"):
        code = told.get("errcode") if isinstance(told, dict) else "?"
        raise ChannelRejected(channel=_NAME, reason=f"errcode {code}")
    return told


def _without_address(error: Exception) -> Exception:
    return RuntimeError(type(error).__name__)
