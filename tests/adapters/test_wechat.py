"""WeChat's OAuth as the adapter speaks it: what is believed, and what is never told."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from kefen.adapters.wechat.official import OfficialWeChat
from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.ports.wechat import App, WeChatPerson

APP = App("wx1234", "s3cr3t")
TOKEN = {"access_token": "t", "openid": "o1", "scope": "snsapi_userinfo"}


def wechat(*answers: object) -> tuple[OfficialWeChat, list[httpx.Request]]:
    """WeChat that gives these answers, one after the other, and what it was asked."""
    asked: list[httpx.Request] = []
    waiting = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = waiting.pop(0)
        if isinstance(given, Exception):
            raise given
        if isinstance(given, httpx.Response):
            return given
        return httpx.Response(200, json=given)

    return OfficialWeChat(httpx.MockTransport(answer)), asked


def test_the_page_of_the_yes_has_wechats_own_parameters_in_order() -> None:
    url = OfficialWeChat().authorize_url(APP, return_url="https://k.cn/t/a/back", state="s")
    parts = urlsplit(url)
    assert list(parse_qs(parts.query)) == [
        "appid",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ]
    assert parts.fragment == "wechat_redirect"
    assert "s3cr3t" not in url


def test_a_person_is_who_the_code_and_the_token_name() -> None:
    one, asked = wechat(TOKEN, {"openid": "o1", "nickname": "小北🌱"})
    assert one.person(APP, "c") == WeChatPerson("o1", "小北🌱")
    assert dict(asked[0].url.params) == {
        "appid": "wx1234",
        "secret": "s3cr3t",
        "code": "c",
        "grant_type": "authorization_code",
    }
    assert dict(asked[1].url.params) == {"access_token": "t", "openid": "o1", "lang": "zh_CN"}


def test_a_snapshot_is_nobody_and_is_not_asked_about() -> None:
    one, asked = wechat(TOKEN | {"is_snapshotuser": 1})
    assert one.person(APP, "c").snapshot
    assert len(asked) == 1


@pytest.mark.parametrize(
    "answers",
    [
        [{"errcode": 40029, "errmsg": "invalid code"}],
        [{"access_token": "t"}],
        [{"access_token": "t", "openid": ""}],
        [[]],
        [TOKEN, {"errcode": 40001}],
        [TOKEN, {"openid": "o2", "nickname": "x"}],
    ],
)
def test_what_does_not_fit_is_refused(answers: list[object]) -> None:
    one, _ = wechat(*answers)
    with pytest.raises(ChannelRejected):
        one.person(APP, "c")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectTimeout("https://api/?secret=s3cr3t"),
        httpx.Response(502, text="bad"),
        httpx.Response(200, text="<html>"),
    ],
)
def test_wechat_that_is_away_can_be_asked_again_and_the_secret_is_not_told(
    answer: object,
) -> None:
    one, _ = wechat(answer)
    with pytest.raises(ChannelUnavailable) as caught:
        one.person(APP, "c")
    told: BaseException | None = caught.value
    while told is not None:
        assert "s3cr3t" not in str(told)
        told = told.__cause__
