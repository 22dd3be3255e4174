"""The hard limits of one institution: looked at, reviewed, published."""

from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefen.core.errors import DomainError, InvalidInput
from kefen.core.terms import PlatformLimits
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.platform import limits_build as build
from kefen.platform import jobs
from kefen.platform.tenancy import actions, queries, scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.models import REASON

_PAGE = "web/platform/limits.html"
_FIELDS = (
    *("institution", "max_rate_percent", "minimum_hold_days", "level2_allowed"),
    *("minimum_age", "forbidden_words", "reason"),
)


@require_http_methods(["GET", "POST"])
@platform_page
def limits(entry: Entry) -> HttpResponse:
    """The hard limits of one institution; POST publishes new ones."""
    facts = _chosen(entry)
    if entry.request.method == "GET" or facts is None:
        return entry.show(_PAGE, build.limits(entry, facts), "limits")
    try:
        wanted, reason = _typed(entry.posted)
        after = entry.posted.get("after", "")
        with scope.institution(facts.id):
            actions.set_limits(
                wanted,
                reason=reason,
                after=typed.whole(after, field="after") if after else None,
                actor=entry.actor,
            )
            jobs.enqueue("oversight.gather", once=True)
    except DomainError as refusal:
        return _refused(entry, facts, refusal)
    entry.say(_("The limits are published and count from the next order on."), title=facts.name)
    return _back(entry, facts)


@require_POST
@platform_page
def review(entry: Entry) -> HttpResponse:
    """What new limits would change and whom they touch, before they are published."""
    facts = _chosen(entry)
    if facts is None:
        return entry.to("platform_limits")
    entry.come_back = entry.address("platform_limits")
    try:
        wanted, reason = _typed(entry.posted)
    except DomainError as refusal:
        return _refused(entry, facts, refusal)
    values = {name: entry.posted.get(name, "") for name in _FIELDS}
    with scope.institution(facts.id):
        screen = build.review(facts, wanted, reason, values)
    return entry.show("web/platform/limits_review.html", screen, "limits")


def _chosen(entry: Entry) -> InstitutionFacts | None:
    """The institution that is named, or the newest one."""
    slug = entry.posted.get("institution") or entry.query.get("institution", "")
    if slug:
        return queries.by_slug(slug)
    return queries.newest()


def _refused(entry: Entry, facts: InstitutionFacts, refusal: DomainError) -> HttpResponse:
    form = problems.form_of(refusal, {"reason": "", **entry.posted})
    entry.come_back = entry.address("platform_limits")
    screen = build.limits(entry, facts, form)
    return entry.show(_PAGE, screen, "limits", problems.status_of(refusal))


def _back(entry: Entry, facts: InstitutionFacts) -> HttpResponse:
    response = entry.to("platform_limits")
    response["Location"] += f"?{urlencode({'institution': facts.slug})}"
    return response


def _typed(values: dict[str, str]) -> tuple[PlatformLimits, str]:
    """The limits and their reason. Raises InvalidInput."""
    reason = " ".join(values.get("reason", "").split())
    if not reason:
        raise InvalidInput(field="reason", reason=_("say why; the school reads it"))
    if len(reason) > REASON:
        raise InvalidInput(field="reason", reason="at most 200 characters")
    words = [word.strip() for word in values.get("forbidden_words", "").splitlines()]
    return PlatformLimits(
        max_rate_bps=typed.basis_points(
            values.get("max_rate_percent", ""), field="max_rate_percent"
        ),
        level2_allowed=values.get("level2_allowed") == "1",
        minimum_hold_days=typed.whole(
            values.get("minimum_hold_days", ""), field="minimum_hold_days"
        ),
        minimum_age=typed.whole(values.get("minimum_age", ""), field="minimum_age"),
        forbidden_words=tuple(dict.fromkeys(word[:64] for word in words if word)),
    ), reason
