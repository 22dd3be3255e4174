"""A question about a commission: one at a time, answered once, and nothing else changes."""

import pytest
from django.db import connection

from kefen.commissions import actions, queries
from kefen.commissions.models import Commission
from kefen.core.errors import InvalidInput, NotFound, QuestionOpen
from kefen.core.ids import uuid7
from tests.orders.school import come_by, open_school, sell, unchanged


@pytest.fixture
def row(institution: object) -> Commission:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    return Commission.objects.get()


def test_it_waits_is_answered_once_and_then_another_may_be_asked(row: Commission) -> None:
    actions.ask_about(row.id, "  为什么少了？ ")
    assert queries.open_questions() == 1
    with unchanged(), pytest.raises(QuestionOpen):
        actions.ask_about(row.id, "再问一次")
    (asked,) = queries.questions_about(row.id)
    assert (asked.text, asked.answer, asked.answered_at) == ("为什么少了？", "", None)
    actions.answer(asked.id, "学员用了券")
    with unchanged(), pytest.raises(NotFound):
        actions.answer(asked.id, "另一个答复")
    (asked,) = queries.questions_about(row.id)
    assert asked.answer == "学员用了券"
    assert asked.answered_at is not None
    assert queries.open_questions() == 0
    actions.ask_about(row.id, "明白了，那退款呢？")
    assert [one.answer for one in queries.questions()] == ["", "学员用了券"]


@pytest.mark.parametrize("text", ["", " \n ", "问" * 501])
def test_what_says_nothing_or_too_much_is_refused(row: Commission, text: str) -> None:
    with unchanged(), pytest.raises(InvalidInput):
        actions.ask_about(row.id, text)
    actions.ask_about(row.id, "问" * 500)
    (asked,) = queries.questions_about(row.id)
    with unchanged(), pytest.raises(InvalidInput):
        actions.answer(asked.id, text)


def test_there_is_no_answer_without_a_question(row: Commission) -> None:
    with unchanged(), pytest.raises(NotFound):
        actions.answer(uuid7(), "没人问")


def test_what_people_write_is_never_stored_in_plain(row: Commission) -> None:
    actions.ask_about(row.id, "李小明的订单")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM commissions_question")
        ((stored,),) = cursor.fetchall()
    assert "李小明".encode() not in bytes(stored)
