"""Sample screens around the console's lists: search, deeds on many rows."""

from kefen.faces.web.operator import list_screens as lists
from kefen.faces.web.operator.search_screens import Hit, SearchScreen
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.words import courses, say
from kefen.faces.web.shared.screens import Option


def search() -> SearchScreen:
    """Something of each kind."""
    code, name = people()[0]
    title = courses()[0].title
    hits = (
        Hit("order", "ord_01k9m4x7", f"{say('李**', 'L**')} · {title}", "#order", "paid"),
        Hit("promoter", name, code, "#promoter", "active"),
        Hit("course", title, "math30", "#course"),
    )
    return SearchScreen("01k9", hits, by_phone=True)


def search_empty() -> SearchScreen:
    """Nothing."""
    return SearchScreen("zzzz", ())


def _chosen() -> tuple[lists.ChosenPromoter, ...]:
    return tuple(lists.ChosenPromoter(code, name, "applied") for code, name in people())


def many() -> lists.ManyScreen:
    """A reason is missing."""
    problem = say("推广员会看到，请写明原因。", "The promoters see it, so it must say why.")
    return lists.ManyScreen("reject", _chosen(), (Option("gold", "gold"),), problem)


def done() -> lists.ManyDoneScreen:
    """One was refused."""
    (code, name), *_ = people()
    said = say("状态已变更，请刷新后再看。", "Its state changed; look again.")
    return lists.ManyDoneScreen("approve", 23, (lists.Outcome(code, name, said),))
