"""`kefen demo`: seed once, then run everything; prints the address and a sign-in link per role."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from kefen.ops import processes
from kefen.ops.demo import seed
from kefen.ops.schema import ensure_current
from kefen.platform.identity import actions as identity

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
        parser.add_argument("--seed-only", action="store_true", help="make the data and stop")

    def handle(self, *_: Any, **options: Any) -> None:
        console = Console()
        console.print("database: bringing the schema up to date")
        ensure_current()
        if not seed.is_seeded():
            _seed(console)
        address = os.environ.get("KEFEN_PUBLIC_URL", f"http://{options['host']}:{options['port']}")
        if options["seed_only"]:
            _print_links(console, address)
            return
        processes.up(
            options["host"],
            options["port"],
            migrate=False,
            ready=lambda: _print_links(console, address),
        )


def _seed(console: Console) -> None:
    with Progress("demo data", BarColumn(), MofNCompleteColumn(), console=console) as progress:
        task = progress.add_task("", total=None)
        for step in seed.seed():
            progress.update(task, completed=step.done, total=step.total)


def _print_links(console: Console, address: str) -> None:
    """The doors of the demo; they open as often as one likes, in the demo only."""
    assert settings.DEMO, "kefen demo sets KEFEN_DEMO"  # noqa: S101
    console.print(f"\n[bold]Kefen 课分[/]  {address}/  (all roles on one page)\n")
    for role, person, handle, target in _ROLES:
        token = identity.sign_in_token(identity.make_user(handle), reusable=True)
        console.print(f"  [bold]{role}[/] {person}")
        console.print(f"    {address}/sign-in/{token}?next={target}", soft_wrap=True, style="cyan")
    console.print()
