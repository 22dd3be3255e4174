"""What the pages let be exported; found by platform.exports when Django is ready."""

from collections.abc import Mapping

from kefen.faces.web import list_sheets, statement_sheets
from kefen.faces.web.operator import audit_files
from kefen.faces.web.platform import audit_files as platform_audit_files
from kefen.platform.exports import kinds
from kefen.platform.exports.contracts import Sheet
from kefen.platform.identity.rights import Deed


@kinds.kind("audit_log")
def audit_log(parameters: Mapping[str, str]) -> Sheet:
    """The audit log as it was filtered."""
    return audit_files.sheet(parameters)


@kinds.kind("statement")
def statement(parameters: Mapping[str, str]) -> Sheet:
    """A statement of the school or of one promoter."""
    return statement_sheets.sheet(parameters)


@kinds.kind("orders")
def orders(parameters: Mapping[str, str]) -> Sheet:
    """Orders as the console lists them, buyers masked."""
    return list_sheets.order_sheet(parameters, full=False)


@kinds.kind("orders_full", deed=Deed.IDENTITIES)
def orders_full(parameters: Mapping[str, str]) -> Sheet:
    """Orders with names and phone numbers."""
    return list_sheets.order_sheet(parameters, full=True)


@kinds.kind("promoters")
def promoters(parameters: Mapping[str, str]) -> Sheet:
    """Promoters as the console lists them."""
    return list_sheets.promoter_sheet(parameters, full=False)


@kinds.kind("promoters_full", deed=Deed.IDENTITIES)
def promoters_full(parameters: Mapping[str, str]) -> Sheet:
    """Promoters with names and phone numbers."""
    return list_sheets.promoter_sheet(parameters, full=True)


@kinds.kind("withdrawals")
def withdrawals(parameters: Mapping[str, str]) -> Sheet:
    """Withdrawals as the console lists them, accounts masked."""
    return list_sheets.withdrawal_sheet(parameters)


@kinds.kind("platform_audit", deed=Deed.INSTITUTIONS)
def platform_audit(parameters: Mapping[str, str]) -> Sheet:
    """The platform's log as it was filtered."""
    return platform_audit_files.sheet(parameters)
