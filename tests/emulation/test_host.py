"""What a host may lack: space, programs. Each has its error, and nothing is left behind."""

from pathlib import Path

import pytest

from tests.emulation.namespaces import in_namespace

pytestmark = pytest.mark.kernel

SMOKE = Path(__file__).parents[2] / "experiments" / "smoke.yaml"

FULL_DISK = """
cd /
for size in 4k 16k 40k; do
    mount -t tmpfs -o mode=1777,size=$size none /mnt
    code=0
    TMPDIR=/mnt "$VENV/bin/python" -m apn_emu run "$1" --quiet --out /nowhere/out || code=$?
    echo "$code, left: $(ls -A /mnt)"
    umount /mnt
done
"""


def test_full_disk() -> None:
    done = in_namespace(FULL_DISK, SMOKE)
    assert done.stdout.splitlines() == 3 * ["4, left: "], done.stderr
    error = "error: no space left in /mnt: make room, or set TMPDIR to another place"
    assert done.stderr.splitlines() == 3 * [error]


NO_PROGRAMS = """
for program in iperf3 ovs-vswitchd; do mount --bind /dev/null "$(command -v $program)"; done
code=0
"$VENV/bin/python" -m apn_emu run "$1" --quiet --out /nowhere/out || code=$?
echo "$code"
"""


def test_missing_programs() -> None:
    done = in_namespace(NO_PROGRAMS, SMOKE)
    assert done.stdout == "3\n", done.stderr
    for part in ("missing: ", "ovs-vswitchd", "iperf3", "apt-get install "):
        assert part in done.stderr
    assert "openvswitch-switch" in done.stderr
