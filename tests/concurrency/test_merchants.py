"""Two schools that enter the same merchant number at one instant."""

from collections.abc import Callable
from uuid import UUID

import pytest

from kefen.core.errors import MerchantTaken
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import actions, queries
from kefen.platform.merchants.models import MerchantClaim
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from tests.concurrency.racing import race
from tests.merchants.channels import Recorder

VALUES = {"app_id": "wx1", "merchant_id": "1900", "private_key": "a KEY"}


def test_one_of_them_gets_it(
    committed_institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry._channels, "wechat_pay", Recorder())
    schools = [found_institution(slug=f"school-{place}", name="蓝图").id for place in range(6)]

    def enter(school: UUID) -> Callable[[], UUID]:
        def run() -> UUID:
            with scope.institution(school):
                actions.connect("wechat_pay", values=VALUES, actor=SYSTEM)
            return school

        return run

    answers = race([enter(school) for school in schools])
    (winner,) = [answer for answer in answers if isinstance(answer, UUID)]
    assert sum(isinstance(answer, MerchantTaken) for answer in answers) == len(schools) - 1
    assert [claim.institution_id for claim in MerchantClaim.objects.all()] == [winner]
    for school in schools:
        with scope.institution(school):
            assert len(queries.accounts()) == (school == winner)
