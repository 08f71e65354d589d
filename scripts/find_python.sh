#!/bin/sh
# Prints the Python that Foyer is installed with: 3.12 or newer, able to make an environment.
# Each candidate is run, not only looked for: a version manager's stand-in may exist and fail.
set -u

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }
makes_environments() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

bare=""
try() {
    [ -n "$1" ] && new_enough "$1" || return 0
    if makes_environments "$1"; then
        "$1" -c 'import sys; print(sys.executable)'
        exit 0
    fi
    bare=${bare:-$1}
}

if [ -n "${PYTHON:-}" ] && ! new_enough "$PYTHON"; then
    echo "Foyer needs Python 3.12 or newer; PYTHON is $PYTHON: $("$PYTHON" --version 2>&1)" >&2
    exit 1
fi
for name in "${PYTHON:-}" python3.14 python3.13 python3.12 python3 python; do
    try "$name"
done
for version in 3.14 3.13 3.12; do
    for kept in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python; do
        try "$kept"
    done
done

if [ -n "$bare" ]; then
    echo "Foyer: $bare cannot make an environment (venv or ensurepip is missing); on Debian and Ubuntu: apt-get install python3-venv" >&2
else
    echo "Foyer needs Python 3.12 or newer and found none; see https://www.python.org/downloads/" >&2
fi
exit 1
