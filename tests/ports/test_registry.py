"""Adapters that are loaded when they are first asked for."""

import pytest

from kefen.core.errors import NotFound
from kefen.ports import registry
from kefen.ports.registry import Port


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for kept in ("_payments", "_payouts", "_splits", "_bills", "_channels", "_waiting"):
        monkeypatch.setattr(registry, kept, {})


def later(loaded: list[str], name: str, *ports: Port) -> None:
    def load() -> None:
        loaded.append(name)
        registry._payments[name] = object()  # type: ignore[assignment]
        registry._bills[name] = object()  # type: ignore[assignment]

    registry.register_later(name, frozenset(ports), load)


def test_what_waits_is_named_and_not_loaded() -> None:
    loaded: list[str] = []
    later(loaded, "far", Port.PAYMENTS, Port.BILLS)
    assert registry.collecting() == ("far",)
    assert registry.bill_sources() == ("far",)
    assert registry.paying_out() == ()
    assert loaded == []


def test_it_is_loaded_once_when_it_is_asked_for() -> None:
    loaded: list[str] = []
    later(loaded, "far", Port.PAYMENTS, Port.BILLS)
    later(loaded, "other", Port.PAYMENTS)
    first = registry.payments("far")
    assert registry.payments("far") is first
    assert registry.bills("far") is not None
    assert loaded == ["far"]
    registry.load_all()
    assert loaded == ["far", "other"]
    assert registry.collecting() == ("far", "other")


def test_what_cannot_be_loaded_is_tried_again() -> None:
    def fail() -> None:
        raise RuntimeError("no library")

    registry.register_later("broken", frozenset({Port.PAYMENTS}), fail)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            registry.payments("broken")
    assert registry.collecting() == ("broken",)


def test_nobody_of_that_name() -> None:
    with pytest.raises(NotFound):
        registry.payments("nobody")
    assert registry.splits("nobody") is None
