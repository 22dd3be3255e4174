"""`kefen demo`: seed once, then run everything; prints the address and a sign-in link per role."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from kefen.ops import processes
from kefen.ops.demo import channels, large, seed
from kefen.ops.processes import Child
from kefen.ops.schema import ensure_current
from kefen.platform.identity import actions as identity
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import by_slug

_ROLES = (
    ("推广员 promoter", "小鱼妈妈", "demo-promoter", f"/p/{seed.SLUG}/"),
    ("学员 student", "李想", "demo-student", f"/t/{seed.SLUG}/"),
    ("运营 operator", "沈岚（负责人）", "demo-operator", f"/o/{seed.SLUG}/"),
    ("财务 finance", "方禾", "demo-finance", f"/o/{seed.SLUG}/"),
    ("平台 platform", "平台管理员", "demo-platform", "/platform/"),
)


class Command(BaseCommand):
    help = "Run the product with believable data on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--size",
            choices=("usual", "large"),
            default="usual",
            help="large: a second school with 100,000 orders, made once, in some minutes",
        )
        parser.add_argument("--seed-only", action="store_true", help="make the data and stop")

    def handle(self, *_: Any, host: str, port: int, size: str, seed_only: bool, **__: Any) -> None:
        console = Console()
        console.print("database: bringing the schema up to date")
        ensure_current()
        address = os.environ.get("KEFEN_PUBLIC_URL", f"http://{host}:{port}")
        # Channels are told it while the story is told; the children get it by their environment.
        settings.PUBLIC_URL = address
        emulators = channels.emulated(port)
        for place in range(1, len(emulators) + 1):
            processes.check_port(channels.HOST, port + place)
        if not seed.is_seeded():
            environment = processes.child_environment(address)
            with _running([channels.child_of(one, environment) for one in emulators]):
                for one in emulators:
                    channels.wait_for(one)
                _show(console, "demo data", seed.seed(emulators))
        if size == "large" and not large.is_seeded():
            _show(console, "large school", large.seed())
        if seed_only:
            _print_links(console, address)
            return

        def beside(environment: Mapping[str, str]) -> Sequence[Child]:
            return [channels.child_of(one, environment) for one in emulators]

        def ready() -> None:
            with scope.institution(by_slug(seed.SLUG).id):
                for one in emulators:
                    channels.wait_for(one)
                    channels.connect(one)
            _print_links(console, address)

        with channels.following_clock(emulators):
            processes.up(host, port, migrate=False, ready=ready, beside=beside)


@contextmanager
def _running(children: Sequence[Child]) -> Iterator[None]:
    """The emulators while the story is told."""
    for child in children:
        child.start()
    try:
        yield
    finally:
        for child in children:
            child.stop()


def _show(
    console: Console, name: str, steps: Iterator[seed.Progress] | Iterator[large.Progress]
) -> None:
    with Progress(name, BarColumn(), MofNCompleteColumn(), console=console) as progress:
        task = progress.add_task("", total=None)
        for step in steps:
            progress.update(task, completed=step.done, total=step.total)


def _print_links(console: Console, address: str) -> None:
    """The doors of the demo; they open as often as one likes, in the demo only."""
    assert settings.DEMO, "kefen demo sets KEFEN_DEMO"  # noqa: S101
    console.print(f"\n[bold]Kefen 课分[/]  {address}/  (all roles on one page)\n")
    for role, person, handle, target in _ROLES:
        token = identity.sign_in_token(identity.make_user(handle), reusable=True)
        console.print(f"  [bold]{role}[/] {person}")
        console.print(f"    {address}/sign-in/{token}?next={target}", soft_wrap=True, style="cyan")
    if large.is_seeded():
        token = identity.sign_in_token(identity.make_user("demo-operator"), reusable=True)
        console.print("  [bold]大机构 large school[/] 沈岚（负责人）")
        door = f"{address}/sign-in/{token}?next=/o/{large.SLUG}/"
        console.print(f"    {door}", soft_wrap=True, style="cyan")
    console.print()
