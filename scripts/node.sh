#!/bin/sh
# Runs a command with Node in the path: `node.sh node --test …`. The machine's own, if it is recent
# enough, else the one that PyPI brings (requirements/node.txt), which is installed where it is missing.
set -eu

least=20
is_recent() { "$1" -e "process.exit(parseInt(process.versions.node) < $least ? 1 : 0)" >/dev/null 2>&1; }
works() { is_recent node && npm --version >/dev/null 2>&1; }

if ! works; then
    # They call each other by name.
    root=$(cd "$(dirname "$0")/.." && pwd)
    PATH=$root/.venv/bin:$PATH
    export PATH
    if ! works; then
        echo "Installing requirements/node.txt …" >&2
        "$root/.venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
            --require-hashes -r "$root/requirements/node.txt" >&2
    fi
fi
exec "$@"
