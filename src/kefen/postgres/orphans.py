"""End server processes that outlive their killed parent.

PostgreSQL's children notice within moments that their parent is gone; one in a long system call
may not, and would keep the next server from starting. Their memory dies with them, so killing
them loses nothing that was acknowledged. Linux only: elsewhere we just wait.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

PROCESSES = Path("/proc")


def end(cluster_name: str, uid: int) -> int:
    """Kill every child process of this cluster; tell how many there were.

    The caller has made sure that their parent does not listen any more.
    """
    title = f"postgres: {cluster_name}: ".encode()
    count = 0
    for process in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == uid and (process / "cmdline").read_bytes().startswith(
                title
            ):
                os.kill(int(process.name), signal.SIGKILL)
                count += 1
    return count
