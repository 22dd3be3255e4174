"""The verbs of compliance."""

from kefen.compliance.actions.complain import NewComplaint, answer, complain, read_contact
from kefen.compliance.actions.decide import keep, note_alarm, rename_promoter
from kefen.compliance.actions.licences import (
    decide_licence,
    read_scan,
    require_licences,
    submit_licence,
)
from kefen.compliance.actions.look import ask_to_look, look, look_at
from kefen.compliance.actions.reveal import note_reveal, open_reveal, read_revealed

__all__ = [
    "NewComplaint",
    "answer",
    "ask_to_look",
    "complain",
    "decide_licence",
    "keep",
    "look",
    "look_at",
    "note_alarm",
    "note_reveal",
    "open_reveal",
    "read_contact",
    "read_revealed",
    "read_scan",
    "rename_promoter",
    "require_licences",
    "submit_licence",
]
