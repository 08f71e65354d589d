#!/bin/sh
# Runs a command with Node in the path: `node.sh node --test …`. The machine's own, if it is recent
# enough, else the one that PyPI brings (requirements/node.txt), which is installed where it is missing.
set -eu

# Older ones lack timers that tests can move, and npm 11 refuses them: 20.17 and later of 20, 22.9 and
# whatever is newer (docs/dependencies.md says which were tried).
is_recent() {
    "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 17) || (major === 22 && minor >= 9) || major > 22 ? 0 : 1)' \
        >/dev/null 2>&1
}
works() { is_recent node && npm --version >/dev/null 2>&1; }

if ! works; then
    # They call each other by name.
    root=$(cd "$(dirname "$0")/.." && pwd)
    PATH=$root/.venv/bin:$PATH
    export PATH
    if ! works; then
        old=$(node --version 2>/dev/null || true)
        [ -z "$old" ] || is_recent node || echo "Node.js $old is too old: 20.17, 22.9 or newer is needed." >&2
        echo "Installing requirements/node.txt …" >&2
        "$root/.venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
            --require-hashes -r "$root/requirements/node.txt" >&2
    fi
fi
exec "$@"
