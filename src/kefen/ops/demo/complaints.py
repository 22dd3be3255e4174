"""What the demo's school has to decide on: a poster that was reported, a word that it forbade
itself after a course was saved with it."""

from kefen.compliance import actions as compliance
from kefen.platform.wording import actions as wording

_WORD = "真实项目"


def leave() -> None:
    """Leave them to the operator."""
    compliance.complain(
        compliance.NewComplaint(
            kind="poster",
            text="群里转来的海报上看不到“广告”两个字，也没写是谁负责。",
            about="aze",
            contact="passer-by@example.org",
        )
    )
    wording.forbid(_WORD)
    compliance.look()
