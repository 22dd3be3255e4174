"""Every error can be recognised by code, told in a sentence and looked up in the docs."""

import re
from pathlib import Path

import pytest

from kefen.core.errors import KefenError
from tests.error_tree import leaves

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "errors.md"
LEAVES = list(leaves())
ROW = re.compile(r"^\| `(?P<code>[a-z_]+)` \| `(?P<name>\w+)` \|", re.MULTILINE)


def classes(root: type[KefenError] = KefenError) -> list[type[KefenError]]:
    return [root, *(found for child in root.__subclasses__() for found in classes(child))]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_a_leaf_has_a_code_and_a_sentence_of_its_own(leaf: type[KefenError]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", leaf.__dict__["code"])
    assert leaf.__dict__["sentence"].endswith((".", "!"))
    assert leaf.__doc__


def test_codes_are_unique() -> None:
    codes = [found.code for found in classes()]
    assert len(codes) == len(set(codes))


def test_the_page_has_exactly_the_errors_that_are_raised() -> None:
    told = {row["code"]: row["name"] for row in ROW.finditer(PAGE.read_text("utf-8"))}
    # NotFound has children and is raised by itself as well.
    raised = {leaf.code: leaf.__name__ for leaf in LEAVES} | {"not_found": "NotFound"}
    assert told == raised


def test_errors_live_in_core_alone() -> None:
    assert {found.__module__.rpartition(".")[0] for found in classes()} == {"kefen.core.errors"}
