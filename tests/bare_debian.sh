#!/bin/sh
# Try the README's commands on a bare Debian 12: `make demo` as root, then `apn-emu run` as a user
# without privileges, in a fresh root folder. Needs root, debootstrap and Debian's packages; takes
# some minutes. Not part of `make test`.
#
#   tests/bare_debian.sh [FOLDER...]   FOLDERs of this machine to share, such as pip's configuration
#
# MIRROR: where Debian's packages are (default: as apt is set up here).
set -eu
cd "$(dirname "$0")/.."
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)}
bare=$(mktemp -d)
chmod 755 "$bare" # for the user without privileges
trap 'rm -rf --one-file-system "$bare"' EXIT

debootstrap --variant=minbase --include=make,ca-certificates bookworm "$bare" "$mirror" >"$bare.log" 2>&1 ||
    { tail "$bare.log" >&2; exit 1; }
rm "$bare.log"
git clone -q . "$bare/home/apn-emu"
cp /etc/resolv.conf "$bare/etc/"

# Namespaces of its own: what is mounted or still runs ends with the last command.
exec_bare='
bare=$1; shift
mount -t proc none "$bare/proc"
mount -t devtmpfs none "$bare/dev"
for folder; do
    mkdir -p "$bare$folder"
    mount --bind -o ro "$folder" "$bare$folder"
done
cd "$bare/home/apn-emu"
exec chroot "$bare" sh -euxc "
cd /home/apn-emu
make demo
useradd --create-home newcomer
cd /home/newcomer
setpriv --reuid=newcomer --regid=newcomer --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \
    env HOME=/home/newcomer /home/apn-emu/.venv/bin/apn-emu run /home/apn-emu/experiments/tokyo_metro.yaml --out mine
ls mine
"'
unshare --mount --pid --fork --kill-child sh -euc "$exec_bare" sh "$bare" "$@"
