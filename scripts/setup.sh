#!/bin/sh
# Set this machine up: setup.sh packages EXTRA | setup.sh venv EXTRA   (EXTRA: "" or dev)
# Installs only what is missing, so it is safe to repeat. Exit code 3: an administrator is needed.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" # a user's PATH often leaves out ovs-vswitchd's folder
log=$(mktemp)
trap 'rm -f "$log"' EXIT

quietly() { # run a command; show its output only when it fails
    "$@" >"$log" 2>&1 </dev/null || { code=$?; cat "$log" >&2; return "$code"; }
}

python() { # the distribution's Python when new enough, since its packages fit it
    for candidate in /usr/bin/python3 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

missing_packages() { # each package is known by what it brings, so other installations count too
    command -v "${APN_EMU_KERNEL:-linux.uml}" >/dev/null || echo user-mode-linux
    command -v ovs-vswitchd >/dev/null || echo openvswitch-switch
    command -v mnexec >/dev/null || echo mininet
    command -v iperf3 >/dev/null || echo iperf3
    command -v ip >/dev/null && command -v tc >/dev/null || echo iproute2
    command -v ping >/dev/null || echo iputils-ping
    command -v gcc >/dev/null || echo gcc
    [ -e /usr/include/stdio.h ] || echo libc6-dev
    found=$(python)
    [ -n "$found" ] && "$found" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

missing_for_tests() { # without these, the tests of the report in a browser are skipped
    command -v chromium >/dev/null || echo chromium
    command -v chromedriver >/dev/null || echo chromium-driver
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

packages() {
    extra=$1
    missing=$(missing_packages)
    if [ -n "$extra" ] && { [ -n "$missing" ] || may_install; }; then
        missing="$missing $(missing_for_tests)"
    fi
    # shellcheck disable=SC2086,SC2116
    missing=$(echo $missing) # one line, single blanks
    if [ -z "$missing" ]; then
        echo "packages: all there"
        return
    fi
    if ! may_install; then
        echo "packages missing: $missing" >&2
        echo "an administrator must run: apt-get update && apt-get install --no-install-recommends -y $missing" >&2
        exit 3
    fi
    echo "packages: installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -qq
    # shellcheck disable=SC2086  # one word a package
    quietly apt-get install -qq -y --no-install-recommends $missing
}

venv() {
    extra=$1
    stamp=.venv/installed${extra:+-$extra}
    if [ -e "$stamp" ] && [ -z "$(find setup.cfg pyproject.toml -newer "$stamp")" ]; then
        echo "environment: .venv is up to date"
        return
    fi
    found=$(python)
    [ -n "$found" ] || { echo "Python 3.11 or newer is needed" >&2; exit 3; }
    if ! [ -x .venv/bin/pip ]; then
        echo "environment: making .venv with $("$found" --version)"
        quietly "$found" -m venv .venv
    fi
    echo "environment: installing apn-emu${extra:+ and its $extra tools} into .venv"
    quietly .venv/bin/pip install -q --disable-pip-version-check -e ".${extra:+[$extra]}"
    touch "$stamp"
    [ -z "$extra" ] || touch .venv/installed # the extra brings all that the plain installation does
}

case "${1-}" in
packages) packages "${2-}" ;;
venv) venv "${2-}" ;;
*) echo "usage: $0 packages [dev] | venv [dev]" >&2; exit 2 ;;
esac
