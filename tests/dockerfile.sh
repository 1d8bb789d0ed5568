#!/bin/sh
# Follow the Dockerfile where no container engine is: its own instructions, one after the other, in
# a fresh root folder with Debian 12. The command at its end runs as its user, without privileges,
# in user, mount, pid and network namespaces of its own, as in a container that has no network. Needs
# root, debootstrap and Debian's packages; takes some minutes. Not part of `make test`.
#
#   tests/dockerfile.sh [FOLDER...]   FOLDERs of this machine to share, such as pip's configuration
set -eu
cd "$(dirname "$0")/.."
. tests/bare_root.sh

user=root workdir=/ environment='DEBIAN_FRONTEND=noninteractive'

as_user() { # as_user COMMAND: what runs it as the user of the moment
    in_place="cd $workdir && export $environment && $1"
    [ "$user" = root ] && { echo "$in_place"; return; }
    quoted=$(python3 -c 'import shlex, sys; print(shlex.quote(sys.argv[1]))' "$in_place")
    echo "export HOME=/home/$user; exec setpriv --reuid=$user --regid=$user --clear-groups" \
        "--bounding-set=-all --inh-caps=-all --no-new-privs ${own_namespace:-} sh -euc $quoted"
}

while read -r instruction words <&3; do
    case $instruction in
    '' | '#'*) continue ;;
    esac
    echo "$instruction $words"
    case $instruction in
    FROM)
        [ "$words" = debian:12-slim ] || { echo "no root folder for $words" >&2; exit 1; }
        make_bare ca-certificates
        ;;
    RUN) enter_bare "$(as_user "$words")" "$@" >"$bare.log" 2>&1 || { tail "$bare.log" >&2; exit 1; } ;;
    COPY)
        mkdir -p "$bare${words#. }"
        git archive HEAD | tar -x -C "$bare${words#. }"
        ;;
    ENV) environment="$environment $words" ;;
    USER) user=$words ;;
    WORKDIR) workdir=$words ;;
    CMD)
        command=$(python3 -c 'import json, shlex, sys; print(shlex.join(json.loads(sys.argv[1])))' "$words")
        own_namespace='unshare --user --map-current-user'
        ALSO_UNSHARE=--net enter_bare "$(as_user "$command")"
        ;;
    *)
        echo "not followed: $instruction" >&2
        exit 1
        ;;
    esac
done 3<Dockerfile
