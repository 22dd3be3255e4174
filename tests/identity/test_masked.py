"""What is shown of personal data to whom it is not shown."""

import pytest

from kefen.platform.identity.personal import masked, masked_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "+86****5678"),
        ("9123456789", "91****89"),
        ("91234567", "91****67"),
        ("123456", "****"),
    ],
)
def test_four_figures_of_a_phone_number_stay_unsaid(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown
    assert len(phone) - len(shown.replace("*", "")) >= 4
    if len(phone) >= 8:
        assert masked(phone) == shown
