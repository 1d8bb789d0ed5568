"""What is missing is all said at once, with its remedy; nothing is made before."""

import gzip
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from apn_emu.engine.host import requirements
from apn_emu.engine.host.requirements import MODULES

SMOKE = Path(__file__).parents[3] / "experiments" / "smoke.yaml"
UNPRIVILEGED = ["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]


@pytest.mark.skipif(
    any(Path("/sys/module", m).exists() for m in MODULES)
    or Path("/lib/modules", platform.release(), "modules.builtin").exists(),
    reason="this kernel has modules that the host engine needs",
)
@pytest.mark.skipif(os.getuid() != 0, reason="drops what root may do")
def test_everything_that_is_missing_is_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "apn_emu", "run", str(SMOKE), "--engine", "host"]
    done = subprocess.run(
        [*UNPRIVILEGED, *command, "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    for part in ("CAP_NET_ADMIN and CAP_SYS_ADMIN", "openvswitch", "`modprobe -a "):
        assert part in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_part_of_the_kernel_is_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.gz"
    monkeypatch.setattr(requirements, "CONFIG", config)
    assert requirements._built_in() == set()
    lines = ["CONFIG_VETH=y", "CONFIG_NET_SCH_TBF=m", "# CONFIG_OPENVSWITCH is not set"]
    config.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert requirements._built_in() == {"veth"}
