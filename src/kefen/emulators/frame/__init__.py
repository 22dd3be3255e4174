"""What the emulators of channels share; start here to write one.

A channel is a class on `server.Emulator` in `kefen.emulators.<channel>`, whose package has
`build(home: Path, *, notice_scale: float, seed: int) -> Emulator`. It lists `Route`s (`calls`):
method, path in werkzeug's syntax, handler, and the place's name for faults. A handler gets a `Call`
(request, path variables, books, the merchant that `admit` verified) and answers a werkzeug
`Response`. What it raises as an `HTTPException` is worded by `refuse` and leaves no trace in the
books; what it answers, whatever the status, is kept.

The order of a request: fault `fail_before`; then, in one transaction, `tick` (what passes with
time), `admit` (who asks) and the handler; after the commit the faults `fail_after` and `hang`;
then `finish` (sign the answer). Addresses under `/emulator/` are the emulator's own: no admission,
no faults, only from this machine. `control` has those that all share; a channel adds
`/emulator/phone`.

- `books.Books`: JSON documents by (kind, key) in SQLite, inside `transaction()` (a handler is
  in one already): `get put delete find first count until next`. `look_ups` name the fields for
  fast `find`.
- `clock.Clock`: `real()` for signatures, `now()` and `seconds()` for business; `BEIJING`.
- `agenda.Agenda`: `put(at, what, about)` and `run({what: handler})`, for `tick`.
- `faults.Faults`: `take(fault, where, mentioned)` answers the fault that strikes, or None; a
  channel names its own in `own_faults` and takes them where they belong. A fault is a dict: what
  else the test put into it (`seconds`, for one) can be read there.
- `post_room.PostRoom`: `post(url, topic, content, mentioned=)` inside the transaction that causes
  a notice; `write_notice` makes the letter for each attempt, `retries` is the channel's table.
- `pages`: plain pages; `control.answer`: JSON of the emulator's own.
- `server.running(emulator, delivering=False)` serves for a test and gives the address.
"""
