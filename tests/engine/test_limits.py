"""Limits of the process that no machine can run within."""

import subprocess
import sys

CHECK = "from apn_emu.engine.embedded.limits import check_limits; check_limits(2048)"


def test_limits_that_are_too_low_are_named_with_their_remedy() -> None:
    shell = 'ulimit -n 64 -f 1000; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", shell, "bash", sys.executable, "-c", CHECK],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "open files is too low here; raise it with `ulimit -n 256`" in done.stderr
    assert "file sizes is too low here; raise it with `ulimit -f 4194304`" in done.stderr
