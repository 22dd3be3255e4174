"""Every sentence has its Chinese, and no translation is left over or broken."""

import gettext
import re
from pathlib import Path

from babel.messages.pofile import read_po

from kefen.core.states import (
    CommissionState,
    OrderState,
    PromoterStatus,
    WithdrawalState,
)
from kefen.faces.web.labels import LABELS, TONES
from tests.faces.conftest import CATALOGUE
from tests.faces.extract import wanted


def _translations() -> dict[tuple[str | None, str], str]:
    with CATALOGUE.open("rb") as file:
        return {
            (message.context, str(message.id)): str(message.string)
            for message in read_po(file, locale="zh_Hans")
            if message.id
        }


def test_every_sentence_has_a_translation_and_none_is_left_over() -> None:
    have, want = _translations(), wanted()
    assert {message for message in want if not have.get(message)} == set()
    assert have.keys() - want == set()


def test_placeholders_survive_translation() -> None:
    pattern = re.compile(r"%\(\w+\)s|%%|\{\w+\}")
    for (_context, english), chinese in _translations().items():
        assert sorted(pattern.findall(english)) == sorted(pattern.findall(chinese)), english


def test_the_compiled_catalogue_speaks(catalogue: Path) -> None:
    with catalogue.open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Clawed back") == "已扣回"
    assert words.pgettext("funnel", "Landings") == "看课"


def test_every_state_has_a_word() -> None:
    for family, states in (
        ("order", OrderState),
        ("commission", CommissionState),
        ("withdrawal", WithdrawalState),
        ("promoter", PromoterStatus),
    ):
        assert {state.value for state in states} <= LABELS[family].keys()
    for family, tones in TONES.items():
        assert tones.keys() <= LABELS[family].keys(), family
