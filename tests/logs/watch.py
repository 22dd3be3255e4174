"""The plugin: every record of every logger, and what a test and its processes print, is scanned;
a test in which something leaked fails, whatever it asserts.

Records are taken where all loggers hand them over, after filters were asked, so that neither
handlers nor `propagate` nor the level of the root decide what is seen. Processes that tests start
write to the streams that pytest captures; what a test reads from a pipe itself, it hands to
`look_at`.
"""

import logging
from collections.abc import Generator
from functools import wraps

import pytest

from tests.logs.scan import leaks, told_by

_found: list[str] = []
_listening = False


def look_at(text: str, where: str) -> None:
    """Scan a text for the test that runs."""
    _found.extend(f"{kind} in {where}: {one!r}\n    {text[:2000]}" for kind, one in leaks(text))


def taken() -> list[str]:
    """What was found so far; it is forgotten."""
    found = list(_found)
    _found.clear()
    return found


def listen() -> None:
    """Scan whatever any logger of this process is given from now on."""
    global _listening  # noqa: PLW0603 - a process has one logging
    if _listening:
        return
    _listening = True
    call_handlers = logging.Logger.callHandlers

    @wraps(call_handlers)
    def scanned(self: logging.Logger, record: logging.LogRecord) -> None:
        look_at(told_by(record), f"a record of {self.name}")
        call_handlers(self, record)

    logging.Logger.callHandlers = scanned  # type: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    listen()
    # Everything is made and scanned; reports of failed tests show what they always showed.
    config.option.log_level = config.option.log_level or "WARNING"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when != "teardown":
        return report
    for stream in (report.capstdout, report.capstderr):
        if stream:
            look_at(stream, "what was printed")
    if found := taken():
        told = "Logs must hold no secrets and no personal data:\n" + "\n".join(found)
        report.longrepr = f"{report.longrepr}\n\n{told}" if report.failed else told
        report.outcome = "failed"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What was logged after the last test's report."""
    if found := taken():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        raise pytest.UsageError("\n".join(found))
