# A fresh root folder with Debian 12, for scripts beside this one; to be sourced. Needs root and
# debootstrap. MIRROR: where Debian's packages are (default: as apt is set up here).
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)}
bare=$(mktemp -d)
chmod 755 "$bare" # for users without privileges
trap 'rm -rf --one-file-system "$bare" "$bare.log"' EXIT

make_bare() { # make_bare PACKAGES
    debootstrap --variant=minbase --include="$1" bookworm "$bare" "$mirror" >"$bare.log" 2>&1 ||
        { tail "$bare.log" >&2; exit 1; }
    cp /etc/resolv.conf "$bare/etc/"
}

# enter_bare COMMAND [FOLDER...]: run a command of sh in there, with FOLDERs of this machine. It has
# namespaces of its own: what is mounted or still runs ends with it. /dev/shm is as small as in a
# container.
enter_bare() {
    unshare --mount --pid --fork --kill-child ${ALSO_UNSHARE:-} sh -euc '
bare=$1; command=$2; shift 2
mount --bind "$bare" "$bare"
mount -t proc none "$bare/proc"
mount -t devtmpfs none "$bare/dev"
mount -t tmpfs -o size=64m,noexec none "$bare/dev/shm"
for folder; do
    mkdir -p "$bare$folder"
    mount --bind -o ro "$folder" "$bare$folder"
done
cd "$bare"
pivot_root . mnt # inside a mere chroot, no user namespace could be made
umount -l /mnt
exec sh -euc "$command"
' sh "$bare" "$@"
}
