"""The processes of one machine: the web server and a worker, kept alive, stopped in order.

Each child leads a process group of its own, so Ctrl-C reaches this process alone, and whatever a
child leaves behind when it dies (granian's own workers) is ended before the next one starts. On
Linux the kernel tells the children if this process is killed outright.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings
from rich.console import Console

from kefen.postgres import EmbeddedPostgres

BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_SECONDS = 30.0  # who lived this long starts anew without a wait
STOP_SECONDS = 25.0
POLL_SECONDS = 0.2
REQUESTS = 256  # at a time; the threads of config.asgi take them in turn
DATABASE_LOOK_SECONDS = 2.0
_PR_SET_PDEATHSIG = 1

console = Console()


@dataclass(slots=True)
class Child:
    """A process to be kept alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    start_again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it as the leader of its own group."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            env=dict(self.environment),
            start_new_session=True,
            preexec_fn=_leash(),  # noqa: PLW1509 - this process has one thread
        )

    def look(self, say: Callable[[str], None]) -> None:
        """Notice its death, end what it left behind, start it again when the wait is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
                say(f"{self.name}: started again")
            return
        code = self.process.poll()
        if code is None:
            return
        self.end_group()
        self.deaths = 1 if now - self.started_at > STEADY_SECONDS else self.deaths + 1
        wait = BACKOFF_SECONDS[min(self.deaths, len(BACKOFF_SECONDS)) - 1]
        self.process, self.start_again_at = None, now + wait
        say(f"[yellow]{self.name}: ended with {code}, starts again in {wait:g} s[/]")

    def stop(self) -> None:
        """Ask it to stop, wait, and end whatever is left of its group."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.end_group()
        self.process.wait()
        self.process = None

    def end_group(self) -> None:
        """Kill every process of the group that is still there."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Processes:
    """Several children, until SIGINT or SIGTERM."""

    def __init__(
        self, children: Sequence[Child], *, database: EmbeddedPostgres | None = None
    ) -> None:
        self.children = list(children)
        self.database = database
        self.stopping = False
        self._database_looked_at = time.monotonic()

    def run(self, *, started: Callable[[], None] | None = None) -> None:
        """Start the children in order, keep them alive, stop them in order when told to."""
        before = {number: signal.signal(number, self._stop) for number in _STOP_SIGNALS}
        try:
            for child in self.children:
                child.start()
            if started is not None:
                started()
            while not self.stopping:
                self.look()
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def look(self) -> None:
        """One round: children that died, a database that died."""
        for child in self.children:
            child.look(console.print)
        now = time.monotonic()
        if self.database is not None and now - self._database_looked_at > DATABASE_LOOK_SECONDS:
            self._database_looked_at = now
            if not self.database.running():
                console.print("[yellow]database: does not answer, starting it again[/]")
                self.database.ensure()
        time.sleep(POLL_SECONDS)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signal calls
        self.stopping = True

    def _stop_all(self) -> None:
        for child in self.children:
            if child.process is not None:
                console.print(f"{child.name}: stopping")
            child.stop()


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def up(
    host: str,
    port: int,
    *,
    migrate: bool = True,
    ready: Callable[[], None] | None = None,
    beside: Callable[[Mapping[str, str]], Sequence[Child]] | None = None,
) -> None:
    """Migrate, then serve and work until told to stop; `ready` is called when the web answers,
    `beside` makes more children, given their environment."""
    address = f"http://{host}:{port}"
    check_port(host, port)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    if migrate:
        console.print("database: bringing the schema up to date")
        run_as_owner("migrate", "--no-input", "--verbosity", "0")
    environment = child_environment(address)
    web, worker = serve_command(host, port), [*kefen_command(), "work"]
    children = [Child("web", web, environment), Child("worker", worker, environment)]
    if beside is not None:
        children = [*beside(environment), *children]
    own = None if os.environ.get("KEFEN_DATABASE_URL") else EmbeddedPostgres(settings.HOME)
    runner = Processes(children, database=own)

    def started() -> None:
        if not _answers(host, port, runner):
            return
        public = environment["KEFEN_PUBLIC_URL"]
        console.print(f"[bold green]Kefen is up:[/] {public}  (Ctrl-C stops)")
        if ready is not None:
            ready()

    runner.run(started=started)
    console.print("stopped")


def serve_command(host: str, port: int) -> list[str]:
    """granian with what two cores bear."""
    options = {
        "--interface": "asgi",
        "--host": host,
        "--port": str(port),
        "--workers": "1",
        # Streams stay open beside the requests that come and go.
        "--backpressure": str(settings.LIVE_STREAMS + REQUESTS),
        "--log-level": "error",
        "--workers-kill-timeout": "10",
    }
    listed = [part for option in options.items() for part in option]
    flags = ["--respawn-failed-workers", "--no-ws"]
    return [sys.executable, "-m", "granian", *listed, *flags, "kefen.config.asgi:application"]


def run_as_owner(*arguments: str) -> None:
    """Run a `kefen` command in a process of the database's owner. Raises CalledProcessError."""
    environment = {**os.environ, "KEFEN_DATABASE_ROLE": "owner"}
    subprocess.run([*kefen_command(), *arguments], env=environment, check=True)  # noqa: S603


def child_environment(address: str) -> dict[str, str]:
    """What the children get: the application's role, and the address where none is set."""
    return {
        "KEFEN_PUBLIC_URL": address,
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kefen.config.settings",
        "KEFEN_DATABASE_ROLE": "application",
        "PYTHONUNBUFFERED": "1",
    }


def kefen_command() -> list[str]:
    """This very `kefen`, as a command line to add to."""
    return [sys.executable, "-m", "kefen.config.cli"]


def check_port(host: str, port: int) -> None:
    """Say so now if somebody else has the port: granian would share it without a word."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} is not free ({error.strerror}). Choose another --port."
            raise SystemExit(message) from error


def _answers(host: str, port: int, runner: Processes) -> bool:
    """Wait until the web server takes connections, or we are told to stop."""
    target = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104 - compared, not bound
    while not runner.stopping:
        with suppress(OSError), socket.create_connection((target, port), timeout=1):
            return True
        runner.look()
    return False


def _leash() -> Callable[[], None] | None:
    """On Linux: let the kernel send SIGTERM to the child when this process dies."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def hold() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the leash was on
            os._exit(1)

    return hold
