"""Which system account runs the server.

PostgreSQL refuses to run as root. Root therefore hands every PostgreSQL program to an unprivileged
account: the one that already owns the folder, otherwise `nobody`. No account is created and no
permission of an existing folder is changed.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kefen.postgres.errors import OWN_SERVER, FolderUnusable

CLEAN_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Account:
    """A user and group id, and whether we must step down to reach them."""

    uid: int
    gid: int
    drops: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments for `subprocess` that make the child run as this account."""
        if not self.drops:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def has_name(self) -> bool:
        """Tell whether the password database knows the uid; initdb insists on it."""
        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            return False
        return True

    def can_enter(self, folder: Path) -> bool:
        """Tell whether the account can walk to the folder from `/`."""
        if not self.drops:
            return True
        walk = ["/bin/sh", "-c", 'cd -- "$1" && test -x .', "sh", str(folder)]
        return (
            subprocess.run(  # noqa: S603  a shell of ours that looks at one path
                walk,
                cwd="/",
                check=False,
                capture_output=True,
                env={"PATH": CLEAN_PATH},
                **self.popen_arguments(),
            ).returncode
            == 0
        )

    def take_over(self, path: Path | int) -> None:
        """Give a file or folder that root has just made to the account."""
        if self.drops:
            if isinstance(path, int):
                os.fchown(path, self.uid, self.gid)
            else:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(folder: Path) -> Account:
    """Choose the account that runs (or already ran) the server in this folder."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), drops=False)
    if folder.exists():
        owner = folder.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, drops=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise FolderUnusable(
            "The embedded PostgreSQL cannot run as root.",
            "It steps down to the account 'nobody', which this system does not have.",
            f"Start Kefen as an ordinary user, {OWN_SERVER}.",
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid, drops=True)
