"""What only the whole house can put together; found by platform.exports when Django is ready."""

from collections.abc import Mapping

from kefen.ops import evidence
from kefen.platform.exports.contracts import Bundle
from kefen.platform.exports.kinds import kind
from kefen.platform.identity.rights import Deed


@kind("evidence", deed=Deed.EVIDENCE)
def evidence_of_a_time(parameters: Mapping[str, str]) -> Bundle:
    """The evidence of a time, for a regulator: `from` and `to` are days, both included."""
    return evidence.bundle(parameters)
