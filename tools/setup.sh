#!/bin/sh
# Make .venv from uv.lock. Needs Python 3.11 or newer and nothing else; run by `make setup`.
set -eu
cd "$(dirname "$0")/.."
UV_VERSION=0.13.9

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "No Python 3.11 or newer was found." \
        "Install one (Debian: apt-get install python3), or name it: make setup PYTHON=/path/to/python3"
}

# A virtual environment with pip. Debian packs the module for that apart (python3-venv); without it
# the system's pip can still fill an environment that has none of its own.
environment_with_uv() {
    python=$1
    place=$2
    rm -rf "$place"
    if "$python" -m venv "$place" >/dev/null 2>&1; then
        "$place/bin/python" -m pip install --quiet "uv==$UV_VERSION"
        return
    fi
    rm -rf "$place"
    if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --without-pip "$place"; then
        "$python" -m pip --python "$place/bin/python" install --quiet "uv==$UV_VERSION"
        return
    fi
    rm -rf "$place"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "setup: this Python lacks its venv module; installing python3-venv" >&2
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >&2
        "$python" -m venv "$place"
        "$place/bin/python" -m pip install --quiet "uv==$UV_VERSION"
        return
    fi
    fail "This Python can make no virtual environment: it has neither venv with ensurepip nor pip." \
        "Install one of them (Debian: apt-get install python3-venv) and run make setup again."
}

# What has moved or lost its Python is made anew.
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    rm -rf .venv
    "$python" -m venv --without-pip .venv
else
    python=.venv/bin/python
fi

# uv lives in an environment of its own: `uv sync` would remove it from .venv.
uv=.venv/tools/bin/uv
if [ "$("$uv" --version 2>/dev/null | cut -d ' ' -f 2)" != "$UV_VERSION" ]; then
    [ "$python" = .venv/bin/python ] && python=$(find_python)
    environment_with_uv "$python" .venv/tools
fi

UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv "$uv" sync --locked --python .venv/bin/python
