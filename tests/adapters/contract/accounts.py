"""An institution's account at the channel."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from kefen.core.errors import InvalidInput, NotFound
from kefen.ports.merchants import Channel, Merchant
from kefen.ports.payments import Notifier
from tests.adapters.contract.sides import Side


class AccountContract:
    """`garbled` names the fields whose content can be judged without asking the channel, each
    with something that it cannot be."""

    garbled: Mapping[str, str]

    def test_a_good_account_is_accepted(self, side: Side[Channel]) -> None:
        side.channel.check(side.merchant())

    def test_what_cannot_be_is_refused_by_its_field(self, side: Side[Channel]) -> None:
        good = side.merchant()
        assert self.garbled
        for name, text in self.garbled.items():
            with pytest.raises(InvalidInput) as refused:
                side.channel.check(with_field(side.channel, good, name, text))
            assert refused.value.params["field"] == name
            assert text not in str(refused.value) or len(text) < 4, "what was entered is not shown"

    def test_fields_are_declared(self, side: Side[Channel]) -> None:
        good = side.merchant()
        names = {field.name for field in side.channel.fields}
        assert set(good.settings) | set(good.secrets) <= names
        assert {field.name for field in side.channel.fields if field.secret} >= set(good.secrets)
        assert side.channel.gateway.startswith("https://")
        for field in side.channel.fields:
            assert not (field.secret and field.default), "a secret has no default"

    def test_secrets_are_not_shown(self, side: Side[Channel]) -> None:
        good = side.merchant()
        for secret in good.secrets.values():
            assert secret not in repr(good)

    def test_an_institution_without_an_account_is_not_found(self, side: Side[Notifier]) -> None:
        with pytest.raises(NotFound):
            side.channel.translate("nobody", b"{}")


def with_field(channel: Channel, good: Merchant, name: str, text: str) -> Merchant:
    """The account with something else in one field."""
    secret = next(field.secret for field in channel.fields if field.name == name)
    if secret:
        return replace(good, secrets={**good.secrets, name: text})
    return replace(good, settings={**good.settings, name: text})
