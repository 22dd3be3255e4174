"""`/proof/<school>/<serial>`: whoever holds a proof's serial checks its figures, without a name,
a phone number, an order number or anybody's other income."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from kefen.commissions import queries as commissions
from kefen.core.errors import DomainError
from kefen.core.ids import parse_public_id
from kefen.faces.web.promoter import proof
from kefen.faces.web.shared.layout import Layout, show, theme_of
from kefen.faces.web.views import error_page
from kefen.platform import clock
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope


@require_safe
def check(request: HttpRequest, slug: str, serial: str) -> HttpResponse:
    """The figures of one proof, as its promoter sees them."""
    try:
        facts = tenancy.by_slug(slug)
        with scope.institution(facts.id):
            row = commissions.by_id(parse_public_id(proof.SERIAL, serial))
            screen = proof.public(facts.currency, row)
            layout = Layout(
                now=clock.now(),
                path=request.get_full_path(),
                zone=facts.zone.key,
                institution_slug=facts.slug,
                institution_name=facts.name,
                theme=theme_of(request),
            )
            response = show(request, "web/public_proof.html", screen, layout)
    except DomainError:
        return error_page(request, 404)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_store=True)
    return response
