#!/bin/sh
# Make the environment: `ensure_env.sh run` to run the program, `dev` to test it as well,
# `browser` to have a browser for the tests. Does nothing when everything is there.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

new_enough() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    for python in ${PYTHON:-python3.13 python3.12 python3}; do
        if new_enough "$python"; then
            echo "$python"
            return
        fi
    done
    echo "Python 3.12 or newer with venv is needed (Debian, Ubuntu: apt-get install python3-venv;" \
        "macOS: brew install python)." >&2
    exit 1
}

install() {
    # A shim of uv may be on the PATH and not work: ask it for its version.
    if uv --version >/dev/null 2>&1 &&
        uv pip install -q --compile-bytecode --require-hashes --python "$venv" -r "$1"; then
        return
    fi
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$1"
}

environment() {
    stamp="$venv/.ready-$1"
    requirements=$2
    mark=$(cat "$requirements" pyproject.toml hatch_build.py | cksum)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$mark" ]; then
        return
    fi
    if ! [ -x "$venv/bin/python" ]; then
        "$(find_python)" -m venv "$venv"
    fi
    echo "installing $requirements ..."
    install "$requirements"
    # the build tools are pinned above, so nothing unpinned is fetched here
    "$venv/bin/python" -m pip install -q --disable-pip-version-check \
        --no-deps --no-build-isolation -e .
    echo "$mark" > "$stamp"
}

works() {
    [ -n "$1" ] && "$1" --version >/dev/null 2>&1
}

find_browser() {
    for browser in "${CHEJIAN_CHROMIUM:-}" chromium chromium-browser google-chrome \
        google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        if works "$browser"; then
            return 0
        fi
    done
    return 1
}

browser() {
    if find_browser; then
        return
    fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "installing a browser for the tests ..."
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
            chromium fonts-wqy-zenhei >/dev/null
        find_browser && return
    fi
    echo "The browser tests need Chrome or Chromium. Install one, for example:" >&2
    case $(uname) in
    Darwin) echo "    brew install --cask chromium" >&2 ;;
    *) echo "    sudo apt-get install -y chromium fonts-wqy-zenhei" >&2 ;;
    esac
    echo "or name it in CHEJIAN_CHROMIUM." >&2
    exit 1
}

case ${1:-run} in
run) [ -f "$venv/.ready-dev" ] && environment dev requirements-dev.txt ||
    environment run requirements.txt ;;
dev) environment dev requirements-dev.txt ;;
browser) browser ;;
*) echo "unknown: $1" >&2; exit 2 ;;
esac
