"""Students and promoters: WeChat says who somebody is, after a tap that says why."""

import secrets
from typing import Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.core.errors import ChannelRejected, NotOffered
from kefen.faces.web.entry import Entry, school_page
from kefen.faces.web.signing import session
from kefen.faces.web.signing.screens import SnapshotScreen
from kefen.platform.identity import proofs
from kefen.ports import registry
from kefen.ports.wechat import App

_ASKED: Final = "wechat"


def _app() -> App:
    app = proofs.wechat_app()
    if app is None:
        raise NotOffered(what="Signing in by WeChat")
    return app


@require_POST
@school_page
def start(entry: Entry) -> HttpResponse:
    """To WeChat, with a secret that only this browser can bring back."""
    app, state = _app(), secrets.token_urlsafe(24)
    asked = {"slug": entry.school.slug, "state": state, "next": session.next_of(entry.request)}
    entry.request.session[_ASKED] = asked
    back = settings.PUBLIC_URL + entry.address("wechat_back")
    return HttpResponseRedirect(registry.wechat().authorize_url(app, return_url=back, state=state))


@require_safe
@school_page
def back(entry: Entry) -> HttpResponse:
    """From WeChat. The secret opens once; a page that is only looked at makes nobody."""
    asked = entry.request.session.pop(_ASKED, None) or {}
    known = asked.get("slug") == entry.school.slug
    state = entry.query.get("state", "")
    if not known or not constant_time_compare(state, asked["state"]):
        entry.say(_("WeChat's answer does not belong to this page. Try again."), tone="amber")
        return entry.to("school_sign_in")
    goal = asked["next"] or entry.address("my_orders")
    again = entry.to("school_sign_in", next=asked["next"])
    if not entry.query.get("code"):
        entry.say(_("You did not sign in by WeChat. Nothing was changed."), tone="amber")
        return again
    app = _app()
    try:
        person = registry.wechat().person(app, entry.query["code"][:500])
    except ChannelRejected:
        entry.say(_("WeChat no longer knows this sign-in. Try again."), tone="amber")
        return again
    if person.snapshot:
        return entry.show("web/signing/snapshot.html", SnapshotScreen(again.url))
    mine = None if entry.account is None else entry.account.id
    account = proofs.account_with_openid(
        app.app_id, person.openid, name=person.nickname, signed_in_to=mine
    )
    session.enter(entry.request, account.id)
    return HttpResponseRedirect(goal)
