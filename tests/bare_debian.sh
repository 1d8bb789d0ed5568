#!/bin/sh
# Try the README's commands on a bare Debian 12: `make demo` as root, then `apn-emu run` as a user
# without privileges, in a fresh root folder. Needs root, debootstrap and Debian's packages; takes
# some minutes. Not part of `make test`.
#
#   tests/bare_debian.sh [FOLDER...]   FOLDERs of this machine to share, such as pip's configuration
set -eu
cd "$(dirname "$0")/.."
. tests/bare_root.sh

make_bare make,ca-certificates
git clone -q . "$bare/home/apn-emu"
enter_bare '
set -x
cd /home/apn-emu
make demo
useradd --create-home newcomer
cd /home/newcomer
setpriv --reuid=newcomer --regid=newcomer --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
    env HOME=/home/newcomer /home/apn-emu/.venv/bin/apn-emu run /home/apn-emu/experiments/tokyo_metro.yaml --out mine
ls mine
' "$@"
