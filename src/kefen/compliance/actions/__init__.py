"""The verbs of compliance."""

from kefen.compliance.actions.complain import NewComplaint, answer, complain
from kefen.compliance.actions.decide import keep, note_alarm, rename_promoter
from kefen.compliance.actions.look import ask_to_look, look, look_at

__all__ = [
    "NewComplaint",
    "answer",
    "ask_to_look",
    "complain",
    "keep",
    "look",
    "look_at",
    "note_alarm",
    "rename_promoter",
]
