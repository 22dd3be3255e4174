"""Threads behind a barrier: everybody starts at one instant, on a connection of his own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from kefen.core.errors import DomainError
from kefen.platform import clock
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.scope import institution_id

SECONDS = 60.0


def race(racers: Sequence[Callable[[], Any]], *, connections: int = 24) -> list[Any]:
    """Run all racers at once in the institution in scope and at the present instant; answers
    what each returned, or the domain error that it raised. Anything else that a racer raises (a
    deadlock, a broken constraint) is raised here. More racers than `connections` share them, as
    requests share those of a web server."""
    wanted, instant = institution_id(), clock.now()
    lanes = min(len(racers), connections)
    barrier = threading.Barrier(lanes, timeout=SECONDS)
    answers: list[Any] = [None] * len(racers)
    broken: list[BaseException] = []

    def run(lane: int) -> None:
        try:
            with scope.institution(wanted), clock.at(instant):
                barrier.wait()
                for place in range(lane, len(racers), lanes):
                    try:
                        answers[place] = racers[place]()
                    except DomainError as refusal:
                        answers[place] = refusal
        except BaseException as error:  # noqa: BLE001 - handed to the caller
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(lane,), daemon=True) for lane in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive(), "a racer hangs"
    if broken:
        raise broken[0]
    return answers


def codes(answers: Sequence[Any]) -> list[str]:
    """The codes of the refusals among the answers, sorted."""
    return sorted(answer.code for answer in answers if isinstance(answer, DomainError))
