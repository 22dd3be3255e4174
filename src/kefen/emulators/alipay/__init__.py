"""An emulator of Alipay's gateway: its wire, its limits, its pages and its bills; no money.

`server` is the gateway: who asks, what is asked, the signed answer. The calls are in `trades`,
`splits`, `transfers` and `bills`, by the names that Alipay gives them; `cashier` has the pages
where a student pays. `signing` has keys, certificates and signatures, `wire_format` yuan, times and
refusals.
"""

from pathlib import Path

from kefen.emulators.alipay.server import Alipay


def build(home: Path, *, notice_scale: float = 1.0, seed: int = 0) -> Alipay:
    """The emulator with its books in `home`."""
    return Alipay(home, notice_scale=notice_scale, seed=seed)
