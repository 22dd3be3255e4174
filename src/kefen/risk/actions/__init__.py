"""The verbs of risk; the order of locks stands in locks.py."""

from kefen.risk.actions.decide import hold, reject, release, set_limits, watch
from kefen.risk.actions.hold import hold_all
from kefen.risk.actions.scan import look_back, scan

__all__ = ["hold", "hold_all", "look_back", "reject", "release", "scan", "set_limits", "watch"]
