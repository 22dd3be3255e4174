"""An emulator of WeChat Pay API v3 for direct merchants, written from the published documentation.

`channel` puts the parts together; each part is one chapter of the API with its limits. `desk` has
their instruments and words, `door` the checks of every request, `phone` what people do. Amounts are
in fen, days are Beijing's.
"""

from pathlib import Path

from kefen.emulators.frame.server import Emulator
from kefen.emulators.wechat.channel import WeChatPay


def build(home: Path, *, notice_scale: float = 1.0, seed: int = 0) -> Emulator:
    """The emulator with its books in this folder."""
    return WeChatPay(home, notice_scale=notice_scale, seed=seed)
