#!/bin/sh
# Find Chromium and a Chinese font; install what is missing. Run by `make browser`.
# `tools/browser.sh path` only prints where Chromium is.
set -eu

find_chromium() {
    for name in ${KEFEN_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name"; then return; fi
    done
    return 1
}

has_chinese_font() {
    if command -v fc-list >/dev/null; then
        [ -n "$(fc-list :lang=zh-cn file)" ]
    else
        [ -n "$(find /usr/share/fonts -name 'NotoSansCJK*' 2>/dev/null | head -n 1)" ]
    fi
}

if [ "${1:-}" = path ]; then
    find_chromium
    exit
fi

missing=
find_chromium >/dev/null || missing=chromium
has_chinese_font || missing="$missing fonts-noto-cjk"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    install=
elif [ "$(id -u)" = 0 ]; then
    install=apt-get
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    install="sudo -n apt-get"
else
    install=
fi
if [ -z "$install" ]; then
    echo "browser: the tests in a real browser need:$missing (missing here)." >&2
    echo "browser: no right to install it. As root: apt-get install $missing" >&2
    echo "browser: a Chromium elsewhere is taken from KEFEN_CHROMIUM=/path/to/chromium." >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$install update -qq
# shellcheck disable=SC2086  a list of packages
$install install -y -qq --no-install-recommends $missing
