"""The story holds what its users rely on, to the fen."""

from kefen.ledger import queries as ledger
from kefen.payouts.models import Withdrawal
from kefen.standings import queries as standings
from tests.factories.story import make_story


def test_the_story_has_everything_in_it(institution):
    make_story()

    assert {code: held for code, held in ledger.balances().items() if held} == {
        "channel:alipay": -99_00,
        "channel:payout": 20_00,
        "channel:wechat": -916_65,
        "institution:main": 869_62,
        "points:issued": -829,
        "promoter:boss:available": 4_24,
        "promoter:li:available": 17_90,
        "promoter:li:in_transit": 12_00,
        "promoter:li:pending": 10_00,
        "promoter:li:points": 103,
        "promoter:yu:available": 70_89,
        "promoter:yu:in_transit": 11_00,
        "promoter:yu:points": 726,
    }
    assert [
        (view.closed, [(row.promoter, row.rank, row.value) for row in view.rows])
        for view in standings.boards()
    ] == [(True, [("yu", 1, 716_65), ("li", 2, 199_00)]), (False, [("li", 1, 100_00)])]
    assert dict(Withdrawal.objects.values_list("number", "state")) == {
        "w1": "succeeded",
        "w2": "failed",
        "w3": "sent",
        "w4": "requested",
        "w5": "cancelled",
    }
