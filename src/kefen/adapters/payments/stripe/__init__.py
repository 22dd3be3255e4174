"""Stripe Connect: an institution's own Stripe account collects; promoters have connected accounts.

Separate charges and transfers: one charge at the institution, then transfers to promoters, at the
payment itself (a split) or out of the balance (a payout). Nothing is kept on our side: our numbers
stand at Stripe as `transfer_group`, in metadata and as idempotency keys, and are read back there by
lists. Stripe's search is not used, because it lags behind what was done.
"""
