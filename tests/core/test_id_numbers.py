"""ID numbers by GB 11643-1999; the valid one is the example of the standard's annex."""

from datetime import date

import pytest

from kefen.core.errors import InvalidInput
from kefen.core.id_numbers import born, normalised


@pytest.mark.parametrize("typed", ["11010519491231002X", " 110105 19491231 002x "])
def test_a_number_is_kept_in_one_form(typed: str) -> None:
    assert normalised(typed) == "11010519491231002X"
    assert born(normalised(typed)) == date(1949, 12, 31)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "110105194912310021",  # another check character
        "11010519491230002X",  # another day, same check
        "110105194913310027",  # no thirteenth month
        "11010519491231002",
        "11010519491231002XX",
        "A1010519491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_what_no_card_has_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        normalised(wrong)


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_is_found(place: int) -> None:
    good = "11010519491231002X"
    other = str((int(good[place]) + 1) % 10)
    with pytest.raises(InvalidInput):
        normalised(good[:place] + other + good[place + 1 :])
