"""Sample screens of the programme's editor."""

from dataclasses import replace

from kefen.faces.web.operator import programme_screens as screens
from kefen.faces.web.samples.desk import programme
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.promoter import rule_percent, rule_tiered
from kefen.faces.web.samples.provider import locked_limits
from kefen.faces.web.samples.words import ago, ahead, courses, say
from kefen.faces.web.shared.screens import Form, Option, Reward, Rule


def _fixed(amount: int) -> Rule:
    return Rule("base", "any", "", "any", "", "paid", Reward("fixed", amount=amount))


def _changes() -> screens.Changes:
    return screens.Changes(
        (
            screens.ChangedTerm(say("归因窗口", "Attribution window"), "7", "14"),
            screens.ChangedTerm(say("单笔上限", "Cap per order line"), "20%", "18%"),
        ),
        (
            screens.ChangedRule("base", "changed", _fixed(2000), _fixed(2500)),
            screens.ChangedRule("gold", "same", rule_tiered(), rule_tiered()),
            screens.ChangedRule("autumn", "removed", rule_percent(), None),
            screens.ChangedRule("spring", "added", None, rule_percent()),
        ),
    )


def _differences(sign: int) -> tuple[screens.DifferenceRow, ...]:
    return tuple(
        screens.DifferenceRow(code, name, 40 - 7 * n, 98000, 98000 + sign * (61050 - 9000 * n))
        for n, (code, name) in enumerate(people())
    )


def _backtest() -> screens.Backtest:
    return screens.Backtest(
        30, ago(30), 3412, 2980, 12, 18_420_550, 2_431_512, 2_689_400, 1320, 1460, 2000,
        _differences(1), _differences(-1), 31, 4,
    )  # fmt: skip


def draft() -> screens.ProgrammeScreen:
    """A draft that was simulated and tried on past orders."""
    share = say("实付金额 ¥599.00 × 20% = ¥119.80", "paid amount ¥599.00 × 20% = ¥119.80")
    cut = say(
        "固定金额 ¥150.00；超出上限 20%，两级合计 ¥119.80", "fixed amount ¥150.00; cut at the cap"
    )
    second = screens.Share(2, 2995, say("实付金额 × 5%", "paid amount × 5%"))
    return replace(
        programme(),
        refusal=None,
        form=Form({"rule_1_key": "gold", "rule_1_value": "20%", "board_1_metric": "sales"}),
        basis=2,
        begun_from=3,
        board_rows=(1, 2),
        platform_level2=True,
        limits=locked_limits(),
        courses=tuple(Option(one.code, one.title) for one in courses()),
        simulation=screens.Simulation(
            courses()[0].title,
            59900,
            people()[0][1],
            (
                screens.Side(None, "gold", (screens.Share(1, 11980, share), second), ahead(7), 608),
                screens.Side(3, "base", (screens.Share(1, 11980, cut, True),), ahead(7)),
                screens.Side(2, "", (), None),
            ),
        ),
        backtest=_backtest(),
    )


def review() -> screens.ReviewScreen:
    """Ready to be published."""
    return screens.ReviewScreen(
        "CNY",
        3,
        _changes(),
        screens.Affected(1204, 12, 31, 860),
        None,
        (("model", "first_touch"), ("rule_1_key", "base")),
        screens.Worst("gold", courses()[0].title, 11980, 2000, 2000),
    )


def review_between() -> screens.ReviewScreen:
    """Somebody else published meanwhile."""
    sentence = say("你编辑期间，版本 4 已经发布。", "Version 4 was published in between.")
    return replace(
        review(),
        effective_from=ahead(3),
        worst=None,
        changes=screens.Changes((), ()),
        refusal=screens.Refusal(sentence, "", "", ""),
    )


def version() -> screens.VersionScreen:
    """An older version."""
    one = programme()
    return screens.VersionScreen(
        "CNY",
        one.history[1],
        ago(20),
        one.policy,
        one.rules,
        10,
        1,
        (
            screens.BoardRow("sales", "week", (5000, 3000), None),
            screens.BoardRow("orders", "day", (), 2),
        ),
        _changes(),
    )


def version_first() -> screens.VersionScreen:
    """The first version, which has none before it."""
    one = programme()
    return screens.VersionScreen("CNY", one.history[0], None, one.policy, (), 0, 0, (), None)


_NUMBER = "0198f000-0000-7000-8000-000000000001"


def backtest_moving() -> screens.BacktestScreen:
    """A job reads."""
    return screens.BacktestScreen("CNY", _NUMBER, 12400, 48210, moving=True, stopped=False)


def backtest_stopped() -> screens.BacktestScreen:
    """A job that failed."""
    return screens.BacktestScreen("CNY", _NUMBER, 0, 0, moving=False, stopped=True)


def backtest_done() -> screens.BacktestScreen:
    """What a job found."""
    return screens.BacktestScreen("CNY", _NUMBER, 9, 9, False, False, _backtest())
