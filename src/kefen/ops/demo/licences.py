"""Licences of the demo's schools: one that ends within thirty days, one that waits for review."""

import io
from datetime import date, datetime, timedelta

from PIL import Image, ImageDraw

from kefen.compliance import actions
from kefen.compliance.contracts import LicenceState, NewLicence
from kefen.platform import clock

_ENDS_IN = 18
_LOOKED_AT_AFTER = timedelta(hours=20)


def scan(words: str) -> bytes:
    """A picture that says what it is: no paper of anybody's."""
    picture = Image.new("RGB", (720, 480), "#f7f6f3")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((24, 24, 695, 455), outline="#c23a1e", width=4)
    pen.text((64, 64), f"DEMO\n{words}\nThis is no licence.", fill="#16181d", font_size=40)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def leave_passed(handed_in_at: datetime, today: date) -> None:
    """A business licence that ends soon, a permit with years to go, a filing without an end."""
    begun = today - timedelta(days=3 * 365)
    for kind, number, until in (
        ("business", "91110108DEMO000001", today + timedelta(days=_ENDS_IN)),
        ("school", "教民111010800DEMO", today + timedelta(days=800)),
        ("icp", "京ICP备0000DEMO号-1", None),
    ):
        content = scan(kind.upper())
        with clock.at(handed_in_at):
            made = actions.submit_licence(
                NewLicence(kind, number, "知行（北京）教育科技有限公司", begun, until, content)
            )
        with clock.at(handed_in_at + _LOOKED_AT_AFTER):
            actions.decide_licence(made, LicenceState.PASSED)


def leave_waiting(today: date) -> None:
    """One that the platform has to look at."""
    until = today + timedelta(days=1000)
    number, holder = "91310115DEMO000002", "蓝图职业技能培训有限公司"
    begun, content = today - timedelta(days=30), scan("BUSINESS")
    actions.submit_licence(NewLicence("business", number, holder, begun, until, content))
