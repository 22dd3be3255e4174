import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.words import FORBIDDEN, FORBIDDEN_IN_PRODUCT, forbidden


@given(st.text(max_size=20), st.sampled_from([one for one in FORBIDDEN if "N" not in one]))
def test_every_word_is_found_where_it_stands(text, word):
    spans = forbidden(f"{text} {word}", [word])

    assert spans
    assert all(f"{text} {word}"[start:end] == found for start, end, found in spans)


def test_numbers_and_case():
    assert forbidden("今天邀请3人,邀请 十 人") == [(2, 6, "邀请3人"), (7, 13, "邀请 十 人")]
    assert forbidden("Invite 20 people, DOWNLINE") == [
        (0, 16, "Invite 20 people"),
        (18, 26, "DOWNLINE"),
    ]
    assert [found for _, _, found in forbidden("recruiting a level 2 agent")] == [
        "recruit",
        "level 2 agent",
    ]


@pytest.mark.parametrize("text", ["", "邀请朋友一起学习", "presteam", "a steam engine"])
def test_innocent_texts(text):
    assert forbidden(text, FORBIDDEN_IN_PRODUCT) == []


def test_no_words_forbid_nothing():
    assert forbidden("躺赚", []) == []
    assert forbidden("躺赚", [" "]) == []
    assert forbidden("a.c abc", ["a.c"]) == [(0, 3, "a.c")]


@pytest.mark.parametrize(
    "hidden",
    [
        "躺 赚",
        "躺\u200b赚",
        "躺·赚",
        "躺-_-赚",
        "躺，赚",
        "ＳＨＡＲＥ　ｔｏ ｅａｒｎ",
        "s.h.a.r.e to earn",
        "r e c r u i t",
        "re\u00adcruit",
        "邀请３人",
        "share-to-earn",
    ],
)
def test_what_hides_a_word_does_not(hidden):
    text = f"看，{hidden}。"
    assert forbidden(text) == [(2, 2 + len(hidden), hidden)]


@pytest.mark.parametrize(
    "text",
    ["躺。赚", "躺\n赚", "躺在沙发上赚", "tea, milk", "the best tea market", "late am", "助我之力"],
)
def test_what_is_no_word_stays(text):
    assert forbidden(text, [*FORBIDDEN_IN_PRODUCT]) == []


def test_positions_are_those_of_the_text_that_was_written():
    # ㍿ folds to four characters: what follows it is still found where it stands.
    assert forbidden("㍿ 躺赚") == [(2, 4, "躺赚")]
