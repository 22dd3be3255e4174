"""A stand-in for Stripe and Connect: separate charges and transfers, as an account's server and its
customers see them.

`emulator` is the front (keys, idempotency, errors in Stripe's shape, signed webhooks), `asking`
what a request may read and write, and one module for each part of the books: `sessions` (with
intents and charges), `refunds`, `transfers` (with reversals and payouts to banks), `accounts`,
`balance`; `pages` is what people see. Not emulated: disputes, exchange of currencies, payment
methods that take days, limits on how far refunds may overdraw a balance.
"""

from pathlib import Path

from kefen.emulators.stripe.emulator import StripeEmulator


def build(home: Path, *, notice_scale: float = 1.0, seed: int = 0) -> StripeEmulator:
    """The emulator, with its books in a folder."""
    return StripeEmulator(home, notice_scale=notice_scale, seed=seed)
