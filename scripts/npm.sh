#!/bin/sh
# Brings the front-end parts of package-lock.json to node_modules: `npm.sh demo` or `npm.sh dev`.
# With the machine's npm, else with one that PyPI brings (requirements/node.txt). Does nothing when
# they are there. Foyer works without them: the demo goes on, working on Foyer does not.
set -eu
cd "$(dirname "$0")/.."

list=$1
stamp=node_modules/foyer.stamp
sum=$(cat package.json package-lock.json .npmrc | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && exit 0

works() { "$1" --version >/dev/null 2>&1; }

give_up() {
    echo "The player of live events could not be installed; browsers use their own." >&2
    [ "$list" = demo ] && exit 0
    exit 1
}

npm=npm
if ! works "$npm"; then
    npm=.venv/bin/npm
    # It calls itself by name.
    PATH=$PWD/.venv/bin:$PATH
    if ! works "$npm"; then
        echo "Installing requirements/node.txt …"
        .venv/bin/python -m pip install --quiet --quiet --no-input --disable-pip-version-check \
            --require-hashes -r requirements/node.txt || give_up
    fi
fi
echo "Installing package-lock.json …"
"$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null || give_up
printf '%s\n' "$sum" >"$stamp"
