#!/bin/sh
# Makes .venv fit one of the pinned lists: `environment.sh demo` or `environment.sh dev`.
# Does nothing when it already fits; the stamp is the list's own checksum, not a date.
set -eu
cd "$(dirname "$0")/.."

list=$1
venv=.venv
stamp=$venv/foyer-$list.stamp
sum=$(cksum <"requirements/$list.txt")

works() { "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

works && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && exit 0

if ! works; then
    python=$(scripts/find_python.sh)
    echo "Making .venv with $("$python" --version) …"
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
echo "Installing requirements/$list.txt …"
# Quiet twice: errors only. Warnings about a machine's own pip settings are no news for the reader.
rm -f "$venv"/foyer-*.stamp
"$venv/bin/python" -m pip install --quiet --quiet --no-input --disable-pip-version-check \
    --require-hashes -r "requirements/$list.txt"
printf '%s\n' "$sum" >"$stamp"
# The long list holds the short one: `make demo` after `make test` installs nothing.
[ "$list" = dev ] && cksum <requirements/demo.txt >"$venv/foyer-demo.stamp"
exit 0
