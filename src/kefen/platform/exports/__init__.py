"""Files that take a while: asked for, written by a job that says how far it is, fetched for a day.

A room or face registers what can be exported (`kinds.kind`, in its module `exports.py`): a function
from parameters to a `Sheet`, whose rows are read once, one after the other. Formats, progress,
sealing, expiry and audit are the same for all.
"""
