"""A payment channel of our own, for demos and tests: the adapter and the other side of it.

`books` is the channel (its payments, refunds and payouts, none of which move money), `notices` its
post room, which delivers signed notifications over HTTP as a real channel does; `channel` is the
adapter that Kefen sees. The two halves share a process, never a table or a function.
"""
