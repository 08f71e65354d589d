#!/bin/sh
# Brings the front-end parts of package-lock.json to node_modules. `npm.sh demo`: what pages load;
# `npm.sh dev`: and what checks the scripts. Does nothing when they are there. Foyer works without
# what pages load: the demo goes on; working on Foyer does not.
set -eu
cd "$(dirname "$0")/.."

list=$1
# The checks run side by side and all want Node: here it is brought once.
[ "$list" = dev ] && scripts/node.sh true
stamp=node_modules/foyer-$list.stamp
sum=$(cat package.json package-lock.json .npmrc | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && exit 0

give_up() {
    echo "The player of live events could not be installed; browsers use their own." >&2
    [ "$list" = demo ] && exit 0
    exit 1
}

omit=
[ "$list" = demo ] && omit=--omit=dev
echo "Installing package-lock.json …"
scripts/node.sh npm ci --ignore-scripts --no-audit --no-fund --loglevel=error $omit >/dev/null || give_up
printf '%s\n' "$sum" >"$stamp"
# The long list holds the short one: `make demo` after `make test` installs nothing.
[ "$list" = dev ] && printf '%s\n' "$sum" >node_modules/foyer-demo.stamp
exit 0
