"""What the pages let be exported; found by platform.exports when Django is ready."""

from collections.abc import Mapping

from kefen.faces.web import statement_sheets
from kefen.platform.exports import kinds
from kefen.platform.exports.contracts import Sheet


@kinds.kind("statement")
def statement(parameters: Mapping[str, str]) -> Sheet:
    """A statement of the school or of one promoter."""
    return statement_sheets.sheet(parameters)
