"""Where somebody is at home who just signed in."""

from django.urls import reverse

from kefen.platform.identity import queries
from kefen.platform.identity.models import User
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import all_institutions
from kefen.promoters import queries as promoters


def home_of(user: User) -> str:
    """Where somebody who signed in wants to be: his work, his promotion, his orders."""
    if user.is_platform_staff:
        return reverse("web:platform_institutions")
    as_student = ""
    for facts in all_institutions():
        with scope.institution(facts.id):
            if queries.role_of(user.id) is not None:
                return reverse("web:operator_overview", args=[facts.slug])
            account = queries.account_of_user(user.id)
            if account is None:
                continue
            if promoters.of_account(account.id) is not None:
                return reverse("web:promoter_home", args=[facts.slug])
            as_student = as_student or reverse("web:my_orders", args=[facts.slug])
    return as_student or reverse("web:role_picker")
