"""Signing in, for the styleguide."""

from types import SimpleNamespace

from kefen.faces.web.samples.words import ago, say
from kefen.faces.web.shared.screens import Form, SignInScreen
from kefen.faces.web.signing.screens import CodeScreen, SchoolSignInScreen, SnapshotScreen


def phone() -> SchoolSignInScreen:
    """By phone first, as everywhere but inside of WeChat; too many codes."""
    often = say("请求过于频繁，请 1 分钟后再试。", "That was asked too often. Wait 1 min.")
    form = Form({"phone": "13800000001"}, {}, often)
    return SchoolSignInScreen("promote", "/", True, True, mailbox="/", form=form)


def wechat() -> SchoolSignInScreen:
    """Inside of WeChat."""
    return SchoolSignInScreen("orders", "/", True, True, wechat_first=True)


def nothing_offered() -> SchoolSignInScreen:
    """An installation that nobody set up for it."""
    return SchoolSignInScreen("promoter", "/", False, False)


def adding() -> SchoolSignInScreen:
    """Somebody who came by WeChat gives a number."""
    return SchoolSignInScreen("phone", "/", True, False, adding=True)


def code() -> CodeScreen:
    """A wrong code."""
    wrong = say("验证码不正确。", "This code is not right.")
    return CodeScreen("138****0001", 10, "/", "/", Form({"code": ""}, {"code": wrong}))


def snapshot() -> SnapshotScreen:
    """WeChat's reading mode."""
    return SnapshotScreen("/")


def staff() -> SignInScreen:
    """The team's own door."""
    return SignInScreen(demo=True, email_offered=True, mailbox="/")


def mailbox() -> SimpleNamespace:
    """One message of the demo."""
    text = say("知行学堂：登录验证码 204816。", "Zhixing School: your sign-in code is 204816.")
    sender = say("知行学堂", "Zhixing School")
    one = SimpleNamespace(to="13800000001", text=text, sender=sender, at=ago(0))
    return SimpleNamespace(messages=[one])


def demo_wechat() -> SimpleNamespace:
    """The stand-in's page."""
    return SimpleNamespace(people=[("beibei", say("小北同学", "Bei"))], snapshot="snapshot")
