"""`kefen audit`: recompute every balance and every commission from the entries and the orders,
and name what differs. It trusts no cache and repairs nothing."""

from kefen.ops.audit.finding import Finding
from kefen.ops.audit.run import audit_institution

__all__ = ["Finding", "audit_institution"]
