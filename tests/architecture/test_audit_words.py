"""Whatever is noted in the audit log has its words."""

import ast
from collections.abc import Iterator

from kefen.catalog.models import Status
from kefen.core.risk import State as Odd
from kefen.core.states import PromoterStatus, SplitState, WithdrawalState
from kefen.faces.web.labels import LABELS
from tests.architecture.test_imports import modules

WRITERS = ("audit.record", "audit.record_for_platform", "shelf.note")

# What a verb is made of where it is not written out: every value that it may take there.
MADE_OF = {
    "promoter.{status.value}": [PromoterStatus.ACTIVE, PromoterStatus.SUSPENDED],
    "withdrawal.{result.value}": [
        *(WithdrawalState.SUCCEEDED, WithdrawalState.FAILED),
        *(WithdrawalState.EXPIRED, WithdrawalState.CANCELLED),
    ],
    "split.{state.value}": [SplitState.DONE, SplitState.FAILED],
    "promoter.{deed}": ["approved", "rejected", "active", "suspended", "left"],
    "complaint.{state.value}": ["answered", "closed"],
    "licence.{state.value}": ["passed", "returned"],
    "commission.{deed}": ["held", "released", "rejected"],
    "signal.{state.value}": [Odd.RELEASED, Odd.REJECTED, Odd.WATCHING],
    "promoter.{verb}": ["gave_student", "got_student"],
    "course.{status.value}": [Status.ON_SALE, Status.OFF_SALE],
    "stray.{what}": [
        *("received", "asked", "returned", "stuck", "refused", "asked_again", "settled"),
    ],
}


def noted() -> Iterator[ast.expr]:
    """The verb of every call that writes into the log."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITERS:
                yield node.args[1]


def verbs(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return verbs(node.body) + verbs(node.orelse)
    if isinstance(node, ast.JoinedStr):
        shape = ast.unparse(node)[2:-1]
        head = shape.split("{")[0]
        return [f"{head}{getattr(one, 'value', one)}" for one in MADE_OF[shape]]
    assert ast.unparse(node) == "verb", "write the verb out, or say in MADE_OF what it is made of"
    return ["withdrawal.requested", "withdrawal.sent"]  # payouts.request


def test_every_deed_has_words_and_no_word_is_left_over() -> None:
    found = {verb for node in noted() for verb in verbs(node)}
    assert len(found) > 60
    assert found == set(LABELS["verb"])
