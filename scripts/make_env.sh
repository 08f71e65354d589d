#!/bin/sh
# Writes .env for trying Foyer on this machine; an existing one is never touched.
set -eu
cd "$(dirname "$0")/.."
[ -e .env ] && exit 0
umask 077
python=$(command -v .venv/bin/python || scripts/find_python.sh)
key=$("$python" -c 'import secrets; print(secrets.token_urlsafe(50))')
printf 'SECRET_KEY=%s\n' "$key" >.env
