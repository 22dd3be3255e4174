"""Ask a server whether it is there, by its own wire protocol and without logging in."""

import socket
import struct
from enum import Enum
from pathlib import Path

PROTOCOL_3_0 = 196_608
CANNOT_CONNECT_NOW = b"C57P03"
ANSWER_SECONDS = 5.0


class Answer(Enum):
    """What the server's socket said."""

    ABSENT = "nobody listens"
    BUSY = "somebody listens, and is starting, recovering or stopping"
    READY = "the server accepts connections"


def socket_file(folder: Path, port: int) -> Path:
    """Name the socket PostgreSQL makes in a folder."""
    return folder / f".s.PGSQL.{port}"


def ask(folder: Path, port: int, user: str, database: str) -> Answer:
    """Send a start-up packet and judge by the first message that comes back."""
    body = struct.pack("!i", PROTOCOL_3_0)
    body += b"".join(word.encode() + b"\0" for word in ("user", user, "database", database, ""))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect(str(socket_file(folder, port)))
        except (TimeoutError, BlockingIOError):
            return Answer.BUSY
        except OSError:  # no such file, nobody behind it, not ours, or no possible socket path
            return Answer.ABSENT
        try:
            line.sendall(struct.pack("!i", len(body) + 4) + body)
            reply = line.recv(4096)
        except (TimeoutError, ConnectionError):
            return Answer.BUSY
    if not reply or (reply[:1] == b"E" and CANNOT_CONNECT_NOW in reply):
        return Answer.BUSY
    return Answer.READY
