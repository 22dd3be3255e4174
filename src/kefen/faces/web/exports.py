"""What the pages let be exported; found by platform.exports when Django is ready."""

from collections.abc import Mapping

from kefen.faces.web import statement_sheets
from kefen.faces.web.operator import audit_files
from kefen.platform.exports import kinds
from kefen.platform.exports.contracts import Sheet


@kinds.kind("audit_log")
def audit_log(parameters: Mapping[str, str]) -> Sheet:
    """The audit log as it was filtered."""
    return audit_files.sheet(parameters)


@kinds.kind("statement")
def statement(parameters: Mapping[str, str]) -> Sheet:
    """A statement of the school or of one promoter."""
    return statement_sheets.sheet(parameters)
