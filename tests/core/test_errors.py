import pickle
import re

import pytest

from kefen.core import errors
from kefen.core.errors import ComplianceViolation, DomainError, KefenError
from tests.error_tree import leaves


def test_every_leaf_has_its_own_code_and_sentence():
    found = list(leaves())

    assert len(found) == len(set(found))
    assert len({leaf.code for leaf in found}) == len(found)
    for leaf in found:
        assert "code" in vars(leaf), leaf
        assert "sentence" in vars(leaf), leaf
        assert leaf.sentence.endswith("."), leaf
        assert leaf.__doc__, leaf


@pytest.mark.parametrize("leaf", list(leaves()))
def test_a_leaf_renders_its_parameters_and_survives_pickling(leaf):
    names = re.findall(r"{(\w+)}", leaf.sentence)
    error = leaf(**{name: f"<{name}>" for name in names})

    assert all(f"<{name}>" in str(error) for name in names)
    assert pickle.loads(pickle.dumps(error)).params == error.params  # noqa: S301
    str(leaf())  # a forgotten parameter never hides the error itself


def test_the_tree_is_drawn_at_the_top():
    for leaf in (one for one in leaves() if one.__module__ == errors.__name__):
        assert leaf.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("BelowMinimum", "below_minimum"),
        ("InsufficientBalance", "insufficient_balance"),
        ("RefundExceedsPaid", "refund_exceeds_paid"),
        ("UnknownOrder", "unknown_order"),
        ("OrderNotPaid", "order_not_paid"),
        ("OrderNotOpen", "order_not_open"),
        ("NumberConflict", "conflict"),
        ("UnknownWithdrawal", "unknown_withdrawal"),
        ("WithdrawalNotOpen", "withdrawal_not_open"),
        ("UnknownPromoter", "unknown_promoter"),
        ("UnknownCourse", "unknown_course"),
    ],
)
def test_the_refusals_of_a_replay(name, code):
    refusal = getattr(errors, name)

    assert refusal.code == code
    assert issubclass(refusal, DomainError)


def test_families():
    assert issubclass(errors.RateAboveCap, ComplianceViolation)
    assert issubclass(errors.OutcomeUnknown, errors.ChannelError)
    assert not issubclass(errors.InvariantBroken, DomainError)
    assert issubclass(errors.InvariantBroken, KefenError)
