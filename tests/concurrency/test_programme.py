"""One button pressed many times at one instant, and two people who publish at once."""

from kefen.programmes import actions, queries
from tests.concurrency.racing import codes, race
from tests.factories import make_course, make_terms, percent
from tests.factories.terms import START


def test_a_draft_sent_many_times_at_once_is_one_version(committed_institution):
    make_course()
    terms = make_terms(effective_from=START)

    answers = race([lambda: actions.publish(terms, take_over=True, after=0)] * 8)

    assert codes(answers) == []
    assert {answer.version.number for answer in answers} == {1}
    assert [one.number for one in queries.schedule().versions] == [1]


def test_of_two_drafts_at_once_one_is_published(committed_institution):
    make_course()
    drafts = [make_terms(rules=[percent(bps)]) for bps in (1000, 1100)]

    answers = race([lambda t=t: actions.publish(t, take_over=True, after=0) for t in drafts])

    assert codes(answers) == ["published_between"]
    assert [one.number for one in queries.schedule().versions] == [1]
